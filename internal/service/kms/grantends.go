package kms

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// RevokeGrant takes a grant from its grantee.
func (s *Service) RevokeGrant(ctx context.Context, caller api.Caller, in *kms.RevokeGrantRequest) (*api.None, error) {
	if err := checkGrantID(in.GrantId); err != nil {
		return nil, err
	}
	_, err := s.changeKey(ctx, caller, in.KeyId, to("kms:RevokeGrant").where("kms:GrantIsForAWSResource", "false"), func(tx *meta.Tx, key keys.Key) error {
		if _, err := s.findGrant(tx, key.ARN, in.GrantId); err != nil {
			return err
		}
		if err := dry(in.DryRun); err != nil {
			return err
		}
		return s.config.Keys.EndGrant(tx, key.ARN, in.GrantId)
	})
	return &api.None{}, err
}

func (s *Service) findGrant(tx *meta.Tx, arn, id string) (keys.Grant, error) {
	grant, err := s.config.Keys.FindGrant(tx, arn, id)
	if errors.Is(err, keys.ErrNoGrant) {
		err = kms.NotFound("There is no grant %s on the key %s.", id, arn)
	}
	return grant, err
}

// RetireGrant gives a grant up. Who may do so is for the grant to say: its retiring principal, its grantee if it has that operation, and the account
// that made it. The key's policy is not asked.
func (s *Service) RetireGrant(ctx context.Context, caller api.Caller, in *kms.RetireGrantRequest) (*api.None, error) {
	arn, id, err := s.grantNamed(caller, in)
	if err != nil {
		return nil, err
	}
	return &api.None{}, s.config.Store.Update(ctx, func(tx *meta.Tx) error {
		grant, err := s.findGrant(tx, arn, id)
		if err != nil {
			return err
		}
		request := caller.Request("kms:RetireGrant", arn)
		decision, err := grant.RetirableBy(request, caller.Policies)
		if err != nil {
			return err
		}
		if !decision.Allowed {
			return accessDenied("%s", decision.Message(request))
		}
		if err := dry(in.DryRun); err != nil {
			return err
		}
		return s.config.Keys.EndGrant(tx, arn, id)
	})
}

// grantNamed is the grant of a token, or of a key's ARN and an id.
func (s *Service) grantNamed(caller api.Caller, in *kms.RetireGrantRequest) (arn, id string, err error) {
	byID := in.KeyId != "" && in.GrantId != ""
	if byID == (in.GrantToken != "") || !byID && (in.KeyId != "" || in.GrantId != "") {
		return "", "", validation("Specify either GrantToken, or both KeyId and GrantId.")
	}
	if byID {
		if err := checkKeyName(caller.Region, in.KeyId); err != nil {
			return "", "", err
		}
		return in.KeyId, in.GrantId, checkGrantID(in.GrantId)
	}
	arn, id, err = s.config.Keys.GrantOfToken(in.GrantToken)
	if err != nil {
		return "", "", kms.InvalidGrantToken("GrantToken is not one that CreateGrant has answered.")
	}
	return arn, id, nil
}
