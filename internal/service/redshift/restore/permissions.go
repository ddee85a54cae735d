package restore

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
)

func (f family) permissions(in *redshift.RestoreFromClusterSnapshotMessage) []service.Permission {
	ring := f.warehouse.Config().Keys
	return []service.Permission{
		permission.Create("cluster", in.ClusterIdentifier, nil), permission.OnSnapshot(source(in)), permission.PassRoles(in.IamRoles), permission.UseKey(ring, in.KmsKeyId),
		permission.UseSnapshotKey(ring, source(in), in.KmsKeyId), f.secret(in), permission.UseKey(ring, in.MasterPasswordSecretKmsKeyId),
	}
}

func source(in *redshift.RestoreFromClusterSnapshotMessage) permission.Snapshot {
	return permission.Snapshot{Identifier: in.SnapshotIdentifier, Cluster: in.SnapshotClusterIdentifier, ARN: in.SnapshotArn, Owner: in.OwnerAccount}
}

// secret requires the secret of a restored cluster, and the key of the snapshot's if the new one keeps it.
func (f family) secret(in *redshift.RestoreFromClusterSnapshotMessage) service.Permission {
	managed := api.Value(in.ManageMasterPassword, false)
	return func(call service.Call) ([]policy.Request, error) {
		located, _ := source(in).Locate(call.Caller)
		found, known, err := permission.FindFor(call, located)
		if err != nil {
			return nil, err
		}
		kept := found.Body.Source.ManagedPassword
		if !managed && (!known || kept == nil) {
			return nil, nil
		}
		requests := permission.AboutSecret(call.Caller, in.ClusterIdentifier, permission.NewSecret(call.Caller, in.ClusterIdentifier, found.Body.Source.MasterUsername))
		if managed || found.Account != call.Caller.Account || found.Body.Origin != nil {
			return requests, nil
		}
		ofKey, err := permission.AboutKey(f.warehouse.Config().Keys, call, kept.KmsKey, permission.KeyActions...)
		return append(requests, ofKey...), err
	}
}
