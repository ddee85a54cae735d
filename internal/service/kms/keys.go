package kms

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// CreateKey makes a symmetric key of the account's own. Its policy is KMS's default unless the request has another.
func (s *Service) CreateKey(ctx context.Context, caller api.Caller, in *kms.CreateKeyRequest) (*kms.CreateKeyResponse, error) {
	if err := checkKind(in); err != nil {
		return nil, err
	}
	tags, err := withTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if err := mayCreate(caller, in, tags); err != nil {
		return nil, err
	}
	var key keys.Key
	err = s.config.Store.Update(ctx, func(tx *meta.Tx) error {
		ring := s.config.Keys
		arn, err := ring.Create(tx, caller.Account, caller.Region)
		if err != nil {
			return err
		}
		if err := ring.Describe(tx, arn, in.Description); err != nil {
			return err
		}
		if err := ring.SetTags(tx, arn, tags); err != nil {
			return err
		}
		if key, err = ring.Lookup(tx, arn); err != nil || in.Policy == "" {
			return err
		}
		return s.putPolicy(tx, caller, key, in.Policy, in.BypassPolicyLockoutSafetyCheck)
	})
	if err != nil {
		return nil, err
	}
	return &kms.CreateKeyResponse{KeyMetadata: metadata(key)}, nil
}

// mayCreate asks for tags too, where the key is to have some.
func mayCreate(caller api.Caller, in *kms.CreateKeyRequest, tags []keys.Tag) error {
	u := to("kms:CreateKey").where("kms:KeySpec", kms.KeySpecSymmetricDefault).where("kms:KeyUsage", kms.KeyUsageTypeEncryptDecrypt).
		where("kms:KeyOrigin", kms.OriginTypeAwsKms).where("kms:MultiRegion", "false").bypassing(in.BypassPolicyLockoutSafetyCheck).tagging(tags)
	if err := mayAsk(caller, u, "*"); err != nil || len(tags) == 0 {
		return err
	}
	u.action = "kms:TagResource"
	return mayAsk(caller, u, "arn:aws:kms:"+caller.Region+":"+caller.Account+":key/*")
}

func (u use) bypassing(check *bool) use {
	return u.where("kms:BypassPolicyLockoutSafetyCheck", strconv.FormatBool(check != nil && *check))
}

// checkKind refuses what is not a symmetric key with material of slipher's own making.
func checkKind(in *kms.CreateKeyRequest) error {
	spec := in.KeySpec
	if spec == "" {
		spec = in.CustomerMasterKeySpec
	}
	switch {
	case in.KeySpec != "" && in.CustomerMasterKeySpec != "":
		return validation("You cannot specify KeySpec and CustomerMasterKeySpec in the same request: CustomerMasterKeySpec is the older name of KeySpec.")
	case len(in.Description) > 8192:
		return validation("Description has at most 8192 characters.")
	case spec != "" && spec != kms.KeySpecSymmetricDefault:
		return kms.UnsupportedOperation("KeySpec %s is not offered: keys are SYMMETRIC_DEFAULT.", spec)
	case in.KeyUsage != "" && in.KeyUsage != kms.KeyUsageTypeEncryptDecrypt:
		return kms.UnsupportedOperation("KeyUsage %s is not offered: keys are for ENCRYPT_DECRYPT.", in.KeyUsage)
	case in.Origin != "" && in.Origin != kms.OriginTypeAwsKms:
		return kms.UnsupportedOperation("Origin %s is not offered: the material of keys is made here, AWS_KMS.", in.Origin)
	case in.CustomKeyStoreId != "":
		return kms.CustomKeyStoreNotFound("There is no custom key store %s.", in.CustomKeyStoreId)
	case in.XksKeyId != "":
		return kms.XksKeyNotFound("There is no external key store, and so no key %s.", in.XksKeyId)
	case in.MultiRegion != nil && *in.MultiRegion:
		return kms.UnsupportedOperation("MultiRegion is not offered: a key is of one region.")
	}
	return nil
}

