package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

// shape is nil, and so absent from the answer, when nothing is copied.
func snapshotCopyShape(s *state.SnapshotCopy) *redshift.ClusterSnapshotCopyStatus {
	if s == nil {
		return nil
	}
	return &redshift.ClusterSnapshotCopyStatus{
		DestinationRegion:             s.Region,
		RetentionPeriod:               int64(s.Retention),
		ManualSnapshotRetentionPeriod: s.ManualRetention,
		SnapshotCopyGrantName:         s.Grant,
	}
}

// copiedRetention is how many days automated snapshots are kept in the other region by default.
const copiedRetention = 7

func checkCopiedRetention(days int) error {
	if days < 1 || days > 35 {
		return redshift.InvalidRetentionPeriod("The retention period of copied automated snapshots must be between 1 and 35 days, not %d.", days)
	}
	return nil
}

// EnableSnapshotCopy has every snapshot of the cluster that becomes available from now on copied to another region.
func (c *Control) EnableSnapshotCopy(ctx context.Context, caller api.Caller, in *redshift.EnableSnapshotCopyMessage) (*redshift.EnableSnapshotCopyResult, error) {
	wanted := state.SnapshotCopy{
		Region:          in.DestinationRegion,
		Retention:       api.Value(in.RetentionPeriod, copiedRetention),
		ManualRetention: api.Value(in.ManualSnapshotRetentionPeriod, state.Forever),
		Grant:           in.SnapshotCopyGrantName,
	}
	if err := api.First(
		func() error { return checkCopiedRetention(wanted.Retention) },
		func() error { return state.CheckManualRetention(wanted.ManualRetention) },
	); err != nil {
		return nil, err
	}
	if err := c.warehouse.ReachRegion(ctx, wanted.Region); err != nil {
		return nil, err
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "enable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy != nil {
			return redshift.SnapshotCopyAlreadyEnabled("Snapshot Copy is already enabled on Cluster %s.", record.ID)
		}
		if wanted.Region == record.Region || !state.RegionForm.MatchString(wanted.Region) {
			return redshift.UnknownSnapshotCopyRegion("Invalid region %s", wanted.Region)
		}
		return c.warehouse.EnableSnapshotCopy(tx, record, wanted)
	})
	return &redshift.EnableSnapshotCopyResult{Cluster: shape}, err
}

// DisableSnapshotCopy ends the copying. Copies that are there or under way stay as long as their retention periods say.
func (c *Control) DisableSnapshotCopy(ctx context.Context, caller api.Caller, in *redshift.DisableSnapshotCopyMessage) (*redshift.DisableSnapshotCopyResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "disable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy == nil {
			return redshift.SnapshotCopyAlreadyDisabled("Snapshot Copy is already disabled on Cluster %s.", record.ID)
		}
		return c.warehouse.EndSnapshotCopy(tx, record)
	})
	return &redshift.DisableSnapshotCopyResult{Cluster: shape}, err
}

// ModifySnapshotCopyRetentionPeriod changes how long copies are kept: automated ones also if they are there already, manual ones only if they are
// made from now on.
func (c *Control) ModifySnapshotCopyRetentionPeriod(ctx context.Context, caller api.Caller, in *redshift.ModifySnapshotCopyRetentionPeriodMessage) (*redshift.ModifySnapshotCopyRetentionPeriodResult, error) {
	check := checkCopiedRetention
	if in.Manual {
		check = state.CheckManualRetention
	}
	if err := check(in.RetentionPeriod); err != nil {
		return nil, err
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "change the snapshot copy of", state.Available); err != nil {
			return err
		}
		set := record.Body.SnapshotCopy
		switch {
		case set == nil:
			return redshift.SnapshotCopyDisabled("Cannot modify retention period because snapshot copy is disabled on Cluster %s.", record.ID)
		case in.Manual:
			set.ManualRetention = in.RetentionPeriod
			return nil
		}
		set.Retention = in.RetentionPeriod
		return c.warehouse.RetainCopies(tx, *record)
	})
	return &redshift.ModifySnapshotCopyRetentionPeriodResult{Cluster: shape}, err
}
