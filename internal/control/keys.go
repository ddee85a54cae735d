package control

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// encryptionKey finds the key that a request names by ARN, id or alias; without a name it is the account's aws/redshift key.
func (c *Control) encryptionKey(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	if name == "" || name == "alias/"+keys.DefaultAlias {
		return c.config.Keys.Default(tx, caller.Account, caller.Region)
	}
	arn, key, err := c.ownKey(tx, caller, name)
	if err == nil && key.Managed() && key.Alias != keys.DefaultAlias {
		return "", api.InvalidParameterValue("The KMS key %s is for %s only: name a key of your own, or none.", name, key.Alias)
	}
	return arn, err
}

// ownKey finds a key of the caller's account in its region that can be used.
func (c *Control) ownKey(tx *meta.Tx, caller api.Caller, name string) (arn string, key keys.Key, err error) {
	arn, err = c.config.Keys.Resolve(tx, caller.Account, caller.Region, name)
	if err == nil {
		key, err = c.config.Keys.Lookup(tx, arn)
	}
	switch {
	case errors.Is(err, keys.ErrNotFound) || err == nil && (key.Account != caller.Account || key.Region != caller.Region):
		return "", key, api.InvalidParameterValue("The KMS key %s does not exist in %s, or this account may not use it.", name, caller.Region)
	case key.Disabled:
		return "", key, api.InvalidParameterValue("The KMS key %s is disabled or waits for its deletion.", name)
	}
	return arn, key, err
}

// mayUseKeyOf asks the policy of the snapshot's key whether it lets another account decrypt. The key aws/redshift, whose policy its account
// cannot change, is shared with the snapshot. An authorisation does not ask: Redshift refuses the restore only.
func (c *Control) mayUseKeyOf(tx *meta.Tx, caller api.Caller, source snapshotRecord) error {
	if source.Account == caller.Account {
		return nil
	}
	key, err := c.config.Keys.Lookup(tx, source.Body.KmsKey)
	if err != nil || key.Alias == keys.DefaultAlias {
		return err
	}
	// Redshift asks in the name of the account, not of the user.
	request := policy.NewRequest(policy.RootUser(caller.Account), "kms:Decrypt", key.ARN)
	decision, err := c.config.Keys.Decide(tx, request, policy.Policies{}, "redshift")
	if err != nil || decision.Allowed {
		return err
	}
	return redshift.DependentServiceAccessDenied("Cannot restore the snapshot %s because the policy of its KMS key %s does not allow account %s the action kms:Decrypt. Its owner, account %s, can allow it.",
		source.Body.Identifier, key.ARN, caller.Account, source.Account)
}

// mustHaveKey refuses what a cluster needs its KMS key for. A cluster that runs goes on without.
func (c *Control) mustHaveKey(tx *meta.Tx, record clusterRecord, what string) error {
	key, err := c.config.Keys.Lookup(tx, record.Body.KmsKey)
	switch {
	case errors.Is(err, keys.ErrNotFound):
		return redshift.InvalidClusterState("Cannot %s cluster %s because its KMS key %s was destroyed.", what, record.ID, record.Body.KmsKey)
	case err == nil && key.Disabled:
		return redshift.InvalidClusterState("Cannot %s cluster %s because its KMS key %s is disabled or waits for its deletion.", what, record.ID, record.Body.KmsKey)
	}
	return err
}

// grantFault turns the limits of a key into the faults that Redshift has for them.
func grantFault(err error) error {
	switch {
	case errors.Is(err, keys.ErrGrantLimit):
		return redshift.LimitExceeded("The encryption key has exceeded its grant limit in AWS KMS.")
	case errors.Is(err, keys.ErrThrottled):
		return redshift.DependentServiceRequestThrottling("The request cannot be completed because a dependent service is throttling requests made by Amazon Redshift on your behalf. Wait and retry the request.")
	}
	return err
}
