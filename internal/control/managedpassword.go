package control

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// manageNewPassword is CreateCluster's part.
func (c *Control) manageNewPassword(tx *meta.Tx, caller api.Caller, in *redshift.CreateClusterMessage, record *state.ClusterRecord) error {
	if !api.Value(in.ManageMasterPassword, false) {
		return nil
	}
	kmsKey, err := c.warehouse.SecretKey(tx, caller, in.MasterPasswordSecretKmsKeyId)
	if err != nil {
		return err
	}
	return c.warehouse.ManagePassword(tx, record, record.ID, kmsKey)
}

// checkPasswordGiven holds that a new cluster has either a password or a managed one.
func checkPasswordGiven(in *redshift.CreateClusterMessage) error {
	managed := api.Value(in.ManageMasterPassword, false)
	switch {
	case managed && in.MasterUserPassword != "":
		return bothPasswords()
	case managed:
		return nil
	case in.MasterUserPassword == "":
		return api.MissingParameter("The request must contain the parameter MasterUserPassword")
	}
	return state.CheckPassword(in.MasterUserPassword)
}

func bothPasswords() error {
	return api.InvalidParameterCombination("MasterUserPassword cannot be specified when ManageMasterPassword is true: Secrets Manager keeps a password that is generated.")
}

func keyOfNoSecret() error {
	return api.InvalidParameterCombination("MasterPasswordSecretKmsKeyId needs ManageMasterPassword.")
}
