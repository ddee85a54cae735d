package kms

import (
	"context"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// GenerateDataKey draws a key for the caller's own use, and answers it in clear and sealed.
func (s *Service) GenerateDataKey(ctx context.Context, caller api.Caller, in *kms.GenerateDataKeyRequest) (*kms.GenerateDataKeyResponse, error) {
	if err := checkWhole(in.Recipient, nil); err != nil {
		return nil, err
	}
	made, err := s.generate(ctx, caller, dataKeyRequest{
		"kms:GenerateDataKey", in.KeyId, in.KeySpec, in.NumberOfBytes, in.EncryptionContext, in.GrantTokens, in.DryRun,
	})
	if err != nil {
		return nil, err
	}
	return &kms.GenerateDataKeyResponse{KeyId: made.key, Plaintext: made.plain, CiphertextBlob: made.sealed}, nil
}

// GenerateDataKeyWithoutPlaintext is GenerateDataKey for a key that is needed later.
func (s *Service) GenerateDataKeyWithoutPlaintext(ctx context.Context, caller api.Caller, in *kms.GenerateDataKeyWithoutPlaintextRequest) (*kms.GenerateDataKeyWithoutPlaintextResponse, error) {
	made, err := s.generate(ctx, caller, dataKeyRequest{
		"kms:GenerateDataKeyWithoutPlaintext", in.KeyId, in.KeySpec, in.NumberOfBytes, in.EncryptionContext, in.GrantTokens, in.DryRun,
	})
	if err != nil {
		return nil, err
	}
	return &kms.GenerateDataKeyWithoutPlaintextResponse{KeyId: made.key, CiphertextBlob: made.sealed}, nil
}

type dataKeyRequest struct {
	action, key, spec string
	bytes             *int
	context           map[string]string
	tokens            []string
	dryRun            *bool
}

type generated struct {
	key           string
	plain, sealed []byte
}

// mostRandom is how long a data key can be, in bytes.
const mostRandom = 1024

// size is what either KeySpec or NumberOfBytes says.
func (r dataKeyRequest) size() (int, error) {
	switch {
	case (r.spec == "") == (r.bytes == nil):
		return 0, validation("Specify either KeySpec or NumberOfBytes.")
	case r.spec == kms.DataKeySpecAes256:
		return 32, nil
	case r.spec == kms.DataKeySpecAes128:
		return 16, nil
	case r.bytes == nil:
		return 0, validation("KeySpec %s is unknown: there are AES_256 and AES_128.", r.spec)
	case *r.bytes < 1 || *r.bytes > mostRandom:
		return 0, validation("NumberOfBytes must be between 1 and %d, not %d.", mostRandom, *r.bytes)
	}
	return *r.bytes, nil
}

func (s *Service) generate(ctx context.Context, caller api.Caller, r dataKeyRequest) (made generated, err error) {
	size, err := r.size()
	if err != nil {
		return made, err
	}
	if err := s.checkCryptography("", r.context, r.tokens); err != nil {
		return made, err
	}
	err = s.useKey(ctx, caller, r.key, cryptography(r.action, r.context), r.dryRun, func(tx *meta.Tx, key keys.Key) (err error) {
		made.key = key.ARN
		if made.plain, err = s.config.Keys.Random(size); err != nil {
			return err
		}
		made.sealed, err = s.config.Keys.Encrypt(tx, key.ARN, r.context, made.plain)
		return err
	})
	return made, err
}
