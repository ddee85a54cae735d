package testbed

import (
	"context"
	"errors"

	"slipher/internal/accounts"
	"slipher/internal/server"
)

// Beside starts a second control plane on the same metadata and the same snapshot store, with the same nodes. It answers calls and works jobs until the
// test ends; nothing restarts it.
func (b *Bed) Beside() *Bed {
	b.t.Helper()
	replica, err := b.Store.Replica()
	if err != nil {
		b.t.Fatal(err)
	}
	config := b.serverConfig()
	config.Store = replica
	built, err := server.New(context.Background(), config)
	if err != nil {
		b.t.Fatal(errors.Join(err, replica.Close()))
	}
	second := &Bed{t: b.t, config: b.config, dir: b.dir, region: b.region, Clock: b.Clock, Nodes: b.Nodes, Accounts: b.Accounts, work: b.work, crashed: b.crashed}
	second.use(built)
	if err := second.Warehouse.Resume(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	second.RunJobs()
	b.t.Cleanup(func() {
		second.StopJobs()
		if err := errors.Join(built.Close(), replica.Close()); err != nil {
			b.t.Error(err)
		}
	})
	return second
}

// Directory is the server's own, whichever accounts the test says are active.
func (b *Bed) Directory() *accounts.Directory { return b.server.Accounts }