// DescribeKey shows a key of any account whose policy allows it.
func (s *Service) DescribeKey(ctx context.Context, caller api.Caller, in *kms.DescribeKeyRequest) (*kms.DescribeKeyResponse, error) {
	out := &kms.DescribeKeyResponse{}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:DescribeKey"), func(_ *meta.Tx, key keys.Key) error {
		out.KeyMetadata = metadata(key)
		return nil
	})
}

func metadata(key keys.Key) *kms.KeyMetadata {
	manager := kms.KeyManagerTypeCustomer
	if key.Managed() {
		manager = kms.KeyManagerTypeAws
	}
	return &kms.KeyMetadata{
		AWSAccountId: key.Account, KeyId: idOf(key), Arn: key.ARN, CreationDate: key.Created, Description: key.Description,
		Enabled: new(!key.Disabled), KeyState: stateOf(key), DeletionDate: key.Deletion, KeyManager: manager,
		KeyUsage: kms.KeyUsageTypeEncryptDecrypt, Origin: kms.OriginTypeAwsKms, MultiRegion: new(false),
		KeySpec: kms.KeySpecSymmetricDefault, CustomerMasterKeySpec: kms.CustomerMasterKeySpecSymmetricDefault,
		EncryptionAlgorithms: []string{kms.EncryptionAlgorithmSpecSymmetricDefault},
	}
}

func idOf(key keys.Key) string { return idIn(key.ARN) }

func idIn(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func stateOf(key keys.Key) string {
	switch {
	case !key.Deletion.IsZero():
		return kms.KeyStatePendingDeletion
	case key.Disabled:
		return kms.KeyStateDisabled
	}
	return kms.KeyStateEnabled
}

// ListKeys lists the caller's keys in the region.
func (s *Service) ListKeys(ctx context.Context, caller api.Caller, in *kms.ListKeysRequest) (*kms.ListKeysResponse, error) {
	limit, err := pageSize(in.Limit, 100, 1000)
	if err != nil {
		return nil, err
	}
	after, err := readMarker(in.Marker)
	if err != nil {
		return nil, err
	}
	if err := mayAsk(caller, to("kms:ListKeys"), "*"); err != nil {
		return nil, err
	}
	out := &kms.ListKeysResponse{Keys: []kms.KeyListEntry{}, Truncated: new(false)}
	err = s.config.Store.View(ctx, func(tx *meta.Tx) error {
		found, err := s.config.Keys.List(tx, caller.Account, caller.Region, after, limit+1)
		for _, key := range found {
			if len(out.Keys) == limit {
				*out.Truncated, out.NextMarker = true, marker(out.Keys[limit-1].KeyId)
				break
			}
			out.Keys = append(out.Keys, kms.KeyListEntry{KeyId: idOf(key), KeyArn: key.ARN})
		}
		return err
	})
	return out, err
}

// putPolicy refuses a policy that would keep its own author from changing it again, unless that is asked for.
func (s *Service) putPolicy(tx *meta.Tx, caller api.Caller, key keys.Key, document string, bypass *bool) error {
	err := s.config.Keys.PutPolicy(tx, key.ARN, document)
	if malformed, ok := errors.AsType[*policy.MalformedError](err); ok {
		return kms.MalformedPolicyDocument("The policy is refused: %s.", malformed)
	}
	if tooLong, ok := errors.AsType[*policy.SizeError](err); ok {
		return kms.LimitExceeded("The policy is refused: %s.", tooLong)
	}
	if err != nil || bypass != nil && *bypass {
		return err
	}
	decision, err := s.config.Keys.Allows(tx, key.ARN, keys.Use{Request: caller.Request("kms:PutKeyPolicy", key.ARN), Policies: caller.Policies})
	if err == nil && !decision.Allowed {
		err = kms.MalformedPolicyDocument("The new key policy will not allow you to update the key policy in the future.")
	}
	return err
}
