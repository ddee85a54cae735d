package control

import (
	"cmp"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/secrets"
	"slipher/internal/warehouse/state"
)

// passwordOptions refuses combinations of what a request says of the admin password with who manages it now.
func passwordOptions(in *redshift.ModifyClusterMessage, record state.ClusterRecord) options {
	managed := record.Body.Managed()
	on, off := api.Value(in.ManageMasterPassword, false), !api.Value(in.ManageMasterPassword, true)
	given := in.MasterUserPassword != ""
	return options{
		{on && given, bothPasswords()},
		{managed && off && !given, api.InvalidParameterCombination("Secrets Manager manages the admin password of cluster %s: to end that, give a MasterUserPassword too.", record.ID)},
		{managed && given && !off, api.InvalidParameterCombination("Secrets Manager manages the admin password of cluster %s: to give a MasterUserPassword, set ManageMasterPassword to false too.", record.ID)},
		{in.MasterPasswordSecretKmsKeyId != "" && !on && (off || !managed), keyOfNoSecret()},
	}
}

// modifyPassword begins or ends the management of the admin password, gives its secret another key, or changes a password that nobody manages.
func (c *Control) modifyPassword(tx *meta.Tx, caller api.Caller, record *state.ClusterRecord, in *redshift.ModifyClusterMessage, verifier string) error {
	kmsKey, err := c.secretKey(tx, caller, in.MasterPasswordSecretKmsKeyId)
	if err != nil {
		return err
	}
	switch {
	case record.Body.Managed() && in.MasterPasswordSecretKmsKeyId != "":
		return c.changeSecretKey(tx, record, kmsKey)
	case record.Body.Managed() && verifier != "":
		if err := c.forgetPassword(tx, record); err != nil {
			return err
		}
	case !record.Body.Managed() && api.Value(in.ManageMasterPassword, false):
		if err := c.managePassword(tx, record, cmp.Or(in.NewClusterIdentifier, record.ID), kmsKey); err != nil {
			return err
		}
		verifier = record.Body.Verifier
	}
	return c.changePassword(tx, record, verifier)
}

func (c *Control) changeSecretKey(tx *meta.Tx, record *state.ClusterRecord, kmsKey string) error {
	managed := *record.Body.ManagedPassword
	sealing, err := c.config.Secrets.SetKey(tx, managed.Secret, kmsKey)
	if errors.Is(err, secrets.ErrKey) {
		return redshift.InvalidClusterState("Cannot give the secret of cluster %s another KMS key, because its key %s is disabled, waits for its deletion or was destroyed: enable it, or end the management of the password and begin it again.", record.ID, managed.KmsKey)
	}
	managed.KmsKey = sealing
	record.Body.ManagedPassword = &managed
	return err
}
