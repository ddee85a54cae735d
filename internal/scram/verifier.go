// Package scram is the password side of SCRAM-SHA-256: what a server keeps of a password, and the exchange in which a client
// proves one of several. It carries no messages: pgwire does that.
package scram

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	xdg "github.com/xdg-go/scram"
)

const (
	mechanism  = "SCRAM-SHA-256"
	iterations = 4096
	saltSize   = 16
)

// Verifier is what a server keeps of a password: enough to check it, not enough to log in with.
type Verifier struct {
	Iterations int
	Salt       []byte
	StoredKey  []byte
	ServerKey  []byte
}

// NewVerifier makes the verifier of a password in the form that PostgreSQL stores,
// SCRAM-SHA-256$4096:salt$StoredKey:ServerKey.
func NewVerifier(password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return SaltedVerifier(password, salt)
}

// SaltedVerifier is NewVerifier with a given salt, for users who have several passwords at a time.
func SaltedVerifier(password string, salt []byte) (string, error) {
	if password == "" {
		return "", errors.New("a password cannot be empty")
	}
	client, err := xdg.SHA256.NewClient("", password, "")
	if err != nil {
		// A password that SASLprep has no form for is taken as it is, by the server and by libpq alike.
		if client, err = xdg.SHA256.NewClientUnprepped("", password, ""); err != nil {
			return "", fmt.Errorf("prepare the password: %w", err)
		}
	}
	stored, err := client.GetStoredCredentialsWithError(xdg.KeyFactors{Salt: string(salt), Iters: iterations})
	if err != nil {
		return "", fmt.Errorf("derive the password's keys: %w", err)
	}
	return Verifier{Iterations: iterations, Salt: salt, StoredKey: stored.StoredKey, ServerKey: stored.ServerKey}.String(), nil
}

// ParseVerifier reads what NewVerifier, or PostgreSQL, wrote.
func ParseVerifier(text string) (Verifier, error) {
	malformed := errors.New("malformed " + mechanism + " verifier")
	scheme, rest, _ := strings.Cut(text, "$")
	factors, keys, found := strings.Cut(rest, "$")
	count, salt, salted := strings.Cut(factors, ":")
	stored, server, paired := strings.Cut(keys, ":")
	if scheme != mechanism || !found || !salted || !paired {
		return Verifier{}, malformed
	}
	var v Verifier
	var errs [4]error
	v.Iterations, errs[0] = strconv.Atoi(count)
	v.Salt, errs[1] = base64.StdEncoding.DecodeString(salt)
	v.StoredKey, errs[2] = base64.StdEncoding.DecodeString(stored)
	v.ServerKey, errs[3] = base64.StdEncoding.DecodeString(server)
	if errors.Join(errs[:]...) != nil || v.Iterations < 1 || len(v.Salt) == 0 ||
		len(v.StoredKey) != sha256.Size || len(v.ServerKey) != sha256.Size {
		return Verifier{}, malformed
	}
	return v, nil
}

func (v Verifier) String() string {
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d:%s$%s:%s", mechanism, v.Iterations, encode(v.Salt), encode(v.StoredKey), encode(v.ServerKey))
}

func (v Verifier) credentials() xdg.StoredCredentials {
	return xdg.StoredCredentials{
		KeyFactors: xdg.KeyFactors{Salt: string(v.Salt), Iters: v.Iterations},
		StoredKey:  v.StoredKey,
		ServerKey:  v.ServerKey,
	}
}

// decoyKey makes the salt that an unknown user seems to have, the same at each try, impossible to foresee.
var decoyKey = []byte(rand.Text())

// Decoy is a verifier that no password fits, for a user that does not exist.
func Decoy(user string) Verifier {
	derive := func(purpose string) []byte {
		mac := hmac.New(sha256.New, decoyKey)
		mac.Write([]byte(purpose + "\x00" + user))
		return mac.Sum(nil)
	}
	return Verifier{Iterations: iterations, Salt: derive("salt")[:saltSize], StoredKey: derive("stored"), ServerKey: derive("server")}
}
