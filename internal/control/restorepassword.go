package control

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// restorePassword gives a restored cluster a secret of its own with a new password, if the request wants that or the snapshot's cluster had
// one. Any other cluster has the password that the snapshot's had.
func (c *Control) restorePassword(tx *meta.Tx, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage, record *state.ClusterRecord, source state.SnapshotRecord) error {
	if !api.Value(in.ManageMasterPassword, false) && !source.Body.Source.Managed() {
		return nil
	}
	kmsKey, err := c.restoreSecretKey(tx, caller, in, source)
	if err != nil {
		return err
	}
	return c.warehouse.ManagePassword(tx, record, record.ID, kmsKey)
}

// restoreSecretKey is the key that the request names, or else that of the snapshot's own secret for its owner in its region, as long as the request does
// not speak of the password at all.
func (c *Control) restoreSecretKey(tx *meta.Tx, caller api.Caller, in *redshift.RestoreFromClusterSnapshotMessage, source state.SnapshotRecord) (string, error) {
	kept := source.Body.Source.ManagedPassword
	if api.Value(in.ManageMasterPassword, false) || kept == nil || source.Account != caller.Account || source.Body.Origin != nil {
		return c.warehouse.SecretKey(tx, caller, in.MasterPasswordSecretKmsKeyId)
	}
	usable, err := c.config.Keys.Usable(tx, kept.KmsKey)
	if err != nil {
		return "", err
	}
	if !usable {
		return "", redshift.DependentServiceAccessDenied("Cannot restore the snapshot %s with a managed password because the KMS key %s of its secret is disabled, waits for its deletion or was destroyed. Set ManageMasterPassword, and name another key by MasterPasswordSecretKmsKeyId or none.",
			source.Body.Identifier, kept.KmsKey)
	}
	return c.warehouse.SecretKey(tx, caller, kept.KmsKey)
}
