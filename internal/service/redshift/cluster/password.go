package cluster

import (
	"fmt"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/scram"
	"slipher/internal/service/redshift/feature"
	"slipher/internal/warehouse/state"
)

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

// newVerifier is empty for no password.
func newVerifier(password string) (string, error) {
	if password == "" {
		return "", nil
	}
	if err := state.CheckPassword(password); err != nil {
		return "", err
	}
	verifier, err := scram.NewVerifier(password)
	if err != nil {
		return "", fmt.Errorf("derive the password's verifier: %w", err)
	}
	return verifier, nil
}

// passwordOptions refuses combinations of what a request says of the admin password with who manages it now.
func passwordOptions(in *redshift.ModifyClusterMessage, record state.ClusterRecord) feature.Options {
	managed := record.Body.Managed()
	on, off := api.Value(in.ManageMasterPassword, false), !api.Value(in.ManageMasterPassword, true)
	given := in.MasterUserPassword != ""
	return feature.Options{
		feature.When(on && given, bothPasswords()),
		feature.When(managed && off && !given, api.InvalidParameterCombination("Secrets Manager manages the admin password of cluster %s: to end that, give a MasterUserPassword too.", record.ID)),
		feature.When(managed && given && !off, api.InvalidParameterCombination("Secrets Manager manages the admin password of cluster %s: to give a MasterUserPassword, set ManageMasterPassword to false too.", record.ID)),
		feature.When(in.MasterPasswordSecretKmsKeyId != "" && !on && (off || !managed), feature.KeyOfNoSecret()),
	}
}
