package state

// Limits are the quotas of an account in a region, named as Redshift's documentation of quotas does.
type Limits struct {
	ManualSnapshots     int
	AccountsPerSnapshot int // that one snapshot is shared with
	AccountsPerKey      int // summed over all snapshots that are encrypted by one key
	Nodes               int // of all clusters together
	Tags                int // of one resource
	SnapshotSchedules   int // Redshift has such a quota and does not tell it
	TableRestores       int // that have not ended; Redshift has such a quota and does not tell it
	Attempts            int // of a save, restore or first start before it counts as failed
	Saves               int // that run at once, of all accounts and clusters; the others wait
	Copies              int // to other regions that run at once; the others wait
	SnapshotCopyGrants  int // Redshift has such a quota and does not tell it
	ParameterGroups     int // beside the default ones
}

// WithDefaults has Redshift's own quotas where none is set, and numbers of ours where Redshift does not tell them.
func (l Limits) WithDefaults() Limits {
	for _, limit := range []struct {
		field    *int
		standard int
	}{
		{&l.ManualSnapshots, 20},
		{&l.AccountsPerSnapshot, 20},
		{&l.AccountsPerKey, 100},
		{&l.Nodes, 200},
		{&l.Tags, 50},
		{&l.Saves, 4},
		{&l.SnapshotSchedules, 20},
		{&l.Copies, 2},
		{&l.SnapshotCopyGrants, 100},
		{&l.ParameterGroups, 20},
		{&l.TableRestores, 20},
		{&l.Attempts, 8}, // with the jobs' pauses, about 13 seconds
	} {
		if *limit.field == 0 {
			*limit.field = limit.standard
		}
	}
	return l
}
