// Package doctor examines an installation, running or stopped, and changes nothing. It says for each thing that it looked at whether that is sound, and
// what to do where it is not; it never advises to remove what may only be elsewhere.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// Config says what is examined.
type Config struct {
	Data        installation.Folder
	Snapshots   string            // URL of the snapshot store; empty is that of the running slipher, or the folder's own
	SnapshotsIn map[string]string // as Snapshots, of regions that have a store of their own

	// OpenKeys looks at the keyring; nil is keys.Look.
	OpenKeys func(context.Context, keys.Config) (*keys.Ring, error)
	// Program has the commands try-limit and try-mount; when it is empty, what they try is left out.
	Program string
	Out     io.Writer // gets a line for each thing
	Now     func() time.Time
}

// Found counts what is not sound.
type Found struct{ Problems, Warnings int }

func (f Found) String() string {
	return fmt.Sprintf("%s and %s found", count(f.Problems, "problem"), count(f.Warnings, "warning"))
}

// Examine looks at everything. A check that depends on another one's result is left out, and says so, when that one found a problem.
func Examine(ctx context.Context, config Config) (Found, error) {
	d := &doctor{Config: config, data: config.Data}
	d.examine(ctx)
	return d.found, ctx.Err()
}

type doctor struct {
	Config
	data  installation.Folder
	found Found
}

func (d *doctor) ok(what, format string, args ...any) { d.say("ok", what, format, args...) }

func (d *doctor) warning(what, format string, args ...any) {
	d.found.Warnings++
	d.say("warning", what, format, args...)
}

func (d *doctor) problem(what, format string, args ...any) {
	d.found.Problems++
	d.say("problem", what, format, args...)
}

func (d *doctor) say(verdict, what, format string, args ...any) {
	fmt.Fprintf(d.Out, "%-7s  %-14s  %s\n", verdict, what, fmt.Sprintf(format, args...))
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// areOrIs is a count as the beginning of a sentence.
func areOrIs(n int, what string) string {
	if n == 1 {
		return count(n, what) + " is"
	}
	return count(n, what) + " are"
}

func (d *doctor) examine(ctx context.Context) {
	if !d.checkFolder() {
		return
	}
	d.checkModes()
	d.checkCertificate()
	d.checkSpace()
	d.checkRunning(ctx)
	d.checkAudit(ctx)
	d.checkSockets(ctx)
	if d.Program != "" {
		d.checkMounts(ctx)
		d.checkLimits(ctx)
	}

	store := d.checkMetadata(ctx)
	if store == nil {
		d.warning("everything else", "not looked at, as the metadata cannot be read")
		return
	}
	defer store.Close()
	d.checkClusters(ctx, store)
	ring := d.checkRootKey(ctx, store)
	if ring == nil {
		d.warning("everything else", "not looked at, as nothing opens without the root key")
		return
	}
	d.checkRows(ctx, store)
	d.checkAuditChain(ctx, store, ring)
	d.checkCredentials(ctx, store, ring)
	d.checkSecrets(ctx, store, ring)
	d.checkSnapshots(ctx, store, ring)
}

// checkMetadata answers nil when the database cannot be read.
func (d *doctor) checkMetadata(ctx context.Context) *meta.Store {
	const advice = "restore the file from a copy"
	path := d.data.Path("meta.db")
	store, err := meta.Look(ctx, path)
	switch {
	case errors.Is(err, meta.ErrLogDamaged): // says what to do
		d.problem("metadata", "%v", err)
		return nil
	case err != nil:
		d.problem("metadata", "%v: %s", err, advice)
		return nil
	}
	if err := store.Check(ctx); err != nil {
		d.problem("metadata", "%s: %v: %s", path, err, advice)
	} else {
		d.ok("metadata", "%s is sound, and of a version that this slipher knows", path)
	}
	return store
}

// checkRows belongs behind checkRootKey, which opens the key for the codes of rows.
func (d *doctor) checkRows(ctx context.Context, store *meta.Store) {
	damages, err := store.Damages(ctx)
	if err != nil {
		d.problem("metadata", "rows cannot be read: %v", err)
		return
	}
	for _, damage := range damages {
		d.problem("metadata", "%v: it is not served, and nothing is swept from the snapshot store; bring the metadata back from a copy, or give the row up, with slipher stopped: "+
			"slipher doctor --data %s --give-up '%s'", damage, d.data, damage.Name())
	}
	if len(damages) == 0 {
		d.ok("metadata", "the code of every row fits")
	}
}

// checkRootKey answers nil when the keyring does not open.
func (d *doctor) checkRootKey(ctx context.Context, store *meta.Store) *keys.Ring {
	open := d.OpenKeys
	if open == nil {
		open = keys.Look
	}
	ring, err := open(ctx, keys.Config{Store: store, RootKeyFile: d.data.RootKeyFile(), Now: d.Now})
	if err != nil {
		d.problem("root key", "%v", err)
		return nil
	}
	d.ok("root key", "%s opens the keyring", d.data.RootKeyFile())
	return ring
}

// storeURLs are where the snapshots are, by region: what the user says, what the running slipher says, where the installation kept them last, or the
// folder of every installation that says nothing.
func (d *doctor) storeURLs(kept map[string]string) map[string]string {
	announced, _ := d.data.Running() // checkRunning tells of what is wrong with it
	urls := map[string]string{"": cmp.Or(d.Snapshots, announced.Snapshots, kept[""], d.data.SnapshotsURL())}
	for region, at := range kept {
		urls[region] = cmp.Or(urls[region], at)
	}
	maps.Copy(urls, announced.SnapshotsIn)
	maps.Copy(urls, d.SnapshotsIn)
	return urls
}
