package kms

import (
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// mayUse asks the key's policy.
func (s *Service) mayUse(tx *meta.Tx, caller api.Caller, key keys.Key, action string) error {
	decision, err := s.config.Keys.Decide(tx, key.ARN, caller.Principal, action, "")
	if err != nil || decision.Allowed {
		return err
	}
	return accessDenied("User: %s is not authorized to perform: %s on resource: %s because the policy of the key does not allow it.", caller.ARN, action, key.ARN)
}

func accessDenied(format string, args ...any) error {
	return api.NewFault("AccessDeniedException", 400, format, args...)
}

func managedKey(key keys.Key) error {
	return accessDenied("The key %s is managed for the account and cannot be changed: use a key of your own.", key.ARN)
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
