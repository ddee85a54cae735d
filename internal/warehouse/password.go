package warehouse

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"slipher/internal/api"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/scram"
	"slipher/internal/secretstore"
	"slipher/internal/warehouse/refusal"
	"slipher/internal/warehouse/state"
)

// changeSecretKey seals a managed password under another KMS key; an empty one is the account's own for secrets.
func (w *Warehouse) changeSecretKey(tx *meta.Tx, record *state.ClusterRecord, kmsKey string) error {
	managed := *record.Body.ManagedPassword
	sealing, err := w.config.Secrets.SetKey(tx, managed.Secret, kmsKey)
	if errors.Is(err, secretstore.ErrKey) {
		return refusal.InvalidClusterState.Because("Cannot give the secret of cluster %s another KMS key, because its key %s is disabled, waits for its deletion or was destroyed: enable it, or end the management of the password and begin it again.", record.ID, managed.KmsKey)
	}
	managed.KmsKey = sealing
	record.Body.ManagedPassword = &managed
	return err
}

// secretService is the owner of the secrets, as Secrets Manager calls it.
const secretService = "redshift"

// credentials are the value of a secret.
type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// newCredentials draws an admin password by Redshift's rules, and writes the secret's value.
func (w *Warehouse) newCredentials(username string) (value []byte, err error) {
	password, err := w.config.Secrets.Password(state.ForbiddenInPasswords)
	if err != nil {
		return nil, fmt.Errorf("draw a password: %w", err)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(credentials{username, password})
	return bytes.TrimSpace(text.Bytes()), err
}

// verifierOf is that of the password in a secret's value.
func verifierOf(value []byte) (string, error) {
	var read credentials
	if err := json.Unmarshal(value, &read); err != nil {
		return "", errors.New("the secret's value is not what was put into it")
	}
	verifier, err := scram.NewVerifier(read.Password)
	if err != nil {
		return "", fmt.Errorf("derive the password's verifier: %w", err)
	}
	return verifier, nil
}

// managePassword gives the cluster of this identifier a new admin password, which a new secret keeps. An empty key is the account's aws/secretsmanager key.
func (w *Warehouse) managePassword(tx *meta.Tx, record *state.ClusterRecord, identifier, kmsKey string) error {
	body, named := &record.Body, record.Key
	named.ID = identifier
	value, err := w.newCredentials(body.MasterUsername)
	if err != nil {
		return err
	}
	if body.Verifier, err = verifierOf(value); err != nil {
		return err
	}
	spec := secretstore.Spec{
		Account: record.Account, Region: record.Region, Name: "redshift!" + identifier + "-" + body.MasterUsername,
		Description: secretDescription(named), Service: secretService, Owner: body.Key, Tags: secretTags(named), KmsKey: kmsKey, Value: value,
	}
	made, err := w.config.Secrets.Create(tx, spec)
	if errors.Is(err, secretstore.ErrExists) { // of a cluster that had this identifier once
		spec.Name += "-" + body.Key
		made, err = w.config.Secrets.Create(tx, spec)
	}
	if err != nil {
		return fmt.Errorf("make the secret of cluster %s: %w", identifier, err)
	}
	body.ManagedPassword = &state.ManagedPassword{Secret: made.ARN, KmsKey: made.KmsKey}
	return nil
}

func secretDescription(cluster meta.Key) string {
	return "The admin credentials of the Amazon Redshift cluster " + state.ARNOf(cluster, "cluster")
}

func secretTags(cluster meta.Key) []secretstore.Tag {
	return []secretstore.Tag{
		{Key: "aws:redshift:primaryClusterArn", Value: state.ARNOf(cluster, "cluster")},
		{Key: "aws:secretsmanager:owningService", Value: secretService},
	}
}

// renameInSecret has the secret tell the cluster's new name. The secret's own name and ARN stay.
func (w *Warehouse) renameInSecret(tx *meta.Tx, record state.ClusterRecord) error {
	if !record.Body.Managed() {
		return nil
	}
	return w.config.Secrets.SetTags(tx, record.Body.ManagedPassword.Secret, secretDescription(record.Key), secretTags(record.Key))
}

// forgetPassword deletes the cluster's secret, if it has one.
func (w *Warehouse) forgetPassword(tx *meta.Tx, record *state.ClusterRecord) error {
	if !record.Body.Managed() {
		return nil
	}
	secret := record.Body.ManagedPassword.Secret
	record.Body.ManagedPassword = nil
	return w.config.Secrets.Delete(tx, secret)
}

// secretKey finds the key that MasterPasswordSecretKmsKeyId names. Empty is the account's aws/secretsmanager key, which may also be named.
func (w *Warehouse) secretKey(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	if name == "" || name == keys.AliasPrefix+keys.SecretsAlias {
		return "", nil
	}
	key, err := w.ownKey(tx, caller, name)
	switch {
	case err != nil:
		return "", err
	case key.Alias == keys.SecretsAlias:
		return "", nil
	case key.Managed():
		return "", api.InvalidParameterValue("The KMS key %s is for %s only: name a key of your own, or none.", name, key.Alias)
	}
	return key.ARN, nil
}

// restorePassword gives a restored cluster a secret of its own with a new password, if the request wants that or the snapshot's cluster had
// one. Any other cluster has the password that the snapshot's had.
func (w *Warehouse) restorePassword(tx *meta.Tx, caller api.Caller, order RestoreOrder, record *state.ClusterRecord, source state.SnapshotRecord) error {
	if !order.ManagePassword && !source.Body.Source.Managed() {
		return nil
	}
	kmsKey, err := w.restoreSecretKey(tx, caller, order, source)
	if err != nil {
		return err
	}
	return w.managePassword(tx, record, record.ID, kmsKey)
}

// restoreSecretKey is the key that the request names, or else that of the snapshot's own secret for its owner in its region, as long as the request does
// not speak of the password at all.
func (w *Warehouse) restoreSecretKey(tx *meta.Tx, caller api.Caller, order RestoreOrder, source state.SnapshotRecord) (string, error) {
	kept := source.Body.Source.ManagedPassword
	if order.ManagePassword || kept == nil || source.Account != caller.Account || source.Body.Origin != nil {
		return w.secretKey(tx, caller, order.SecretKey)
	}
	usable, err := w.config.Keys.Usable(tx, kept.KmsKey)
	if err != nil {
		return "", err
	}
	if !usable {
		return "", refusal.DependentServiceAccessDenied.Because("Cannot restore the snapshot %s with a managed password because the KMS key %s of its secret is disabled, waits for its deletion or was destroyed. Set ManageMasterPassword, and name another key by MasterPasswordSecretKmsKeyId or none.",
			source.Body.Identifier, kept.KmsKey)
	}
	return w.secretKey(tx, caller, kept.KmsKey)
}
