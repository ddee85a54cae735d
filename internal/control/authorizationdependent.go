package control

import (
	"cmp"
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/warehouse/state"
)

// keyActions are what Redshift does with the key of a cluster, in the name of who creates, restores or modifies it.
var keyActions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant"}

// useKey requires the use of a key by its name. Keys that AWS would manage, as aws/redshift, are there for everybody in the account.
func (c *Control) useKey(name string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if name == "" || strings.HasPrefix(name, keys.AliasPrefix+"aws/") {
			return nil, nil
		}
		arn, err := c.config.Keys.Resolve(call.Tx, call.Caller.Account, call.Caller.Region, name)
		if errors.Is(err, keys.ErrNotFound) {
			arn, err = keyNamed(call.Caller, name), nil
		}
		if err != nil {
			return nil, err
		}
		return c.aboutKey(call, arn, keyActions...)
	}
}

// keyNamed is the ARN of a key or alias that is not there.
func keyNamed(caller api.Caller, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:kms:" + caller.Region + ":" + caller.Account + ":" + name
}

// useSnapshotKey requires the use of the key that a restored snapshot is sealed under, which becomes the cluster's own key unless the request names another
// or the snapshot is another account's. What that account's policy of its key says, the operation looks at.
func (c *Control) useSnapshotKey(named namedSnapshot, another string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		located, _ := named.locate(call.Caller)
		source, known, err := findFor(call, located)
		if err != nil || !known {
			return nil, err
		}
		if another == "" && source.Account == call.Caller.Account {
			return c.aboutKey(call, source.Body.KmsKey, keyActions...)
		}
		return c.aboutKey(call, source.Body.KmsKey, "kms:Decrypt")
	}
}

// aboutKey are requests for actions on a key. Of a key of the caller's account, its policy and its grants have a say.
func (c *Control) aboutKey(call service.Call, arn string, actions ...string) (requests []policy.Request, err error) {
	key, err := c.config.Keys.Lookup(call.Tx, arn)
	if err == nil && key.Managed() {
		return nil, nil
	}
	if err != nil && !errors.Is(err, keys.ErrNotFound) {
		return nil, err
	}
	for _, action := range actions {
		request := call.Caller.Request(action, arn)
		request.Context.Set("kms:CallerAccount", call.Caller.Account)
		request.Context.Set("kms:ViaService", "redshift."+call.Caller.Region+".amazonaws.com")
		if action == "kms:CreateGrant" {
			request.Context.Set("kms:GrantIsForAWSResource", "true")
		}
		if key.Account != call.Caller.Account {
			requests = append(requests, request)
			continue
		}
		more, err := c.aboutOwnKey(call, request)
		if err != nil {
			return nil, err
		}
		requests = append(requests, more...)
	}
	return requests, nil
}

// aboutOwnKey is nothing for what is allowed already, as by a grant.
func (c *Control) aboutOwnKey(call service.Call, request policy.Request) ([]policy.Request, error) {
	use := keys.Use{Request: request, Policies: call.Caller.Policies, Service: "redshift"}
	decision, err := c.config.Keys.Allows(call.Tx, request.Resource, use)
	if err != nil || decision.Allowed {
		return nil, err
	}
	described, err := c.config.Keys.Request(call.Tx, use)
	return []policy.Request{described}, err
}

// passRoles requires handing over roles to Redshift.
func passRoles(roles []string) service.Permission {
	return func(call service.Call) (requests []policy.Request, _ error) {
		for _, role := range roles {
			request := call.Caller.Request("iam:PassRole", role)
			request.Context.Set("iam:PassedToService", "redshift.amazonaws.com")
			requests = append(requests, request)
		}
		return requests, nil
	}
}

// secretActions are what Redshift does with the secret of a cluster's master password.
var secretActions = []string{
	"secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource",
	"secretsmanager:UpdateSecret",
}

// createSecret requires the secret of a new cluster whose master password Secrets Manager is to keep.
func createSecret(in *redshift.CreateClusterMessage) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if !api.Value(in.ManageMasterPassword, false) {
			return nil, nil
		}
		return aboutSecret(call.Caller, in.ClusterIdentifier, newSecret(call.Caller, in.ClusterIdentifier, in.MasterUsername)), nil
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
			return aboutSecret(call.Caller, in.ClusterIdentifier, of.Body.ManagedPassword.Secret), nil
		case api.Value(in.ManageMasterPassword, false):
			return aboutSecret(call.Caller, in.ClusterIdentifier, newSecret(call.Caller, in.ClusterIdentifier, of.Body.MasterUsername)), nil
		}
		return nil, nil
	}
}

// restoreSecret requires the secret of a restored cluster, and the key of the snapshot's if the new one keeps it.
func (c *Control) restoreSecret(in *redshift.RestoreFromClusterSnapshotMessage) service.Permission {
	managed := api.Value(in.ManageMasterPassword, false)
	return func(call service.Call) ([]policy.Request, error) {
		located, _ := restoredSnapshot(in).locate(call.Caller)
		source, known, err := findFor(call, located)
		if err != nil {
			return nil, err
		}
		kept := source.Body.Source.ManagedPassword
		if !managed && (!known || kept == nil) {
			return nil, nil
		}
		requests := aboutSecret(call.Caller, in.ClusterIdentifier, newSecret(call.Caller, in.ClusterIdentifier, source.Body.Source.MasterUsername))
		if managed || source.Account != call.Caller.Account || source.Body.Origin != nil {
			return requests, nil
		}
		ofKey, err := c.aboutKey(call, kept.KmsKey, keyActions...)
		return append(requests, ofKey...), err
	}
}

// newSecret is the ARN of a secret that is to be, without the characters that will be at its end.
func newSecret(caller api.Caller, cluster, user string) string {
	return "arn:aws:secretsmanager:" + caller.Region + ":" + caller.Account + ":secret:redshift!" + cluster + "-" + cmp.Or(user, "*")
}

func aboutSecret(caller api.Caller, cluster, arn string) (requests []policy.Request) {
	for _, action := range secretActions {
		request := caller.Request(action, arn)
		request.Named = newSecret(caller, cluster, "")
		requests = append(requests, request)
	}
	return append(requests, caller.Request("secretsmanager:GetRandomPassword", "*"))
}
