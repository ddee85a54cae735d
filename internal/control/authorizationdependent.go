package control

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/warehouse/state"
)

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

// restoreSecret requires the secret of a restored cluster, and the key of the snapshot's if the new one keeps it.
func (c *Control) restoreSecret(in *redshift.RestoreFromClusterSnapshotMessage) service.Permission {
	managed := api.Value(in.ManageMasterPassword, false)
	return func(call service.Call) ([]policy.Request, error) {
		located, _ := restoredSnapshot(in).Locate(call.Caller)
		source, known, err := permission.FindFor(call, located)
		if err != nil {
			return nil, err
		}
		kept := source.Body.Source.ManagedPassword
		if !managed && (!known || kept == nil) {
			return nil, nil
		}
		requests := permission.AboutSecret(call.Caller, in.ClusterIdentifier, permission.NewSecret(call.Caller, in.ClusterIdentifier, source.Body.Source.MasterUsername))
		if managed || source.Account != call.Caller.Account || source.Body.Origin != nil {
			return requests, nil
		}
		ofKey, err := permission.AboutKey(c.config.Keys, call, kept.KmsKey, permission.KeyActions...)
		return append(requests, ofKey...), err
	}
}
