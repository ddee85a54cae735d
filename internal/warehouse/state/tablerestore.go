package state

import (
	"strings"
	"time"

	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/warehouse/refusal"
)

// UnderWayIn asks for the table restores into a cluster that have not ended.
func UnderWayIn(account, region, cluster string) meta.Query {
	return meta.Query{Account: account, Region: region, Index: restoringTablesOf(cluster)}
}

// TableRestore is kept under an id in the order of the requests, as long as its cluster exists.
type TableRestore struct {
	RequestID     string
	ClusterKey    string
	Snapshot      string // identifier, as it was when the restore was accepted
	Source        TableName
	Target        TableName
	CaseSensitive bool `json:",omitempty"`
	Requested     time.Time

	Status      string
	Message     string `json:",omitempty"`
	Interrupted bool   `json:",omitempty"` // a try ended without telling how: it may have made the table
	Failures    int    `json:",omitempty"`

	Scope, Manifest string // pinned until the restore has ended
	TotalBytes      int64  // when it has succeeded
}

// TableName is named as the request does, whatever the case.
type TableName struct{ Database, Schema, Name string }

// TableRestoreRecord is found by its request, its cluster and what it pins, not by its id.
type TableRestoreRecord = meta.Record[TableRestore]

// TableRestores has entries of a scope and of "under way" only until a restore has ended.
var TableRestores = meta.Records[TableRestore]{Kind: "table restore", Index: func(r TableRestore) []meta.Entry {
	entries := []meta.Entry{Requested(r.RequestID), OfClusterKey(r.ClusterKey)}
	if r.UnderWay() {
		entries = append(entries, RestoringTables(), restoringTablesOf(r.ClusterKey), Pinning(r.Scope))
	}
	return entries
}}

// Requested finds the restore that RestoreTableFromClusterSnapshot has answered with this id.
func Requested(id string) meta.Entry { return meta.Entry{Name: "request", Value: id} }

// RestoringTables finds all that have not ended, which a quota counts.
func RestoringTables() meta.Entry { return meta.Entry{Name: "under way", Value: "yes"} }

func restoringTablesOf(cluster string) meta.Entry {
	return meta.Entry{Name: "under way in", Value: cluster}
}

// UnderWay is true until the table is there or the restore has failed.
func (r TableRestore) UnderWay() bool {
	return r.Status == TablePending || r.Status == TableInProgress
}

// Cased is the name as the database has it: Redshift keeps names in lower case unless it is told to tell the cases apart, and knows only the
// cases of ASCII.
func (r TableRestore) Cased(name string) string {
	if r.CaseSensitive {
		return name
	}
	return strings.Map(func(char rune) rune {
		if 'A' <= char && char <= 'Z' {
			return char + 'a' - 'A'
		}
		return char
	}, name)
}

// Node is the name that the node looks for or makes.
func (r TableRestore) Node(t TableName) nodeapi.TableName {
	return nodeapi.TableName{Schema: r.Cased(t.Schema), Table: r.Cased(t.Name)}
}

// The statuses of a table restore, in Redshift's words.
const (
	TablePending    = "PENDING"
	TableInProgress = "IN_PROGRESS"
	TableSucceeded  = "SUCCEEDED"
	TableFailed     = "FAILED"
)

// longestName is that of Redshift's identifiers, in bytes.
const longestName = 127

// CheckNames refuses names that no object can have, and names the parameter.
func (r TableRestore) CheckNames() error {
	for _, named := range []struct{ parameter, name string }{
		{"SourceDatabaseName", r.Source.Database}, {"SourceSchemaName", r.Source.Schema}, {"SourceTableName", r.Source.Name},
		{"TargetDatabaseName", r.Target.Database}, {"TargetSchemaName", r.Target.Schema}, {"NewTableName", r.Target.Name},
	} {
		if named.name == "" || len(named.name) > longestName || strings.ContainsRune(named.name, 0) {
			return refusal.InvalidTableRestoreArgument.Because("%s must have 1 to %d bytes.", named.parameter, longestName)
		}
	}
	return nil
}

// CheckDatabases needs the names that the database had in the snapshot and has in the cluster: there is one in each.
func (r TableRestore) CheckDatabases(inSnapshot, inCluster string) error {
	if r.Cased(r.Source.Database) != inSnapshot {
		return refusal.InvalidTableRestoreArgument.Because("The snapshot has no database %s.", r.Source.Database)
	}
	if r.Cased(r.Target.Database) != inCluster {
		return refusal.InvalidTableRestoreArgument.Because("The cluster has no database %s.", r.Target.Database)
	}
	return nil
}
