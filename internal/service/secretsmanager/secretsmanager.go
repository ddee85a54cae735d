// Package secretsmanager is Secrets Manager as far as Redshift's users need it: to read and rotate the secrets that Redshift keeps for them.
package secretsmanager

import (
	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secrets"
	"slipher/internal/service"
)

// New is the service over the secrets of a safe.
func New(store *meta.Store, safe *secrets.Safe) (api.Service, error) {
	return service.Join(secretsmanager.Table(), service.Lookup{Store: store}, service.Family{Name: "secrets", Operations: []service.Operation{
		service.Offer(secretsmanager.DescribeSecretOperation, safe.DescribeSecret, describePermissions),
		service.Offer(secretsmanager.GetRandomPasswordOperation, safe.GetRandomPassword, service.Everything),
		service.Offer(secretsmanager.GetResourcePolicyOperation, safe.GetResourcePolicy, resourcePolicyPermissions),
		service.Offer(secretsmanager.GetSecretValueOperation, safe.GetSecretValue, valuePermissions),
		service.Offer(secretsmanager.ListSecretVersionIdsOperation, safe.ListSecretVersionIds, versionsPermissions),
		service.Offer(secretsmanager.ListSecretsOperation, safe.ListSecrets, service.Everything),
		service.Offer(secretsmanager.RotateSecretOperation, safe.RotateSecret, rotatePermissions),
	}})
}
