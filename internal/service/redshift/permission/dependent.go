package permission

import (
	"cmp"
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/policy"
	"slipher/internal/service"
)

// KeyActions are what Redshift does with the key of a cluster, in the name of who creates, restores or modifies it.
var KeyActions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant"}

// UseKey requires the use of a key by its name. Keys that AWS would manage, as aws/redshift, are there for everybody in the account.
func UseKey(ring *keys.Ring, name string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		if name == "" || strings.HasPrefix(name, keys.AliasPrefix+"aws/") {
			return nil, nil
		}
		arn, err := ring.Resolve(call.Tx, call.Caller.Account, call.Caller.Region, name)
		if errors.Is(err, keys.ErrNotFound) {
			arn, err = keyNamed(call.Caller, name), nil
		}
		if err != nil {
			return nil, err
		}
		return AboutKey(ring, call, arn, KeyActions...)
	}
}

// keyNamed is the ARN of a key or alias that is not there.
func keyNamed(caller api.Caller, name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:kms:" + caller.Region + ":" + caller.Account + ":" + name
}

// UseSnapshotKey requires the use of the key that a restored snapshot is sealed under, which becomes the cluster's own key unless the request names another
// or the snapshot is another account's. What that account's policy of its key says, the operation looks at.
func UseSnapshotKey(ring *keys.Ring, named Snapshot, another string) service.Permission {
	return func(call service.Call) ([]policy.Request, error) {
		located, _ := named.Locate(call.Caller)
		source, known, err := FindFor(call, located)
		if err != nil || !known {
			return nil, err
		}
		if another == "" && source.Account == call.Caller.Account {
			return AboutKey(ring, call, source.Body.KmsKey, KeyActions...)
		}
		return AboutKey(ring, call, source.Body.KmsKey, "kms:Decrypt")
	}
}

// AboutKey are requests for actions on a key. Of a key of the caller's account, its policy and its grants have a say.
func AboutKey(ring *keys.Ring, call service.Call, arn string, actions ...string) (requests []policy.Request, err error) {
	key, err := ring.Lookup(call.Tx, arn)
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
		more, err := aboutOwnKey(ring, call, request)
		if err != nil {
			return nil, err
		}
		requests = append(requests, more...)
	}
	return requests, nil
}

// aboutOwnKey is nothing for what is allowed already, as by a grant.
func aboutOwnKey(ring *keys.Ring, call service.Call, request policy.Request) ([]policy.Request, error) {
	use := keys.Use{Request: request, Policies: call.Caller.Policies, Service: "redshift"}
	decision, err := ring.Allows(call.Tx, request.Resource, use)
	if err != nil || decision.Allowed {
		return nil, err
	}
	described, err := ring.Request(call.Tx, use)
	return []policy.Request{described}, err
}

// PassRoles requires handing over roles to Redshift.
func PassRoles(roles []string) service.Permission {
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

// NewSecret is the ARN of a secret that is to be, without the characters that will be at its end.
func NewSecret(caller api.Caller, cluster, user string) string {
	return "arn:aws:secretsmanager:" + caller.Region + ":" + caller.Account + ":secret:redshift!" + cluster + "-" + cmp.Or(user, "*")
}

// AboutSecret are requests for what Redshift does with a secret.
func AboutSecret(caller api.Caller, cluster, arn string) (requests []policy.Request) {
	for _, action := range secretActions {
		request := caller.Request(action, arn)
		request.Named = NewSecret(caller, cluster, "")
		requests = append(requests, request)
	}
	return append(requests, caller.Request("secretsmanager:GetRandomPassword", "*"))
}
