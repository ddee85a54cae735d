package control

import (
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
	"slipher/internal/warehouse/state"
)

// mayRotateSecret refuses a rotation whose password no node would take.
func (c *Control) mayRotateSecret(tx *meta.Tx, secret secretstore.Secret) error {
	record, err := state.FindClusterByKey(tx, secret.Account, secret.Region, secret.Owner)
	if err == nil && !record.Body.Serves() {
		err = secretsmanager.InvalidRequest("The secret %s cannot be rotated now: the status of its cluster %s is %s.", secret.Name, record.ID, record.Body.Status)
	}
	return err
}
