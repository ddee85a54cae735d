package kms

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// use is what a caller wants to do with a key.
type use struct {
	action     string
	conditions policy.Context    // keys of conditions that the request alone knows
	context    map[string]string // the encryption context
	wanted     *keys.Grant       // of kms:CreateGrant
}

func to(action string) use { return use{action: action, conditions: policy.Context{}} }

// where adds a key of conditions; without values it is not there.
func (u use) where(key string, values ...string) use {
	u.conditions = maps.Clone(u.conditions)
	if len(values) > 0 {
		u.conditions.Set(key, values...)
	}
	return u
}

func (u use) in(context map[string]string) use {
	u.context = context
	return u
}

// acrossAccounts are the actions that somebody of another account than the key's may be allowed.
var acrossAccounts = []string{
	"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
	"kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant",
}

// mayUse asks the key's policy, the key's grants and the caller's policies.
func (s *Service) mayUse(tx *meta.Tx, caller api.Caller, key keys.Key, u use) error {
	request := caller.Request(u.action, key.ARN)
	maps.Copy(request.Context, u.conditions)
	request.Owner = key.Account
	if key.Account != caller.Account && !slices.Contains(acrossAccounts, u.action) {
		return foreign(request)
	}
	decision, err := s.config.Keys.Allows(tx, key.ARN, keys.Use{Request: request, Policies: caller.Policies, EncryptionContext: u.context, Wanted: u.wanted})
	if err != nil || decision.Allowed {
		return err
	}
	return accessDenied("%s", decision.Message(request))
}

// mayAsk asks the caller's policies about what is no key: an alias, or everything.
func mayAsk(caller api.Caller, u use, resource string) error {
	request := caller.Request(u.action, resource)
	maps.Copy(request.Context, u.conditions)
	decision := caller.Policies.Decide(request)
	if decision.Allowed {
		return nil
	}
	return accessDenied("%s", decision.Message(request))
}

// foreign is the same for a key of another account that there is and one that there is not.
func foreign(request policy.Request) error {
	return accessDenied("%s", policy.Decision{By: policy.ByResource}.Message(request))
}

// findAllowed finds the key that a request names by id, ARN, alias or the ARN of an alias, in the region of the request, if the caller may do this with
// it. Who may not is not told whether there is one.
func (s *Service) findAllowed(tx *meta.Tx, caller api.Caller, name string, u use) (keys.Key, error) {
	if err := checkKeyName(caller.Region, name); err != nil {
		return keys.Key{}, err
	}
	arn, err := s.config.Keys.Resolve(tx, caller.Account, caller.Region, name)
	if err != nil {
		return keys.Key{}, notFound(err, name)
	}
	if at := strings.Index(name, keys.AliasPrefix); at >= 0 {
		u = u.where("kms:RequestAlias", name[at:])
	}
	key, err := s.config.Keys.Lookup(tx, arn)
	if errors.Is(err, keys.ErrNotFound) {
		return key, unknownKey(caller, name, arn, u)
	}
	if err != nil {
		return key, err
	}
	return key, s.mayUse(tx, caller, key, u)
}

func unknownKey(caller api.Caller, name, arn string, u use) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[4] != caller.Account {
		request := caller.Request(u.action, arn)
		request.Owner = parts[4]
		return foreign(request)
	}
	if err := mayAsk(caller, u, arn); err != nil {
		return err
	}
	return notFound(keys.ErrNotFound, name)
}

func accessDenied(format string, args ...any) error {
	return api.NewFault("AccessDeniedException", 400, format, args...)
}

func validation(format string, args ...any) error {
	return api.NewFault("ValidationException", 400, format, args...)
}

// checkKeyName refuses what is neither the name nor the ARN of a key or alias in the region.
func checkKeyName(region, name string) error {
	rest, isARN := strings.CutPrefix(name, "arn:")
	switch {
	case name == "":
		return validation("KeyId must not be empty.")
	case len(name) > 2048:
		return validation("KeyId has at most 2048 characters.")
	case !isARN:
		return nil
	}
	parts := strings.SplitN(rest, ":", 5)
	if len(parts) != 5 || parts[1] != "kms" || !strings.HasPrefix(parts[4], "key/") && !strings.HasPrefix(parts[4], keys.AliasPrefix) {
		return kms.InvalidArn("%q is not the Amazon Resource Name of a key or an alias.", name)
	}
	if parts[2] != region {
		return kms.NotFound("Invalid arn %s: it is in another region than %s.", name, region)
	}
	return nil
}

// mustNotEnd refuses changes of a key that waits for its deletion.
func mustNotEnd(key keys.Key) error {
	if key.Deletion.IsZero() {
		return nil
	}
	return kms.KMSInvalidState("%s is pending deletion.", key.ARN)
}

// mustBeUsable refuses to use a key that is disabled or waits for its deletion.
func mustBeUsable(key keys.Key) error {
	if err := mustNotEnd(key); err != nil {
		return err
	}
	if key.Disabled {
		return kms.Disabled("%s is disabled.", key.ARN)
	}
	return nil
}

// dry ends a request that was only to be checked.
func dry(asked *bool) error {
	if asked != nil && *asked {
		return kms.DryRunOperation("The request would have succeeded, but it asked for a dry run.")
	}
	return nil
}
