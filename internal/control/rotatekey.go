package control

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/scope"
	"slipher/internal/warehouse/state"
)

// RotateEncryptionKey gives the cluster a new data key, wrapped by the same KMS key. What it saves from now on is sealed by that; its earlier snapshots
// keep the key that they were saved with.
func (c *Control) RotateEncryptionKey(ctx context.Context, caller api.Caller, in *redshift.RotateEncryptionKeyMessage) (*redshift.RotateEncryptionKeyResult, error) {
	shape, err := c.change(ctx, caller, in.ClusterIdentifier, func(tx *meta.Tx, record *state.ClusterRecord) error {
		if err := warehouse.MustBe(*record, "rotate the encryption keys of", state.Available); err != nil {
			return err
		}
		if err := warehouse.MustNotBeSaving(tx, *record, "rotate the encryption keys of"); err != nil {
			return err
		}
		if err := c.warehouse.MustHaveKey(tx, *record, "rotate the encryption keys of"); err != nil {
			return err
		}
		earlier := record.Body.Scope
		if err := c.warehouse.OpenScope(tx, record); err != nil {
			return err
		}
		if err := scope.SweepLater(tx, earlier); err != nil {
			return err
		}
		return c.warehouse.Begin(tx, record, state.RotatingKeys)
	})
	return &redshift.RotateEncryptionKeyResult{Cluster: shape}, err
}
