package warehouse

import (
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// copyAbroad has a snapshot that has become available copied to where its cluster's snapshots are copied to, if they are.
func (w *Warehouse) copyAbroad(tx *meta.Tx, source state.SnapshotRecord) error {
	of, err := state.FindClusterByKey(tx, source.Account, source.Region, source.Body.ClusterKey)
	if err != nil || of.Body.SnapshotCopy == nil {
		return meta.IgnoreNotFound(err)
	}
	body := w.newCopy(source, *of.Body.SnapshotCopy)
	if body.Identifier, err = w.copyIdentifier(tx, source, of.Body.SnapshotCopy.Region); err != nil {
		return err
	}
	record, err := state.Snapshots.Insert(tx, meta.Key{Account: source.Account, Region: of.Body.SnapshotCopy.Region, ID: w.Clock.OrderedID()}, body)
	if err != nil {
		return err
	}
	return tx.Enqueue(copyWork{record.Account, record.Region, record.ID}, meta.EnqueueOptions{Unique: true})
}

// newCopy is a snapshot that is still to be brought. Its cluster is not in its region, and tags and networks stay behind.
func (w *Warehouse) newCopy(source state.SnapshotRecord, to state.SnapshotCopy) state.Snapshot {
	made := state.Snapshot{
		ClusterKey:        source.Body.ClusterKey,
		ClusterIdentifier: source.Body.ClusterIdentifier,
		ClusterCreated:    source.Body.ClusterCreated,
		Orphan:            true,
		Origin:            &state.Origin{Region: source.Region, Snapshot: source.Body.Identifier, Scope: source.Body.Scope, Manifest: source.Body.Manifest},
		Type:              source.Body.Type,
		Status:            state.Creating,
		Source:            source.Body.Source,
		Retention:         to.ManualRetention,
		Requested:         w.Clock.Now(),
		Taken:             source.Body.Taken,
		KmsKey:            to.KmsKey,
		Scope:             to.Scope,
		Manifest:          w.config.NewID(),
	}
	if made.Type == state.Automated {
		made.Retention = to.Retention
	}
	made.Source.AvailabilityZone = to.Region + "a"
	made.Source.VpcSecurityGroups, made.Source.Tags = nil, nil
	return made
}

// copyIdentifier has the time added when the name is that of the copy of an earlier snapshot, which was deleted in the source's region and is kept here.
func (w *Warehouse) copyIdentifier(tx *meta.Tx, source state.SnapshotRecord, region string) (string, error) {
	identifier := "copy:" + source.Body.Identifier
	same, err := state.Snapshots.Count(tx, meta.Query{Account: source.Account, Region: region, Index: state.SnapshotNamed(identifier)})
	if same > 0 {
		identifier += "-" + source.Body.Taken.Format("2006-01-02-15-04-05")
	}
	return identifier, err
}

// retainCopies applies the changed retention period to the automated snapshots that were copied; those outside of it are deleted at once.
func (w *Warehouse) retainCopies(tx *meta.Tx, of state.ClusterRecord) error {
	copies, err := state.Snapshots.List(tx, meta.Query{Account: of.Account, Region: of.Body.SnapshotCopy.Region, Index: state.OfClusterKey(of.Body.Key)})
	if err != nil {
		return err
	}
	for _, record := range copies {
		if record.Body.Type != state.Automated || record.Body.SourceRegion() != of.Region {
			continue
		}
		if err := w.keepFor(tx, record, of.Body.SnapshotCopy.Retention); err != nil {
			return err
		}
	}
	return nil
}
