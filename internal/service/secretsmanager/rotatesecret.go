package secretsmanager

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
	"slipher/internal/warehouse/refusal"
)

// RotateSecret begins a rotation, or with RotateImmediately false only changes when the next one is. A token that is the id of a version
// already says that the request was sent again.
func (s *Service) RotateSecret(ctx context.Context, caller api.Caller, in *secretsmanager.RotateSecretRequest) (*secretsmanager.RotateSecretResponse, error) {
	if err := checkRotate(in); err != nil {
		return nil, err
	}
	out := &secretsmanager.RotateSecretResponse{}
	return out, s.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, in.SecretId)
		if err != nil {
			return err
		}
		*out = secretsmanager.RotateSecretResponse{ARN: record.Body.ARN, Name: record.ID}
		if in.RotationRules != nil {
			if record.Body.Rules, err = readRules(in.RotationRules); err != nil {
				return err
			}
			record.Body.Next = record.Body.Rules.Next(s.Safe.Now())
		}
		if in.RotateImmediately == nil || *in.RotateImmediately {
			if out.VersionId, err = s.begin(tx, &record, in.ClientRequestToken); err != nil {
				return err
			}
		}
		if err := secretstore.Records.Put(tx, record); err != nil {
			return err
		}
		return secretstore.RotateLater(tx, record)
	})
}

func checkRotate(in *secretsmanager.RotateSecretRequest) error {
	token := len(in.ClientRequestToken)
	switch {
	case token != 0 && (token < 32 || token > 64):
		return invalidParameter("ClientRequestToken has 32 to 64 characters.")
	case in.RotationLambdaARN != "":
		return invalidParameter("RotationLambdaARN is not offered: the service that owns the secret rotates it.")
	case len(in.ExternalSecretRotationMetadata) > 0 || in.ExternalSecretRotationRoleArn != "":
		return invalidParameter("ExternalSecretRotationMetadata and ExternalSecretRotationRoleArn are for secrets of other places; the service that owns this one rotates it.")
	}
	return nil
}

// begin adds the version that the owner is to fill.
func (s *Service) begin(tx *meta.Tx, record *secretstore.Record, token string) (version string, err error) {
	switch at := record.Body.Staged(secretstore.Pending); {
	case token != "" && record.Body.Version(token) >= 0:
		return token, nil
	case at >= 0:
		return "", secretsmanager.InvalidRequest("A rotation of the secret %s is under way: it goes on by itself, and another can begin when it has ended.", record.ID)
	}
	if err := s.Safe.MayRotate(tx, secretstore.Known(*record)); err != nil {
		return "", refused(err)
	}
	key, err := s.Safe.KeyOf(tx, *record)
	if err != nil {
		return "", err
	}
	if err := s.Safe.MustBeUsable(tx, key); errors.Is(err, secretstore.ErrKey) {
		return "", secretsmanager.InvalidRequest("The secret %s cannot be rotated: its KMS key %s is disabled, waits for its deletion or was destroyed.", record.ID, key)
	} else if err != nil {
		return "", err
	}
	if token == "" {
		token = s.Safe.NewID()
	}
	record.Body.AddPending(token, s.Safe.Now())
	return token, nil
}

// refused is the fault for what the owner of the secret refuses.
func refused(err error) error {
	if refused, ok := errors.AsType[*refusal.Refusal](err); ok {
		return secretsmanager.InvalidRequest("%s", refused.Message)
	}
	return err
}
