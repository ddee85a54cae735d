package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
)

const (
	keySize   = 32
	nonceSize = 12
	// sealVersion is the first byte of everything sealed: AES-256-GCM, then the nonce, then the ciphertext.
	sealVersion = 1
)

// Seal encrypts what must not lie about in clear, under the root key. Only the same purpose unseals it.
func (r *Ring) Seal(purpose string, plain []byte) ([]byte, error) {
	return r.seal(r.root, purpose, plain)
}

// Unseal is the inverse of Seal, or answers ErrDamaged.
func (r *Ring) Unseal(purpose string, sealed []byte) ([]byte, error) {
	plain, err := unseal(r.root, purpose, sealed)
	if err != nil {
		return nil, fmt.Errorf("unseal %s: %w", purpose, err)
	}
	return plain, nil
}

func materialOf(arn string) string { return "key material of " + arn }

func (r *Ring) seal(with cipher.AEAD, bound string, plain []byte) ([]byte, error) {
	return seal(r.config.Random, with, bound, plain)
}

// A random nonce is safe for 2^32 messages under one key; data keys and secrets are far fewer.
func seal(random io.Reader, with cipher.AEAD, bound string, plain []byte) ([]byte, error) {
	nonce, err := draw(random, nonceSize)
	if err != nil {
		return nil, err
	}
	sealed := append([]byte{sealVersion}, nonce...)
	return with.Seal(sealed, nonce, plain, []byte(bound)), nil
}

func unseal(with cipher.AEAD, bound string, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+nonceSize || sealed[0] != sealVersion {
		return nil, ErrDamaged
	}
	nonce, ciphertext := sealed[1:1+nonceSize], sealed[1+nonceSize:]
	plain, err := with.Open(nil, nonce, ciphertext, []byte(bound))
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (r *Ring) random(size int) ([]byte, error) { return draw(r.config.Random, size) }

func draw(random io.Reader, size int) ([]byte, error) {
	drawn := make([]byte, size)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return nil, fmt.Errorf("draw random bytes: %w", err)
	}
	return drawn, nil
}
