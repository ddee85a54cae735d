package cluster

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

func (f family) createPermissions(in *redshift.CreateClusterMessage) []service.Permission {
	ring := f.warehouse.Config().Keys
	return []service.Permission{
		permission.Create("cluster", in.ClusterIdentifier, tagging.Given(in.Tags)), permission.PassRoles(in.IamRoles), permission.UseKey(ring, in.KmsKeyId),
		createSecret(in), permission.UseKey(ring, in.MasterPasswordSecretKmsKeyId),
	}
}

func (f family) modifyPermissions(in *redshift.ModifyClusterMessage) []service.Permission {
	ring := f.warehouse.Config().Keys
	return []service.Permission{
		permission.On("cluster", in.ClusterIdentifier), permission.Rename(in.ClusterIdentifier, in.NewClusterIdentifier), permission.UseKey(ring, in.KmsKeyId),
		modifySecret(in), permission.UseKey(ring, in.MasterPasswordSecretKmsKeyId),
	}
}

// createSecret requires the secret of a new cluster whose master password Secrets Manager is to keep.
func createSecret(in *redshift.CreateClusterMessage) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if !api.Value(in.ManageMasterPassword, false) {
			return nil, nil
		}
		return permission.AboutSecret(call.Caller, in.ClusterIdentifier, permission.NewSecret(call.Caller, in.ClusterIdentifier, in.MasterUsername)), nil
	}
}

// modifySecret requires the secret of a cluster that gets one, has it changed, or gives it up.
func modifySecret(in *redshift.ModifyClusterMessage) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		of, err := state.Clusters.Find(call.Tx, state.ClusterKey(call.Caller, in.ClusterIdentifier))
		if err = meta.IgnoreNotFound(err); err != nil {
			return nil, err
		}
		spoken := in.ManageMasterPassword != nil || in.MasterPasswordSecretKmsKeyId != ""
		switch {
		case of.Body.Managed() && spoken:
			return permission.AboutSecret(call.Caller, in.ClusterIdentifier, of.Body.ManagedPassword.Secret), nil
		case api.Value(in.ManageMasterPassword, false):
			return permission.AboutSecret(call.Caller, in.ClusterIdentifier, permission.NewSecret(call.Caller, in.ClusterIdentifier, of.Body.MasterUsername)), nil
		}
		return nil, nil
	}
}
