package secretsmanager

import (
	"context"
	"errors"
	"slices"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
)

// GetSecretValue opens the version with a label, AWSCURRENT by default, or the one with an id.
func (s *Service) GetSecretValue(ctx context.Context, caller api.Caller, in *secretsmanager.GetSecretValueRequest) (*secretsmanager.GetSecretValueResponse, error) {
	out := &secretsmanager.GetSecretValueResponse{}
	var touched bool
	err := s.read(ctx, caller, in.SecretId, func(tx *meta.Tx, record secretstore.Record) error {
		at, err := choose(record.Body, in)
		if err != nil {
			return err
		}
		v := record.Body.Versions[at]
		if err := s.mayDecrypt(tx, caller, record, v); err != nil {
			return err
		}
		value, err := s.Safe.Open(tx, record, at)
		if errors.Is(err, secretstore.ErrKey) {
			return secretsmanager.DecryptionFailure("The secret %s cannot be opened: its KMS key %s is disabled, waits for its deletion or was destroyed.", record.ID, v.KmsKey)
		}
		if err != nil {
			return err
		}
		touched = !v.Accessed.Equal(dayOf(s.Safe.Now()))
		*out = secretsmanager.GetSecretValueResponse{
			ARN: record.Body.ARN, Name: record.ID, VersionId: v.ID, VersionStages: v.Stages, CreatedDate: v.Created, SecretString: string(value),
		}
		return nil
	})
	if err != nil || !touched {
		return out, err
	}
	return out, s.touch(ctx, caller, out)
}

// choose answers where the version is that a request is about.
func choose(s secretstore.Entry, in *secretsmanager.GetSecretValueRequest) (int, error) {
	stage := in.VersionStage
	if stage == "" && in.VersionId == "" {
		stage = secretstore.Current
	}
	at := s.Staged(stage)
	if in.VersionId != "" {
		at = s.Version(in.VersionId)
	}
	switch {
	case at < 0 && in.VersionId != "":
		return 0, secretsmanager.ResourceNotFound("The secret has no version %s.", in.VersionId)
	case at < 0:
		return 0, secretsmanager.ResourceNotFound("The secret has no version with the staging label %s.", stage)
	case stage != "" && !slices.Contains(s.Versions[at].Stages, stage):
		return 0, secretsmanager.InvalidRequest("The version %s of the secret does not have the staging label %s: leave one of the two out.", in.VersionId, stage)
	case s.Versions[at].Sealed == nil:
		return 0, secretsmanager.ResourceNotFound("The version %s of the secret has no value yet: its rotation has just begun.", s.Versions[at].ID)
	}
	return at, nil
}

// mayDecrypt asks for a key that is the account's own what its policy, its grants and the caller's policies allow. That of aws/secretsmanager lets everybody decrypt who may read the secret.
func (s *Service) mayDecrypt(tx *meta.Tx, caller api.Caller, record secretstore.Record, v secretstore.Version) error {
	if usable, err := s.Keys.Usable(tx, v.KmsKey); err != nil || !usable || record.Body.KmsKey == "" {
		return err // an unusable key is told by opening
	}
	request := caller.Request("kms:Decrypt", v.KmsKey)
	request.Context.Set("kms:EncryptionContext:SecretARN", record.Body.ARN)
	request.Context.Set("kms:EncryptionContext:SecretVersionId", v.ID)
	decision, err := s.Keys.Decide(tx, request, caller.Policies, "secretsmanager")
	if err != nil || decision.Allowed {
		return err
	}
	return api.NewFault("AccessDeniedException", 400, "%s", decision.Message(request))
}

// touch notes the day of the last access, once a day.
func (s *Service) touch(ctx context.Context, caller api.Caller, read *secretsmanager.GetSecretValueResponse) error {
	return s.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, read.ARN)
		if err != nil {
			return err
		}
		at := record.Body.Version(read.VersionId)
		if at < 0 {
			return nil
		}
		today := dayOf(s.Safe.Now())
		record.Body.Accessed, record.Body.Versions[at].Accessed = today, today
		return secretstore.Records.Put(tx, record)
	})
}

// dayOf is the time that Secrets Manager shows of an access: its day.
func dayOf(at time.Time) time.Time { return at.Truncate(24 * time.Hour) }
