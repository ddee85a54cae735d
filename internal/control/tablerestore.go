package control

import (
	"context"
	"errors"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
)

// tableRestore is kept under an id in the order of the requests, as long as its cluster exists.
type tableRestore struct {
	RequestID     string
	ClusterKey    string
	Snapshot      string // identifier, as it was when the restore was accepted
	Source        table
	Target        table
	CaseSensitive bool `json:",omitempty"`
	Requested     time.Time

	Status      string
	Message     string `json:",omitempty"`
	Interrupted bool   `json:",omitempty"` // a try ended without telling how: it may have made the table
	Failures    int    `json:",omitempty"`

	Scope, Manifest string // pinned until the restore has ended
	TotalBytes      int64  // when it has succeeded
}

// table is named as the request does, whatever the case.
type table struct{ Database, Schema, Name string }

type tableRestoreRecord = meta.Record[tableRestore]

var tableRestores = meta.Records[tableRestore]{Kind: "table restore", Index: func(r tableRestore) []meta.Entry {
	entries := []meta.Entry{requested(r.RequestID), ofClusterKey(r.ClusterKey)}
	if r.underWay() {
		entries = append(entries, restoringTables(), restoringTablesOf(r.ClusterKey), pinning(r.Scope))
	}
	return entries
}}

func requested(id string) meta.Entry { return meta.Entry{Name: "request", Value: id} }
func restoringTables() meta.Entry    { return meta.Entry{Name: "under way", Value: "yes"} }
func restoringTablesOf(cluster string) meta.Entry {
	return meta.Entry{Name: "under way in", Value: cluster}
}

func (r tableRestore) underWay() bool {
	return r.Status == redshift.TableRestoreStatusTypePending || r.Status == redshift.TableRestoreStatusTypeInProgress
}

