package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipher/internal/meta"
	"slipher/internal/secretstore"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// retryRotation is how long after one that failed for its key a rotation is tried again.
const retryRotation = 24 * time.Hour

// workSecret rotates a secret whose time has come: it draws a password, has the node take it, and makes it the one in force. It belongs into the
// cluster's lease, so that what else gives the node a password comes wholly before or after.
func (w *Warehouse) workSecret(ctx context.Context, job secretstore.Rotation) error {
	secret, err := w.beginRotation(ctx, job)
	if err != nil || secret.Pending == "" {
		return meta.IgnoreNotFound(err)
	}
	ctx, free, err := w.leases().Hold(ctx, clusterLease(secret.Owner))
	if err != nil {
		return err
	}
	defer free()
	record, err := w.readCluster(ctx, clusterWork{job.Account, job.Region, secret.Owner})
	switch {
	case err != nil || !keepsPasswordIn(record.Body, secret):
		return meta.IgnoreNotFound(err)
	case record.Body.NeedsNoNode():
		return w.giveUpRotation(ctx, secret, time.Time{})
	case !record.Body.Serves():
		return fmt.Errorf("rotate secret %s: cluster %s is %s", secret.Name, record.ID, record.Body.Status)
	}
	verifier, err := w.pendingVerifier(ctx, job, record.Body.MasterUsername)
	if errors.Is(err, secretstore.ErrKey) {
		w.config.Log.Warn("secret not rotated", "secret", secret.ARN, "err", err)
		return w.giveUpRotation(ctx, secret, w.Clock.Now().Add(retryRotation))
	}
	if err != nil {
		return fmt.Errorf("rotate secret %s: %w", secret.Name, err)
	}
	record.Body.Verifier = verifier
	if err := w.config.Nodes.SetCredentials(ctx, record.Body.Key, credentialsOf(record.Body)); err != nil {
		return fmt.Errorf("rotate secret %s: %w", secret.Name, err)
	}
	return w.finishRotation(ctx, secret, verifier)
}

// mayRotate refuses a rotation whose password no node would take.
func (w *Warehouse) mayRotate(tx *meta.Tx, secret secretstore.Secret) error {
	record, err := state.FindClusterByKey(tx, secret.Account, secret.Region, secret.Owner)
	if err == nil && !record.Body.Serves() {
		err = refusal.InvalidClusterState.Because("The secret %s cannot be rotated now: the status of its cluster %s is %s.", secret.Name, record.ID, record.Body.Status)
	}
	return err
}

func keepsPasswordIn(c state.Cluster, secret secretstore.Secret) bool {
	return c.Managed() && c.ManagedPassword.Secret == secret.ARN
}

func (w *Warehouse) beginRotation(ctx context.Context, job secretstore.Rotation) (secret secretstore.Secret, err error) {
	err = w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		secret, err = w.config.Secrets.Begin(tx, job)
		return err
	})
	return secret, err
}

// pendingVerifier is that of the pending password, which the first try draws.
func (w *Warehouse) pendingVerifier(ctx context.Context, job secretstore.Rotation, username string) (string, error) {
	var value []byte
	err := w.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		value, err = w.config.Secrets.Value(tx, job, func() ([]byte, error) { return w.newCredentials(username) })
		return err
	})
	if err != nil {
		return "", err
	}
	return verifierOf(value)
}

// finishRotation lets the cluster and the secret change together: a node that is opened anew has the password that AWSCURRENT is. A
// cluster whose password is not managed any more has a job that gives its node the other one.
func (w *Warehouse) finishRotation(ctx context.Context, secret secretstore.Secret, verifier string) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := state.FindClusterByKey(tx, secret.Account, secret.Region, secret.Owner)
		if err != nil || !keepsPasswordIn(record.Body, secret) {
			return meta.IgnoreNotFound(err)
		}
		record.Body.Verifier, record.Body.PasswordPending = verifier, false
		if err := state.Clusters.Put(tx, record); err != nil {
			return err
		}
		if err := w.config.Secrets.Finish(tx, rotationOf(secret), secret.Pending); err != nil {
			return err
		}
		return w.Events.Emit(tx, record, event.Credentials, "The admin credentials for your Amazon Redshift cluster '%s' were updated at %s.")
	})
}

func (w *Warehouse) giveUpRotation(ctx context.Context, secret secretstore.Secret, again time.Time) error {
	return w.config.Store.Update(ctx, func(tx *meta.Tx) error {
		return w.config.Secrets.GiveUp(tx, rotationOf(secret), secret.Pending, again)
	})
}

func rotationOf(secret secretstore.Secret) secretstore.Rotation {
	return secretstore.Rotation{Account: secret.Account, Region: secret.Region, Name: secret.Name}
}
