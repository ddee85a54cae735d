package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// RotateEncryptionKey gives the cluster a new data key, wrapped by the same KMS key. What it saves from now on is sealed by that; its earlier snapshots
// keep the key that they were saved with.
func (c *Control) RotateEncryptionKey(ctx context.Context, caller api.Caller, in *redshift.RotateEncryptionKeyMessage) (*redshift.RotateEncryptionKeyResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := mustBe(*record, "rotate the encryption keys of", state.Available); err != nil {
			return err
		}
		if err := mustNotBeSaving(tx, *record, "rotate the encryption keys of"); err != nil {
			return err
		}
		if err := c.mustHaveKey(tx, *record, "rotate the encryption keys of"); err != nil {
			return err
		}
		earlier := record.Body.Scope
		if err := c.openScope(tx, record); err != nil {
			return err
		}
		if err := sweepLater(tx, earlier); err != nil {
			return err
		}
		return c.begin(tx, record, state.RotatingKeys)
	})
	return &redshift.RotateEncryptionKeyResult{Cluster: shape}, err
}

// rotated is what is left to do: the cluster has its new key since the request was accepted.
func (c *Control) rotated(ctx context.Context, record state.ClusterRecord) error {
	if err := c.open(ctx, record); err != nil {
		return err
	}
	return c.settle(ctx, record, func(tx *meta.Tx, record *state.ClusterRecord) error {
		record.Body.Status = state.Available
		return tablesLater(tx, *record)
	})
}
