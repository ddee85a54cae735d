package secrets

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
)

// The kinds of characters that passwords are made of.
const (
	lower       = "abcdefghijklmnopqrstuvwxyz"
	upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits      = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

const (
	usualLength   = 32
	longest       = 4096
	mostExcluding = 4096
)

// GetRandomPassword makes a password that nobody keeps.
func (s *Safe) GetRandomPassword(_ context.Context, _ api.Caller, in *secretsmanager.GetRandomPasswordRequest) (*secretsmanager.GetRandomPasswordResponse, error) {
	length := int64(usualLength)
	if in.PasswordLength != nil {
		length = *in.PasswordLength
	}
	switch {
	case length < 1 || length > longest:
		return nil, invalidParameter("PasswordLength must be between 1 and %d, not %d.", longest, length)
	case len(in.ExcludeCharacters) > mostExcluding:
		return nil, invalidParameter("ExcludeCharacters has at most %d characters.", mostExcluding)
	}
	kinds := kindsOf(in)
	all := strings.Join(kinds, "")
	if all == "" {
		return nil, invalidParameter("The password would have no characters: the request excludes all of them.")
	}
	if in.RequireEachIncludedType != nil && !*in.RequireEachIncludedType {
		kinds = nil
	}
	if int(length) < len(kinds) {
		return nil, invalidParameter("A password of %d characters is too short for one of each of the %d types: make PasswordLength greater, or RequireEachIncludedType false.", length, len(kinds))
	}
	password, err := s.password(int(length), all, kinds)
	return &secretsmanager.GetRandomPasswordResponse{RandomPassword: password}, err
}

// kindsOf are the kinds of characters of a request that it leaves anything of.
func kindsOf(in *secretsmanager.GetRandomPasswordRequest) (kinds []string) {
	isTrue := func(flag *bool) bool { return flag != nil && *flag }
	for _, kind := range []struct {
		characters string
		included   bool
	}{
		{lower, !isTrue(in.ExcludeLowercase)},
		{upper, !isTrue(in.ExcludeUppercase)},
		{digits, !isTrue(in.ExcludeNumbers)},
		{punctuation, !isTrue(in.ExcludePunctuation)},
		{" ", isTrue(in.IncludeSpace)},
	} {
		if left := without(kind.characters, in.ExcludeCharacters); kind.included && left != "" {
			kinds = append(kinds, left)
		}
	}
	return kinds
}

func without(characters, excluded string) string {
	return strings.Map(func(character rune) rune {
		if strings.ContainsRune(excluded, character) {
			return -1
		}
		return character
	}, characters)
}

// Password makes a password of 32 letters, digits and marks, at least one of each kind, without the excluded ones.
func (s *Safe) Password(excluded string) (string, error) {
	var kinds []string
	for _, kind := range []string{lower, upper, digits, punctuation} {
		kinds = append(kinds, without(kind, excluded))
	}
	return s.password(usualLength, strings.Join(kinds, ""), kinds)
}

// password draws one character of each kind and the rest of all, and puts them into a random order.
func (s *Safe) password(length int, all string, kinds []string) (string, error) {
	drawn := make([]byte, 0, length)
	for _, kind := range kinds {
		one, err := randomText(s.config.Random, kind, 1)
		if err != nil {
			return "", err
		}
		drawn = append(drawn, one...)
	}
	rest, err := randomText(s.config.Random, all, length-len(drawn))
	if err != nil {
		return "", err
	}
	return shuffled(s.config.Random, append(drawn, rest...))
}

// randomText draws characters, each as likely as any other.
func randomText(random io.Reader, characters string, length int) (string, error) {
	text := make([]byte, length)
	for i := range text {
		at, err := below(random, len(characters))
		if err != nil {
			return "", err
		}
		text[i] = characters[at]
	}
	return string(text), nil
}

func shuffled(random io.Reader, text []byte) (string, error) {
	for last := len(text) - 1; last > 0; last-- {
		at, err := below(random, last+1)
		if err != nil {
			return "", err
		}
		text[at], text[last] = text[last], text[at]
	}
	return string(text), nil
}

func below(random io.Reader, limit int) (int, error) {
	drawn, err := rand.Int(random, big.NewInt(int64(limit)))
	if err != nil {
		return 0, fmt.Errorf("draw random characters: %w", err)
	}
	return int(drawn.Int64()), nil
}
