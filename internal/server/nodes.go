package server

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"

	"slipher/internal/fleet"
	"slipher/internal/vault/store"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/placement"
)

// openNodes makes the folder of sockets, and what supervises the nodes.
func (s *Server) openNodes(context.Context) (err error) {
	if s.runDir, err = fleet.RunDir(); err != nil {
		return err
	}
	s.onClose(func() error { return os.RemoveAll(s.runDir) })
	if s.config.Nodes != nil && !s.config.TLS.secures(s.config.Listen) {
		return nil
	}
	if err := s.openCertificates(); err != nil {
		return fmt.Errorf("prepare TLS for the endpoints: %w", err)
	}
	if s.config.Nodes != nil {
		return nil
	}
	return s.openFleet()
}

func (s *Server) openFleet() (err error) {
	stores, remote := store.Folders(s.config.storeURLs())
	s.fleet, err = fleet.Open(fleet.Config{
		Binary: s.config.Program, Dir: s.config.Data.Path("clusters"), RunDir: s.runDir,
		Stores: stores, RemoteStore: remote, Certificate: s.sqlCertificate, Sessions: s.config.Door.SQLConnections,
		LogLevel: s.config.LogLevel, NodeLog: s.config.NodeLog, Log: s.config.Log, Now: s.config.Now,
		Environment: nodeEnvironment(s.config.storeURLs(), s.config.Environ),
		Ended:       s.sqlLogs.Drain,
		Damaged:     s.nodeDamaged,
	})
	if err != nil {
		return err
	}
	s.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopTime)
		defer cancel()
		return s.fleet.Close(ctx)
	})
	return nil
}

// nodeDamaged is told of nodes that run, which they do from Run on.
func (s *Server) nodeDamaged(cluster string) {
	if err := s.Warehouse.NodeDamaged(context.Background(), cluster); err != nil {
		s.config.Log.Error("damage not noted", "cluster", cluster, "err", err)
	}
}

// openWarehouse joins the parts that Redshift's operations stand on.
func (s *Server) openWarehouse(context.Context) error {
	config := warehouse.Config{
		Store:        s.Store,
		Keys:         s.Keys,
		Secrets:      s.Secrets,
		Nodes:        s.fleet,
		Accounts:     s.Accounts,
		Snapshots:    s.config.snapshotsURL(),
		SnapshotsIn:  s.config.SnapshotsIn,
		OwnSnapshots: s.config.Data.SnapshotsURL(),
		Logs:         s.sqlLogs,
		LogBucket:    s.config.LogBucket,
		Addresses:    placement.Addresses{AdvertiseHost: s.config.AdvertiseHost, Loopback: runtime.GOOS == "linux" && s.config.AdvertiseHost == ""},
		Bandwidth:    s.config.Bandwidth,
		Limits:       s.config.Limits,
		Copy:         s.config.Copy,
		Random:       s.config.Random,
		Worked:       s.config.Worked,
		Now:          s.config.Now,
		Log:          s.config.Log,
	}
	config.Limits.ManualSnapshots = cmp.Or(s.config.ManualSnapshots, config.Limits.ManualSnapshots)
	var err error
	if s.config.Nodes != nil {
		config.Addresses = s.config.Addresses
		if config.Nodes, err = s.config.Nodes(s.sqlLogs.Drain); err != nil {
			return err
		}
	}
	if s.config.Accounts != nil {
		config.Accounts = s.config.Accounts
	}
	if config.LogBucket == nil {
		if config.LogBucket, err = store.Named(cmp.Or(s.config.LogBuckets, s.config.Data.BucketsURL()), s.config.Now); err != nil {
			return fmt.Errorf("--log-buckets: %w", err)
		}
	}
	if s.Warehouse, err = warehouse.New(config); err != nil {
		return err
	}
	s.onClose(s.Warehouse.Close)
	return nil
}
