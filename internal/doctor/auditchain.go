package doctor

import (
	"context"
	"errors"
	"os"
	"slices"

	"slipher/internal/audit"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// checkAuditChain reads all audit records and asks whether anybody but slipher wrote in them. A running slipher may remove what is too old in between, so
// it looks twice before it complains.
func (d *doctor) checkAuditChain(ctx context.Context, store *meta.Store, ring *keys.Ring) {
	chains, err := installation.LookAuditChains(ctx, store, ring)
	if errors.Is(err, installation.ErrNoAuditKey) {
		d.ok("audit chain", "there is none yet: the next start begins it")
		return
	}
	if err != nil {
		d.problem("audit chain", "%v", err)
		return
	}
	names, err := chains.Names(ctx)
	if err != nil {
		d.problem("audit chain", "%v", err)
		return
	}
	for _, name := range append(d.sqlRecords(), installation.CallsRecord) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var all audit.Verified
	for _, name := range names {
		found, err := d.verifyAudit(chains, name)
		if err != nil {
			d.problem("audit chain", "%v", err)
			return
		}
		d.sayStrange(found)
		all.Lines += found.Lines
		all.Unchained += found.Unchained
		all.Problems = append(all.Problems, found.Problems...)
	}
	if all.Unchained > 0 {
		d.ok("audit chain", "%s of a time when there was no chain: nobody can tell whether they were altered", count(int(all.Unchained), "line"))
	}
	if len(all.Problems) == 0 {
		d.ok("audit chain", "%s, none of which anybody else has altered, removed or added", count(int(all.Lines), "line"))
	}
}

// installation.SQLRecords are the records of SQL logs that are there, whether their ends are kept or not.
func (d *doctor) sqlRecords() (names []string) {
	folders, _ := os.ReadDir(d.data.AuditFolder(installation.SQLRecords)) // nobody has logged in where there is none
	for _, folder := range folders {
		names = append(names, installation.SQLRecord(folder.Name()))
	}
	return names
}

func (d *doctor) verifyAudit(chains installation.AuditChains, name string) (found audit.Verified, err error) {
	for range 2 {
		found, err = audit.Verify(d.data.AuditFolder(name), chains.Chain(name))
		if err != nil || len(found.Problems) == 0 {
			break
		}
	}
	return found, err
}

func (d *doctor) sayStrange(found audit.Verified) {
	for _, problem := range found.Problems {
		d.problem("audit chain", "%s", problem)
	}
	if found.More > 0 {
		d.problem("audit chain", "and %d more", found.More)
	}
	held, err := meta.Held(d.data.Path("meta.db"))
	if found.Unfinished != "" && (err != nil || !held) { // a running slipher is about to finish it
		d.warning("audit chain", "%s: the record ends unfinished, as when slipher is killed; the next start cuts that off, and the record says so", found.Unfinished)
	}
}
