package secretsmanager

import (
	"context"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/secretstore"
)

const (
	longest       = 4096
	mostExcluding = 4096
)

// GetRandomPassword makes a password that nobody keeps.
func (s *Service) GetRandomPassword(_ context.Context, _ api.Caller, in *secretsmanager.GetRandomPasswordRequest) (*secretsmanager.GetRandomPasswordResponse, error) {
	length := int64(secretstore.UsualLength)
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
	password, err := s.Safe.Draw(int(length), all, kinds)
	return &secretsmanager.GetRandomPasswordResponse{RandomPassword: password}, err
}

// kindsOf are the kinds of characters of a request that it leaves anything of.
func kindsOf(in *secretsmanager.GetRandomPasswordRequest) (kinds []string) {
	isTrue := func(flag *bool) bool { return flag != nil && *flag }
	for _, kind := range []struct {
		characters string
		included   bool
	}{
		{secretstore.Lower, !isTrue(in.ExcludeLowercase)},
		{secretstore.Upper, !isTrue(in.ExcludeUppercase)},
		{secretstore.Digits, !isTrue(in.ExcludeNumbers)},
		{secretstore.Punctuation, !isTrue(in.ExcludePunctuation)},
		{" ", isTrue(in.IncludeSpace)},
	} {
		if left := secretstore.Without(kind.characters, in.ExcludeCharacters); kind.included && left != "" {
			kinds = append(kinds, left)
		}
	}
	return kinds
}
