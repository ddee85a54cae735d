package control

import (
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// encryptionKey finds the key that a request names by ARN, id or alias; without a name it is the account's aws/redshift key.
func (c *Control) encryptionKey(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	if name == "" || name == "alias/"+keys.DefaultAlias {
		return c.config.Keys.Default(tx, caller.Account, caller.Region)
	}
	arn = name
	if !strings.HasPrefix(name, "arn:") {
		arn = "arn:aws:kms:" + caller.Region + ":" + caller.Account + ":key/" + name
	}
	key, err := c.config.Keys.Lookup(tx, arn)
	if errors.Is(err, keys.ErrNotFound) || err == nil && (key.Account != caller.Account || key.Region != caller.Region) {
		return "", api.InvalidParameterValue("The KMS key %s does not exist in %s, or this account may not use it.", name, caller.Region)
	}
	return arn, err
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
