package warehouse

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// encryptionKey finds the key that a request names by ARN, id or alias; without a name it is the account's aws/redshift key.
func (w *Warehouse) encryptionKey(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	return w.keyOrDefault(tx, caller, name, w.sharedKey)
}

// CopyKey is encryptionKey for a snapshot copy grant, whose key is the account's own.
func (w *Warehouse) CopyKey(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	return w.keyOrDefault(tx, caller, name, w.ownKey)
}

func (w *Warehouse) keyOrDefault(tx *meta.Tx, caller api.Caller, name string, find func(*meta.Tx, api.Caller, string) (keys.Key, error)) (arn string, err error) {
	if name == "" || name == "alias/"+keys.DefaultAlias {
		return w.config.Keys.Default(tx, caller.Account, caller.Region)
	}
	key, err := find(tx, caller, name)
	if err == nil && key.Managed() && key.Alias != keys.DefaultAlias {
		return "", api.InvalidParameterValue("The KMS key %s is for %s only: name a key of your own, or none.", name, key.Alias)
	}
	return key.ARN, err
}

// ownKey finds a key of the caller's account in its region that can be used.
func (w *Warehouse) ownKey(tx *meta.Tx, caller api.Caller, name string) (keys.Key, error) {
	key, err := w.sharedKey(tx, caller, name)
	if err == nil && key.Account != caller.Account {
		err = noKey(caller, name)
	}
	return key, err
}

// sharedKey finds a key in the caller's region that can be used: one of its account, or another account's whose policy lets this one use it through
// Redshift. Of others it tells nothing.
func (w *Warehouse) sharedKey(tx *meta.Tx, caller api.Caller, name string) (keys.Key, error) {
	arn, err := w.config.Keys.Resolve(tx, caller.Account, caller.Region, name)
	var key keys.Key
	if err == nil {
		key, err = w.config.Keys.Lookup(tx, arn)
	}
	if errors.Is(err, keys.ErrNotFound) || err == nil && key.Region != caller.Region {
		return key, noKey(caller, name)
	}
	if err != nil {
		return key, err
	}
	shared, err := w.isShared(tx, caller, key)
	switch {
	case err != nil:
		return key, err
	case !shared:
		return key, noKey(caller, name)
	case key.Disabled:
		return key, api.InvalidParameterValue("The KMS key %s is disabled or waits for its deletion.", name)
	}
	return key, nil
}

func noKey(caller api.Caller, name string) error {
	return api.InvalidParameterValue("The KMS key %s does not exist in %s, or this account may not use it.", name, caller.Region)
}

// isShared says whether the caller's account may seal its clusters under a key. What its own policies say was asked before.
func (w *Warehouse) isShared(tx *meta.Tx, caller api.Caller, key keys.Key) (bool, error) {
	if key.Account == caller.Account || key.Managed() {
		return key.Account == caller.Account, nil
	}
	for _, action := range []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"} {
		decision, err := w.decideForAccount(tx, caller, key, action)
		if err != nil || !decision.Allowed {
			return false, err
		}
	}
	return true, nil
}

// decideForAccount asks a key's policy in the name of the account, as Redshift does, and not of the user.
func (w *Warehouse) decideForAccount(tx *meta.Tx, caller api.Caller, key keys.Key, action string) (policy.Decision, error) {
	request := policy.NewRequest(policy.RootUser(caller.Account), action, key.ARN)
	if action == "kms:CreateGrant" {
		request.Context.Set("kms:GrantIsForAWSResource", "true")
	}
	return w.config.Keys.Decide(tx, request, policy.Policies{}, "redshift")
}

// mayUseKeyOf asks the policy of the snapshot's key, where it is another account's, whether it lets this one decrypt. The key aws/redshift, whose policy its
// account cannot change, is shared with the snapshot. An authorisation does not ask: Redshift refuses the restore only.
func (w *Warehouse) mayUseKeyOf(tx *meta.Tx, caller api.Caller, source state.SnapshotRecord) error {
	key, err := w.config.Keys.Lookup(tx, source.Body.KmsKey)
	if err != nil || key.Account == caller.Account || key.Alias == keys.DefaultAlias {
		return err
	}
	decision, err := w.decideForAccount(tx, caller, key, "kms:Decrypt")
	if err != nil || decision.Allowed {
		return err
	}
	return refusal.DependentServiceAccessDenied.Because("Cannot restore the snapshot %s because the policy of its KMS key %s does not allow account %s the action kms:Decrypt. Its owner, account %s, can allow it.",
		source.Body.Identifier, key.ARN, caller.Account, key.Account)
}

// mustHaveKey refuses what a cluster needs its KMS key for. A cluster that runs goes on without.
func (w *Warehouse) mustHaveKey(tx *meta.Tx, record state.ClusterRecord, what string) error {
	key, err := w.config.Keys.Lookup(tx, record.Body.KmsKey)
	switch {
	case errors.Is(err, keys.ErrNotFound):
		return refusal.InvalidClusterState.Because("Cannot %s cluster %s because its KMS key %s was destroyed.", what, record.ID, record.Body.KmsKey)
	case err == nil && key.Disabled:
		return refusal.InvalidClusterState.Because("Cannot %s cluster %s because its KMS key %s is disabled or waits for its deletion.", what, record.ID, record.Body.KmsKey)
	}
	return err
}

// RefusedGrant refuses what a key has no grants left for, or not now.
func RefusedGrant(err error) error {
	switch {
	case errors.Is(err, keys.ErrGrantLimit):
		return refusal.LimitExceeded.Because("The encryption key has exceeded its grant limit in AWS KMS.")
	case errors.Is(err, keys.ErrThrottled):
		return refusal.DependentServiceRequestThrottling.Because("The request cannot be completed because a dependent service is throttling requests made by Amazon Redshift on your behalf. Wait and retry the request.")
	}
	return err
}
