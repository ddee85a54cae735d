package kms

import (
	"context"
	"encoding/json"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// The most that one request can encrypt, decrypt and give for a context, in bytes.
const (
	mostPlaintext  = 4096
	mostCiphertext = 6144
	mostContext    = 8192
	mostTokens     = 10
)

const algorithm = kms.EncryptionAlgorithmSpecSymmetricDefault

// Encrypt seals up to 4,096 bytes under a key. The ciphertext names the key.
func (s *Service) Encrypt(ctx context.Context, caller api.Caller, in *kms.EncryptRequest) (*kms.EncryptResponse, error) {
	if len(in.Plaintext) < 1 || len(in.Plaintext) > mostPlaintext {
		return nil, validation("Plaintext has 1 to %d bytes, not %d.", mostPlaintext, len(in.Plaintext))
	}
	if err := s.checkCryptography(in.EncryptionAlgorithm, in.EncryptionContext, in.GrantTokens); err != nil {
		return nil, err
	}
	out := &kms.EncryptResponse{EncryptionAlgorithm: algorithm}
	return out, s.useKey(ctx, caller, in.KeyId, cryptography("kms:Encrypt", in.EncryptionContext), in.DryRun, func(tx *meta.Tx, key keys.Key) (err error) {
		out.KeyId = key.ARN
		out.CiphertextBlob, err = s.config.Keys.Encrypt(tx, key.ARN, in.EncryptionContext, in.Plaintext)
		return err
	})
}

func cryptography(action string, context map[string]string) use {
	return to(action).in(context).where("kms:EncryptionAlgorithm", algorithm)
}

func (s *Service) checkCryptography(wanted string, context map[string]string, tokens []string) error {
	if wanted != "" && wanted != algorithm {
		return kms.InvalidKeyUsage("The encryption algorithm %s is not one of the key's: it has %s.", wanted, algorithm)
	}
	if err := checkContext(context); err != nil {
		return err
	}
	return s.checkTokens(tokens)
}

func checkContext(context map[string]string) error {
	encoded, err := json.Marshal(context)
	if err == nil && len(encoded) > mostContext {
		err = validation("An encryption context has at most %d bytes, not %d.", mostContext, len(encoded))
	}
	if _, nameless := context[""]; err == nil && nameless {
		err = validation("A key of an encryption context must not be empty.")
	}
	return err
}

// checkTokens looks at tokens of grants. Grants count from the moment they are made, so that a token adds nothing.
func (s *Service) checkTokens(tokens []string) error {
	if len(tokens) > mostTokens {
		return validation("A request has at most %d grant tokens, not %d.", mostTokens, len(tokens))
	}
	for _, token := range tokens {
		if _, _, err := s.config.Keys.GrantOfToken(token); err != nil {
			return kms.InvalidGrantToken("A grant token of the request is not one that CreateGrant has answered.")
		}
	}
	return nil
}

// useKey lets what changes nothing be done with a usable key.
func (s *Service) useKey(ctx context.Context, caller api.Caller, name string, u use, dryRun *bool, act func(tx *meta.Tx, key keys.Key) error) error {
	return s.readKey(ctx, caller, name, u, func(tx *meta.Tx, key keys.Key) error {
		if err := mustBeUsable(key); err != nil {
			return err
		}
		if err := dry(dryRun); err != nil {
			return err
		}
		return act(tx, key)
	})
}

// Decrypt opens a ciphertext with the key that it names.
func (s *Service) Decrypt(ctx context.Context, caller api.Caller, in *kms.DecryptRequest) (*kms.DecryptResponse, error) {
	if err := checkWhole(in.Recipient, in.DryRunModifiers); err != nil {
		return nil, err
	}
	if err := s.checkCryptography(in.EncryptionAlgorithm, in.EncryptionContext, in.GrantTokens); err != nil {
		return nil, err
	}
	out := &kms.DecryptResponse{EncryptionAlgorithm: algorithm}
	return out, s.config.Store.View(ctx, func(tx *meta.Tx) error {
		sealed := ciphertext{in.CiphertextBlob, in.KeyId, in.EncryptionContext}
		key, err := s.keyOf(tx, caller, sealed, cryptography("kms:Decrypt", in.EncryptionContext))
		if err != nil {
			return err
		}
		if err := dry(in.DryRun); err != nil {
			return err
		}
		out.KeyId = key.ARN
		out.Plaintext, err = s.open(tx, sealed)
		return err
	})
}

// checkWhole refuses what slipher has no part of: enclaves, and dry runs without a ciphertext.
func checkWhole(recipient *kms.RecipientInfo, modifiers []string) error {
	switch {
	case recipient != nil:
		return validation("Recipient is not offered: there are no enclaves.")
	case len(modifiers) > 0:
		return validation("DryRunModifiers is not offered.")
	}
	return nil
}

// ciphertext is something sealed as a request gives it.
type ciphertext struct {
	blob    []byte
	key     string // as the request names it, or empty
	context map[string]string
}

// keyOf is the key that a ciphertext names, which has to be the one that the request names, if it does.
func (s *Service) keyOf(tx *meta.Tx, caller api.Caller, sealed ciphertext, u use) (keys.Key, error) {
	if len(sealed.blob) < 1 || len(sealed.blob) > mostCiphertext {
		return keys.Key{}, validation("CiphertextBlob has 1 to %d bytes, not %d.", mostCiphertext, len(sealed.blob))
	}
	arn, err := keys.KeyOf(sealed.blob)
	if err != nil {
		return keys.Key{}, invalidCiphertext()
	}
	if err := checkKeyName(caller.Region, arn); err != nil {
		return keys.Key{}, accessDenied("The key of the ciphertext does not exist in %s, or you may not use it.", caller.Region)
	}
	name := sealed.key
	if name == "" {
		name = arn
	}
	key, err := s.findAllowed(tx, caller, name, u)
	if err != nil {
		return key, err
	}
	if key.ARN != arn {
		return key, kms.IncorrectKey("The key %s is not the one that the ciphertext was made with.", sealed.key)
	}
	return key, mustBeUsable(key)
}

func (s *Service) open(tx *meta.Tx, sealed ciphertext) ([]byte, error) {
	plain, err := s.config.Keys.Decrypt(tx, sealed.blob, sealed.context)
	if errors.Is(err, keys.ErrDamaged) {
		err = invalidCiphertext()
	}
	return plain, err
}

func invalidCiphertext() error {
	return kms.InvalidCiphertext("CiphertextBlob is not as it was made, or was made with another encryption context.")
}

// ReEncrypt opens a ciphertext and seals it under another key or in another context, without showing what it holds.
func (s *Service) ReEncrypt(ctx context.Context, caller api.Caller, in *kms.ReEncryptRequest) (*kms.ReEncryptResponse, error) {
	if err := checkWhole(nil, in.DryRunModifiers); err != nil {
		return nil, err
	}
	if err := s.checkCryptography(in.SourceEncryptionAlgorithm, in.SourceEncryptionContext, in.GrantTokens); err != nil {
		return nil, err
	}
	if err := s.checkCryptography(in.DestinationEncryptionAlgorithm, in.DestinationEncryptionContext, nil); err != nil {
		return nil, err
	}
	out := &kms.ReEncryptResponse{SourceEncryptionAlgorithm: algorithm, DestinationEncryptionAlgorithm: algorithm}
	return out, s.config.Store.View(ctx, func(tx *meta.Tx) error { return s.reEncrypt(tx, caller, in, out) })
}

func (s *Service) reEncrypt(tx *meta.Tx, caller api.Caller, in *kms.ReEncryptRequest, out *kms.ReEncryptResponse) error {
	same := "false"
	from, err := keys.KeyOf(in.CiphertextBlob)
	into, resolveErr := s.config.Keys.Resolve(tx, caller.Account, caller.Region, in.DestinationKeyId)
	if err == nil && resolveErr == nil && from == into {
		same = "true"
	}
	sealed := ciphertext{in.CiphertextBlob, in.SourceKeyId, in.SourceEncryptionContext}
	source, err := s.keyOf(tx, caller, sealed, cryptography("kms:ReEncryptFrom", in.SourceEncryptionContext).where("kms:ReEncryptOnSameKey", same))
	if err != nil {
		return err
	}
	destination, err := s.findAllowed(tx, caller, in.DestinationKeyId, cryptography("kms:ReEncryptTo", in.DestinationEncryptionContext).where("kms:ReEncryptOnSameKey", same))
	if err != nil {
		return err
	}
	if err := mustBeUsable(destination); err != nil {
		return err
	}
	if err := dry(in.DryRun); err != nil {
		return err
	}
	plain, err := s.open(tx, sealed)
	if err != nil {
		return err
	}
	out.SourceKeyId, out.KeyId = source.ARN, destination.ARN
	out.CiphertextBlob, err = s.config.Keys.Encrypt(tx, destination.ARN, in.DestinationEncryptionContext, plain)
	return err
}
