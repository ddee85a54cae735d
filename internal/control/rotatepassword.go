package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secrets"
	"slipher/internal/warehouse/state"
)

// mayRotateSecret refuses a rotation whose password no node would take.
func (c *Control) mayRotateSecret(tx *meta.Tx, secret secrets.Secret) error {
	record, err := state.FindClusterByKey(tx, secret.Account, secret.Region, secret.Owner)
	if err == nil && !record.Body.Serves() {
		err = secretsmanager.InvalidRequest("The secret %s cannot be rotated now: the status of its cluster %s is %s.", secret.Name, record.ID, record.Body.Status)
	}
	return err
}

// retryRotation is how long after one that failed for its key a rotation is tried again.
const retryRotation = 24 * time.Hour

// workSecret rotates a secret whose time has come: it draws a password, has the node take it, and makes it the one in force. It belongs into the
// cluster's turn, so that what else gives the node a password comes wholly before or after.
func (c *Control) workSecret(ctx context.Context, job secrets.Rotation) error {
	secret, err := c.beginRotation(ctx, job)
	if err != nil || secret.Pending == "" {
		return meta.IgnoreNotFound(err)
	}
	done, err := c.turns.take(ctx, secret.Owner)
	if err != nil {
		return err
	}
	defer done()
	record, err := c.readCluster(ctx, clusterWork{job.Account, job.Region, secret.Owner})
	switch {
	case err != nil || !keepsPasswordIn(record.Body, secret):
		return meta.IgnoreNotFound(err)
	case record.Body.NeedsNoNode():
		return c.giveUpRotation(ctx, secret, time.Time{})
	case !record.Body.Serves():
		return fmt.Errorf("rotate secret %s: cluster %s is %s", secret.Name, record.ID, record.Body.Status)
	}
	verifier, err := c.pendingVerifier(ctx, job, record.Body.MasterUsername)
	if errors.Is(err, secrets.ErrKey) {
		c.config.Log.Warn("secret not rotated", "secret", secret.ARN, "err", err)
		return c.giveUpRotation(ctx, secret, c.now().Add(retryRotation))
	}
	if err != nil {
		return fmt.Errorf("rotate secret %s: %w", secret.Name, err)
	}
	record.Body.Verifier = verifier
	if err := c.config.Nodes.SetCredentials(ctx, record.Body.Key, credentialsOf(record.Body)); err != nil {
		return fmt.Errorf("rotate secret %s: %w", secret.Name, err)
	}
	return c.finishRotation(ctx, secret, verifier)
}

func keepsPasswordIn(c state.Cluster, secret secrets.Secret) bool {
	return c.Managed() && c.ManagedPassword.Secret == secret.ARN
}

func (c *Control) beginRotation(ctx context.Context, job secrets.Rotation) (secret secrets.Secret, err error) {
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		secret, err = c.config.Secrets.Begin(tx, job)
		return err
	})
	return secret, err
}

// pendingVerifier is that of the pending password, which the first try draws.
func (c *Control) pendingVerifier(ctx context.Context, job secrets.Rotation, username string) (string, error) {
	var value []byte
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		value, err = c.config.Secrets.Value(tx, job, func() ([]byte, error) { return c.newCredentials(username) })
		return err
	})
	if err != nil {
		return "", err
	}
	return verifierOf(value)
}

// finishRotation lets the cluster and the secret change together: a node that is opened anew has the password that AWSCURRENT is. A
// cluster whose password is not managed any more has a job that gives its node the other one.
func (c *Control) finishRotation(ctx context.Context, secret secrets.Secret, verifier string) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, secret.Account, secret.Region, secret.Owner)
		if err != nil || !keepsPasswordIn(record.Body, secret) {
			return meta.IgnoreNotFound(err)
		}
		record.Body.Verifier, record.Body.PasswordPending = verifier, false
		if err := state.Clusters.Put(tx, record); err != nil {
			return err
		}
		if err := c.config.Secrets.Finish(tx, rotationOf(secret), secret.Pending); err != nil {
			return err
		}
		return c.tell(tx, record, eventCredentials, "The admin credentials for your Amazon Redshift cluster '%s' were updated at %s.")
	})
}

func (c *Control) giveUpRotation(ctx context.Context, secret secrets.Secret, again time.Time) error {
	return c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return c.config.Secrets.GiveUp(tx, rotationOf(secret), secret.Pending, again)
	})
}

func rotationOf(secret secrets.Secret) secrets.Rotation {
	return secrets.Rotation{Account: secret.Account, Region: secret.Region, Name: secret.Name}
}
