package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"slipher/internal/keys"
	"slipher/internal/meta"
)

type doctorCommand struct {
	Data        string            `required:"" type:"path" placeholder:"DIR" help:"The data directory."`
	Snapshots   string            `placeholder:"URL" help:"Where snapshots are kept, as for slipher serve (default: where the running slipher keeps them, or DIR/snapshots)."`
	SnapshotsIn map[string]string `mapsep:"none" placeholder:"REGION=URL" help:"Where a region's own snapshots are kept, as for slipher serve; may be repeated."`
	RootKey     string            `placeholder:"URL" help:"What wraps the key of all keys, as for slipher serve (default: the file that the first start made)."`
	AcceptLoss  bool              `help:"Give up what was changed behind a damaged place in the log of the metadata; slipher must be stopped. The damaged log is kept beside it."`
}

// Run prints a line for each thing that it looked at, and fails when one of them is a problem.
func (c doctorCommand) Run(ctx context.Context) error {
	if err := os.Setenv(ignoreEndpointsVariable, "true"); err != nil {
		return err
	}
	if c.AcceptLoss {
		if err := acceptLoss(folder(c.Data)); err != nil {
			return err
		}
	}
	d := &doctor{data: folder(c.Data), snapshots: c.Snapshots, snapshotsIn: c.SnapshotsIn, rootKey: c.RootKey, out: os.Stdout, now: time.Now}
	d.examine(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.problems > 0 {
		return fmt.Errorf("%s and %s found", count(d.problems, "problem"), count(d.warnings, "warning"))
	}
	_, err := fmt.Printf("%s and %s found\n", count(d.problems, "problem"), count(d.warnings, "warning"))
	return err
}

func acceptLoss(data folder) error {
	kept, err := meta.AcceptLoss(data.path("meta.db"), time.Now())
	switch {
	case err != nil:
		return fmt.Errorf("accept the loss: %w", err)
	case kept == "":
		fmt.Println("the log of the metadata has no damage: nothing was given up")
	default:
		fmt.Printf("what was changed behind the damage is given up; the log as it was is %s\n", kept)
	}
	return nil
}

// doctor looks at an installation. A check that depends on another one's result is left out, and says so, when that one found a problem.
type doctor struct {
	data        folder
	snapshots   string
	snapshotsIn map[string]string
	rootKey     string
	out         io.Writer
	now         func() time.Time

	problems, warnings int
}

func (d *doctor) ok(what, format string, args ...any) { d.say("ok", what, format, args...) }

func (d *doctor) warning(what, format string, args ...any) {
	d.warnings++
	d.say("warning", what, format, args...)
}

func (d *doctor) problem(what, format string, args ...any) {
	d.problems++
	d.say("problem", what, format, args...)
}

func (d *doctor) say(verdict, what, format string, args ...any) {
	fmt.Fprintf(d.out, "%-7s  %-14s  %s\n", verdict, what, fmt.Sprintf(format, args...))
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
	d.checkMounts(ctx)
	d.checkLimits(ctx)

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
	d.checkAuditChain(ctx, store, ring)
	d.checkCredentials(ctx, store, ring)
	d.checkSecrets(ctx, store, ring)
	d.checkSnapshots(ctx, store, ring)
}

// checkMetadata answers nil when the database cannot be read.
func (d *doctor) checkMetadata(ctx context.Context) *meta.Store {
	const advice = "restore the file from a copy"
	path := d.data.path("meta.db")
	store, err := meta.Look(ctx, path)
	if err != nil {
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

// checkRootKey answers nil when the keyring does not open.
func (d *doctor) checkRootKey(ctx context.Context, store *meta.Store) *keys.Ring {
	ring, err := openRing(ctx, keys.Look, store, d.data, d.rootKey)
	if err != nil {
		d.problem("root key", "%v", err)
		return nil
	}
	d.ok("root key", "%s opens the keyring", d.data.path("keys", "root.key"))
	return ring
}

// storeURLs are where the snapshots are, by region: what the user says, what the running slipher says, or the folder of every installation that says nothing.
func (d *doctor) storeURLs() map[string]string {
	announced, _ := d.data.running() // checkRunning tells of what is wrong with it
	urls := map[string]string{"": cmp.Or(d.snapshots, announced.Snapshots, d.data.snapshotsURL())}
	maps.Copy(urls, announced.SnapshotsIn)
	maps.Copy(urls, d.snapshotsIn)
	return urls
}
