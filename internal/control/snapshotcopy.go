package control

import (
	"context"
	"regexp"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	house "slipher/internal/service/redshift"
	"slipher/internal/vault/store"
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

// regionForm is what the door takes for a region.
var regionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$`)

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
	if err := c.reachRegion(ctx, wanted.Region); err != nil {
		return nil, err
	}
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "enable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy != nil {
			return redshift.SnapshotCopyAlreadyEnabled("Snapshot Copy is already enabled on Cluster %s.", record.ID)
		}
		if wanted.Region == record.Region || !regionForm.MatchString(wanted.Region) {
			return redshift.UnknownSnapshotCopyRegion("Invalid region %s", wanted.Region)
		}
		return c.enableSnapshotCopy(tx, record, wanted)
	})
	return &redshift.EnableSnapshotCopyResult{Cluster: shape}, err
}

// reachRegion refuses a region whose own snapshot store does not answer.
func (c *Control) reachRegion(ctx context.Context, region string) error {
	bucket := c.stores[region]
	if bucket == nil {
		return nil
	}
	if err := store.Reach(ctx, bucket, c.config.SnapshotsIn[region]); err != nil {
		c.config.Log.Warn("snapshot store not reached", "region", region, "err", err)
		return redshift.CopyToRegionDisabled("Snapshots cannot be copied to %s for now because its snapshot store does not answer. Try your request again.", region)
	}
	return nil
}

func (c *Control) enableSnapshotCopy(tx *meta.Tx, record *state.ClusterRecord, wanted state.SnapshotCopy) (err error) {
	if wanted.KmsKey, err = c.keyAbroad(tx, *record, wanted); err != nil {
		return err
	}
	if wanted.Scope, err = c.scopeAbroad(tx, *record, wanted); err != nil {
		return err
	}
	record.Body.SnapshotCopy = &wanted
	return nil
}

// keyAbroad is the grant's key, or without one the aws/redshift key of the region, on which Redshift then gets a grant for this cluster.
func (c *Control) keyAbroad(tx *meta.Tx, record state.ClusterRecord, wanted state.SnapshotCopy) (arn string, err error) {
	if wanted.Grant != "" {
		grant, err := state.FindCopyGrant(tx, record.Account, wanted.Region, wanted.Grant)
		return grant.Body.KmsKey, err
	}
	if arn, err = c.config.Keys.Default(tx, record.Account, wanted.Region); err != nil {
		return "", err
	}
	return arn, house.KeyFaultOf(c.config.Keys.Grant(tx, arn, state.ServicePrincipal, keyGrantFor(record)))
}

func keyGrantFor(record state.ClusterRecord) string { return "snapshot copy of " + record.Body.Key }

// scopeAbroad is that of the cluster's earlier copies under the same key, so that they have their blocks in common with the new ones, or a new one.
func (c *Control) scopeAbroad(tx *meta.Tx, record state.ClusterRecord, wanted state.SnapshotCopy) (string, error) {
	copies, err := state.Snapshots.List(tx, meta.Query{Account: record.Account, Region: wanted.Region, Index: state.OfClusterKey(record.Body.Key)})
	if err != nil {
		return "", err
	}
	for _, copied := range copies {
		if copied.Body.KmsKey == wanted.KmsKey {
			return copied.Body.Scope, nil
		}
	}
	return c.newScope(tx, wanted.Region, wanted.KmsKey)
}

// DisableSnapshotCopy ends the copying. Copies that are there or under way stay as long as their retention periods say.
func (c *Control) DisableSnapshotCopy(ctx context.Context, caller api.Caller, in *redshift.DisableSnapshotCopyMessage) (*redshift.DisableSnapshotCopyResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "disable snapshot copy for", state.Available); err != nil {
			return err
		}
		if record.Body.SnapshotCopy == nil {
			return redshift.SnapshotCopyAlreadyDisabled("Snapshot Copy is already disabled on Cluster %s.", record.ID)
		}
		return c.endSnapshotCopy(tx, record)
	})
	return &redshift.DisableSnapshotCopyResult{Cluster: shape}, err
}

// endSnapshotCopy has nothing to end for a cluster without it.
func (c *Control) endSnapshotCopy(tx *meta.Tx, record *state.ClusterRecord) error {
	ended := record.Body.SnapshotCopy
	if ended == nil {
		return nil
	}
	record.Body.SnapshotCopy = nil
	if ended.Grant == "" {
		if err := c.config.Keys.RetireGrant(tx, ended.KmsKey, state.ServicePrincipal, keyGrantFor(*record)); err != nil && !keyLost(err) {
			return err
		}
	}
	return sweepLater(tx, ended.Scope)
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
		if err := mustBe(*record, "change the snapshot copy of", state.Available); err != nil {
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
		return c.retainCopies(tx, *record)
	})
	return &redshift.ModifySnapshotCopyRetentionPeriodResult{Cluster: shape}, err
}

// mayBeRenamed refuses what would leave copies behind under another name than the next ones have.
func mayBeRenamed(record state.ClusterRecord) error {
	if record.Body.SnapshotCopy == nil {
		return nil
	}
	return redshift.InvalidClusterState("Cannot rename the cluster %s because its snapshots are copied to %s: disable snapshot copy first.", record.ID, record.Body.SnapshotCopy.Region)
}
