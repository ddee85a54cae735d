// Package secretsmanager is Secrets Manager as far as Redshift's users need it: to read and rotate the secrets that Redshift keeps for them. It promises
// that a caller sees a value only if the policies of the caller and of the key that seals it let it.
package secretsmanager

import (
	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
	"slipher/internal/service"
)

// Service answers the operations.
type Service struct {
	Store *meta.Store
	Safe  *secretstore.Safe
	Keys  secretstore.Keyring // decides whether a caller may decrypt
}

// Offer is the service as the API offers it.
func (s *Service) Offer() (api.Service, error) {
	return service.Join(secretsmanager.Table(), service.Lookup{Store: s.Store}, service.Family{Name: "secrets", Operations: []service.Operation{
		service.Offer(secretsmanager.DescribeSecretOperation, s.DescribeSecret, describePermissions),
		service.Offer(secretsmanager.GetRandomPasswordOperation, s.GetRandomPassword, service.Everything),
		service.Offer(secretsmanager.GetResourcePolicyOperation, s.GetResourcePolicy, resourcePolicyPermissions),
		service.Offer(secretsmanager.GetSecretValueOperation, s.GetSecretValue, valuePermissions),
		service.Offer(secretsmanager.ListSecretVersionIdsOperation, s.ListSecretVersionIds, versionsPermissions),
		service.Offer(secretsmanager.ListSecretsOperation, s.ListSecrets, service.Everything),
		service.Offer(secretsmanager.RotateSecretOperation, s.RotateSecret, rotatePermissions),
	}})
}
