package restore

import (
	"cmp"
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/paging"
	"slipher/internal/warehouse/state"
)

// restoreTable accepts a copy of one table of a snapshot into the cluster that the snapshot is of. What was accepted pins the data.
func (f family) restoreTable(ctx context.Context, caller api.Caller, in *redshift.RestoreTableFromClusterSnapshotMessage) (*redshift.RestoreTableFromClusterSnapshotResult, error) {
	wanted := wantedTable(in)
	if err := wanted.CheckNames(); err != nil {
		return nil, err
	}
	accepted, err := meta.Decide(ctx, f.store, func(tx *meta.Tx) (state.TableRestoreRecord, error) {
		return f.warehouse.RestoreTable(tx, caller, in.ClusterIdentifier, in.SnapshotIdentifier, wanted)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.RestoreTableFromClusterSnapshotResult{TableRestoreStatus: new(f.tableShape(accepted, in.ClusterIdentifier))}, nil
}

const publicSchema = "public"

// wantedTable fills in what the request leaves out: the table stays in its database and schema.
func wantedTable(in *redshift.RestoreTableFromClusterSnapshotMessage) state.TableRestore {
	source := state.TableName{Database: in.SourceDatabaseName, Schema: cmp.Or(in.SourceSchemaName, publicSchema), Name: in.SourceTableName}
	return state.TableRestore{
		Source:        source,
		Target:        state.TableName{Database: cmp.Or(in.TargetDatabaseName, source.Database), Schema: cmp.Or(in.TargetSchemaName, source.Schema), Name: in.NewTableName},
		CaseSensitive: api.Value(in.EnableCaseSensitiveIdentifier, false),
	}
}

// describeTables answers the caller's table restores, ended or not, in the order in which they were asked for.
func (f family) describeTables(ctx context.Context, caller api.Caller, in *redshift.DescribeTableRestoreStatusMessage) (*redshift.TableRestoreStatusMessage, error) {
	page, err := paging.New("table restores", in.MaxRecords, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &redshift.TableRestoreStatusMessage{TableRestoreStatusDetails: []redshift.TableRestoreStatus{}}
	err = f.store.View(ctx, func(tx *meta.Tx) error {
		found, marker, err := findTables(tx, caller, in, page)
		if err != nil {
			return err
		}
		out.Marker = marker
		for _, record := range found {
			of, err := state.FindClusterByKey(tx, record.Account, record.Region, record.Body.ClusterKey)
			if err != nil {
				return err
			}
			out.TableRestoreStatusDetails = append(out.TableRestoreStatusDetails, f.tableShape(record, of.ID))
		}
		return nil
	})
	return out, err
}

func findTables(tx *meta.Tx, caller api.Caller, in *redshift.DescribeTableRestoreStatusMessage, page paging.Page) ([]state.TableRestoreRecord, string, error) {
	query := meta.Query{Account: caller.Account, Region: caller.Region}
	key := ""
	if in.ClusterIdentifier != "" {
		of, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return nil, "", err
		}
		key, query.Index = of.Body.Key, state.OfClusterKey(of.Body.Key)
	}
	if in.TableRestoreRequestId == "" {
		return paging.List(tx, state.TableRestores, query, page, func(state.TableRestoreRecord) bool { return true })
	}
	query.Index = state.Requested(in.TableRestoreRequestId)
	found, err := state.TableRestores.List(tx, query)
	if err == nil && (len(found) == 0 || key != "" && found[0].Body.ClusterKey != key) {
		err = redshift.TableRestoreNotFound("There is no table restore request %s.", in.TableRestoreRequestId)
	}
	return found, "", err
}

func (f family) tableShape(record state.TableRestoreRecord, cluster string) redshift.TableRestoreStatus {
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
	if body.Status == state.TableSucceeded {
		total := state.WholeMegabytes(body.TotalBytes)
		shape.ProgressInMegaBytes, shape.TotalDataInMegaBytes = &total, &total
	} else if progress, known := f.warehouse.Progress.Get(body.RequestID); known {
		done := progress.DoneBytes / state.Megabyte // how much the table needs of the snapshot, its end shows
		shape.ProgressInMegaBytes = &done
	}
	return shape
}
