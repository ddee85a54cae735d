package kms

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// policyName is the only one that a key's policy has.
const policyName = "default"

// PutKeyPolicy replaces the key's policy.
func (s *Service) PutKeyPolicy(ctx context.Context, caller api.Caller, in *kms.PutKeyPolicyRequest) (*api.None, error) {
	if err := checkPolicyName(in.PolicyName); err != nil {
		return nil, err
	}
	_, err := s.changeKey(ctx, caller, in.KeyId, to("kms:PutKeyPolicy").bypassing(in.BypassPolicyLockoutSafetyCheck), func(tx *meta.Tx, key keys.Key) error {
		return s.putPolicy(tx, caller, key, in.Policy, in.BypassPolicyLockoutSafetyCheck)
	})
	return &api.None{}, err
}

// GetKeyPolicy answers the policy as it was put, or KMS's default.
func (s *Service) GetKeyPolicy(ctx context.Context, caller api.Caller, in *kms.GetKeyPolicyRequest) (*kms.GetKeyPolicyResponse, error) {
	if err := checkPolicyName(in.PolicyName); err != nil {
		return nil, err
	}
	out := &kms.GetKeyPolicyResponse{PolicyName: policyName}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:GetKeyPolicy"), func(tx *meta.Tx, key keys.Key) (err error) {
		out.Policy, err = s.config.Keys.Policy(tx, key.ARN)
		return err
	})
}

// ListKeyPolicies answers the one name that there is.
func (s *Service) ListKeyPolicies(ctx context.Context, caller api.Caller, in *kms.ListKeyPoliciesRequest) (*kms.ListKeyPoliciesResponse, error) {
	if _, err := pageSize(in.Limit, 100, 1000); err != nil {
		return nil, err
	}
	out := &kms.ListKeyPoliciesResponse{PolicyNames: []string{policyName}, Truncated: new(false)}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:ListKeyPolicies"), func(*meta.Tx, keys.Key) error { return nil })
}

func checkPolicyName(name string) error {
	if name != "" && name != policyName {
		return kms.NotFound("There is no policy %q: the policy of a key is called %s.", name, policyName)
	}
	return nil
}