// RestoreTableFromClusterSnapshot accepts a copy of one table of a snapshot into the cluster that the snapshot is of. What was accepted pins the data.
func (c *Control) RestoreTableFromClusterSnapshot(ctx context.Context, caller api.Caller, in *redshift.RestoreTableFromClusterSnapshotMessage) (*redshift.RestoreTableFromClusterSnapshotResult, error) {
	wanted := wantedTable(in)
	if err := wanted.checkNames(); err != nil {
		return nil, err
	}
	var record tableRestoreRecord
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		of, err := findCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if err := mustBe(of, "restore a table into", available); err != nil {
			return err
		}
		source, err := findTableSource(tx, caller, of, in.SnapshotIdentifier)
		if err != nil {
			return err
		}
		if err := c.mustOpen(tx, source); err != nil {
			return err
		}
		if err := wanted.checkDatabases(source.Body.Source.DBName, of.Body.DBName); err != nil {
			return err
		}
		record, err = c.insertTableRestore(tx, of, source, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	shape := c.tableRestoreShape(record, in.ClusterIdentifier)
	return &redshift.RestoreTableFromClusterSnapshotResult{TableRestoreStatus: &shape}, nil
}

const publicSchema = "public"

// wantedTable fills in what the request leaves out: the table stays in its database and schema.
func wantedTable(in *redshift.RestoreTableFromClusterSnapshotMessage) tableRestore {
	source := table{Database: in.SourceDatabaseName, Schema: or(in.SourceSchemaName, publicSchema), Name: in.SourceTableName}
	return tableRestore{
		Source:        source,
		Target:        table{Database: or(in.TargetDatabaseName, source.Database), Schema: or(in.TargetSchemaName, source.Schema), Name: in.NewTableName},
		CaseSensitive: value(in.EnableCaseSensitiveIdentifier, false),
	}
}

// longestName is that of Redshift's identifiers, in bytes.
const longestName = 127

func (r tableRestore) checkNames() error {
	for _, named := range []struct{ parameter, name string }{
		{"SourceDatabaseName", r.Source.Database}, {"SourceSchemaName", r.Source.Schema}, {"SourceTableName", r.Source.Name},
		{"TargetDatabaseName", r.Target.Database}, {"TargetSchemaName", r.Target.Schema}, {"NewTableName", r.Target.Name},
	} {
		if named.name == "" || len(named.name) > longestName || strings.ContainsRune(named.name, 0) {
			return redshift.InvalidTableRestoreArgument("%s must have 1 to %d bytes.", named.parameter, longestName)
		}
	}
	return nil
}

// checkDatabases needs the names that the database had in the snapshot and has in the cluster: there is one in each.
func (r tableRestore) checkDatabases(inSnapshot, inCluster string) error {
	if r.cased(r.Source.Database) != inSnapshot {
		return redshift.InvalidTableRestoreArgument("The snapshot has no database %s.", r.Source.Database)
	}
	if r.cased(r.Target.Database) != inCluster {
		return redshift.InvalidTableRestoreArgument("The cluster has no database %s.", r.Target.Database)
	}
	return nil
}

// cased is the name as the database has it: Redshift keeps names in lower case unless it is told to tell the cases apart, and knows only the
// cases of ASCII.
func (r tableRestore) cased(name string) string {
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

func (r tableRestore) node(t table) nodeapi.TableName {
	return nodeapi.TableName{Schema: r.cased(t.Schema), Table: r.cased(t.Name)}
}

// findTableSource answers a snapshot of this very cluster, also if it is called otherwise now, and of no earlier cluster of its name.
func findTableSource(tx *meta.Tx, caller api.Caller, of clusterRecord, identifier string) (snapshotRecord, error) {
	source, err := findOwnSnapshot(tx, caller, locator{owner: caller.Account, region: caller.Region, identifier: identifier})
	switch {
	case err != nil:
		return source, err
	case source.Body.ClusterKey != of.Body.Key:
		return source, redshift.ClusterSnapshotNotFound("Snapshot not found for cluster.")
	case source.Body.Status != available:
		return source, redshift.InvalidClusterSnapshotState("Cannot restore a table from the snapshot %s because it is not available; its status is %s.", source.Body.Identifier, source.Body.Status)
	}
	return source, nil
}

// mustOpen refuses a snapshot whose key is gone or disabled at once.
func (c *Control) mustOpen(tx *meta.Tx, source snapshotRecord) error {
	_, err := c.dataKey(tx, source.Body.Scope)
	if keyLost(err) || errors.Is(err, keys.ErrDisabled) {
		return redshift.InvalidClusterSnapshotState("Cannot restore a table from the snapshot %s because its KMS key %s is disabled or was destroyed.", source.Body.Identifier, source.Body.KmsKey)
	}
	return err
}

func (c *Control) insertTableRestore(tx *meta.Tx, of clusterRecord, source snapshotRecord, wanted tableRestore) (tableRestoreRecord, error) {
	underWay, err := tableRestores.Count(tx, meta.Query{Account: of.Account, Region: of.Region, Index: restoringTables()})
	if err != nil {
		return tableRestoreRecord{}, err
	}
	if most := c.config.Limits.TableRestores; underWay >= most {
		return tableRestoreRecord{}, redshift.InProgressTableRestoreQuotaExceeded("You have exceeded the allowed number of table restores at once, which is %d. Wait for those under way to complete.", most)
	}
	wanted.RequestID, wanted.ClusterKey, wanted.Requested = c.config.NewID(), of.Body.Key, c.now()
	wanted.Snapshot, wanted.Scope, wanted.Manifest = source.Body.Identifier, source.Body.Scope, source.Body.Manifest
	wanted.Status = redshift.TableRestoreStatusTypePending
	record, err := tableRestores.Insert(tx, meta.Key{Account: of.Account, Region: of.Region, ID: c.orderedID()}, wanted)
	if err != nil {
		return record, err
	}
	return record, tablesLater(tx, of)
}

// DescribeTableRestoreStatus answers the caller's table restores, ended or not, in the order in which they were asked for.
func (c *Control) DescribeTableRestoreStatus(ctx context.Context, caller api.Caller, in *redshift.DescribeTableRestoreStatusMessage) (*redshift.TableRestoreStatusMessage, error) {
	page, err := newPage("table restores", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.TableRestoreStatusMessage{TableRestoreStatusDetails: []redshift.TableRestoreStatus{}}
	err = c.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := findTableRestores(tx, caller, in, page)
		if err != nil {
			return err
		}
		out.Marker = marker
		for _, record := range found {
			of, err := findClusterByKey(tx, record.Account, record.Region, record.Body.ClusterKey)
			if err != nil {
				return err
			}
			out.TableRestoreStatusDetails = append(out.TableRestoreStatusDetails, c.tableRestoreShape(record, of.ID))
		}
		return nil
	})
	return out, err
}

func findTableRestores(tx *meta.Tx, caller api.Caller, in *redshift.DescribeTableRestoreStatusMessage, page page) ([]tableRestoreRecord, string, error) {
	query := meta.Query{Account: caller.Account, Region: caller.Region}
	key := ""
	if in.ClusterIdentifier != "" {
		of, err := findCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return nil, "", err
		}
		key, query.Index = of.Body.Key, ofClusterKey(of.Body.Key)
	}
	if in.TableRestoreRequestId == "" {
		return list(tx, tableRestores, query, page, func(tableRestoreRecord) bool { return true })
	}
	query.Index = requested(in.TableRestoreRequestId)
	found, err := tableRestores.List(tx, query)
	if err == nil && (len(found) == 0 || key != "" && found[0].Body.ClusterKey != key) {
		err = redshift.TableRestoreNotFound("There is no table restore request %s.", in.TableRestoreRequestId)
	}
	return found, "", err
}

func (c *Control) tableRestoreShape(record tableRestoreRecord, cluster string) redshift.TableRestoreStatus {
	body := record.Body
	shape := redshift.TableRestoreStatus{
		TableRestoreRequestId: body.RequestID,
		Status:                body.Status,
		Message:               body.Message,
		RequestTime:           body.Requested,
		ClusterIdentifier:     cluster,
		SnapshotIdentifier:    body.Snapshot,
		SourceDatabaseName:    body.Source.Database,
		SourceSchemaName:      body.Source.Schema,
		SourceTableName:       body.Source.Name,
		TargetDatabaseName:    body.Target.Database,
		TargetSchemaName:      body.Target.Schema,
		NewTableName:          body.Target.Name,
	}
	if body.Status == redshift.TableRestoreStatusTypeSucceeded {
		total := wholeMegabytes(body.TotalBytes)
		shape.ProgressInMegaBytes, shape.TotalDataInMegaBytes = &total, &total
	} else if progress, known := c.progress.get(body.RequestID); known {
		done := progress.DoneBytes / megabyte // how much the table needs of the snapshot, its end shows
		shape.ProgressInMegaBytes = &done
	}
	return shape
}

// forgetTableRestores goes with the cluster, and lets the pins of what was under way go.
func forgetTableRestores(tx *meta.Tx, of clusterRecord) error {
	all, err := tableRestores.List(tx, meta.Query{Account: of.Account, Region: of.Region, Index: ofClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range all {
		if err := tableRestores.Delete(tx, record.Key); err != nil && !errors.Is(err, meta.ErrNotFound) {
			return err
		}
		if record.Body.underWay() {
			if err := sweepLater(tx, record.Body.Scope); err != nil {
				return err
			}
		}
	}
	return nil
}
