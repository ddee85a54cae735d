package control

import (
	"cmp"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
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
	kmsKey, err := c.warehouse.SecretKey(tx, caller, in.MasterPasswordSecretKmsKeyId)
	if err != nil {
		return err
	}
	switch {
	case record.Body.Managed() && in.MasterPasswordSecretKmsKeyId != "":
		return c.warehouse.ChangeSecretKey(tx, record, kmsKey)
	case record.Body.Managed() && verifier != "":
		if err := c.warehouse.ForgetPassword(tx, record); err != nil {
			return err
		}
	case !record.Body.Managed() && api.Value(in.ManageMasterPassword, false):
		if err := c.warehouse.ManagePassword(tx, record, cmp.Or(in.NewClusterIdentifier, record.ID), kmsKey); err != nil {
			return err
		}
		verifier = record.Body.Verifier
	}
	return c.warehouse.ChangePassword(tx, record, verifier)
}
