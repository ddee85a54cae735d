package kms

import (
	"slipher/internal/api/kms"
	"slipher/internal/service"
)

// families are the operations that are offered.
func (s *Service) families() []service.Family {
	return []service.Family{
		{Name: "keys", Operations: []service.Operation{
			service.Offer(kms.CreateKeyOperation, s.CreateKey, service.HandlerDecides),
			service.Offer(kms.DescribeKeyOperation, s.DescribeKey, service.HandlerDecides),
			service.Offer(kms.ListKeysOperation, s.ListKeys, service.HandlerDecides),
			service.Offer(kms.EnableKeyOperation, s.EnableKey, service.HandlerDecides),
			service.Offer(kms.DisableKeyOperation, s.DisableKey, service.HandlerDecides),
			service.Offer(kms.ScheduleKeyDeletionOperation, s.ScheduleKeyDeletion, service.HandlerDecides),
			service.Offer(kms.CancelKeyDeletionOperation, s.CancelKeyDeletion, service.HandlerDecides),
			service.Offer(kms.EnableKeyRotationOperation, s.EnableKeyRotation, service.HandlerDecides),
			service.Offer(kms.GetKeyRotationStatusOperation, s.GetKeyRotationStatus, service.HandlerDecides),
		}},
		{Name: "aliases", Operations: []service.Operation{
			service.Offer(kms.CreateAliasOperation, s.CreateAlias, service.HandlerDecides),
			service.Offer(kms.UpdateAliasOperation, s.UpdateAlias, service.HandlerDecides),
			service.Offer(kms.DeleteAliasOperation, s.DeleteAlias, service.HandlerDecides),
			service.Offer(kms.ListAliasesOperation, s.ListAliases, service.HandlerDecides),
		}},
		{Name: "policies", Operations: []service.Operation{
			service.Offer(kms.PutKeyPolicyOperation, s.PutKeyPolicy, service.HandlerDecides),
			service.Offer(kms.GetKeyPolicyOperation, s.GetKeyPolicy, service.HandlerDecides),
			service.Offer(kms.ListKeyPoliciesOperation, s.ListKeyPolicies, service.HandlerDecides),
		}},
		{Name: "cryptography", Operations: []service.Operation{
			service.Offer(kms.EncryptOperation, s.Encrypt, service.HandlerDecides),
			service.Offer(kms.DecryptOperation, s.Decrypt, service.HandlerDecides),
			service.Offer(kms.ReEncryptOperation, s.ReEncrypt, service.HandlerDecides),
			service.Offer(kms.GenerateDataKeyOperation, s.GenerateDataKey, service.HandlerDecides),
			service.Offer(kms.GenerateDataKeyWithoutPlaintextOperation, s.GenerateDataKeyWithoutPlaintext, service.HandlerDecides),
		}},
		{Name: "grants", Operations: []service.Operation{
			service.Offer(kms.CreateGrantOperation, s.CreateGrant, service.HandlerDecides),
			service.Offer(kms.ListGrantsOperation, s.ListGrants, service.HandlerDecides),
			service.Offer(kms.RevokeGrantOperation, s.RevokeGrant, service.HandlerDecides),
			service.Offer(kms.RetireGrantOperation, s.RetireGrant, service.HandlerDecides),
		}},
		{Name: "tags", Operations: []service.Operation{
			service.Offer(kms.TagResourceOperation, s.TagResource, service.HandlerDecides),
			service.Offer(kms.UntagResourceOperation, s.UntagResource, service.HandlerDecides),
			service.Offer(kms.ListResourceTagsOperation, s.ListResourceTags, service.HandlerDecides),
		}},
	}
}
