package secretsmanager_test

import (
	"strings"
	"testing"

	"slipher/internal/api/secretsmanager"
	service "slipher/internal/service/secretsmanager"
	"slipher/internal/testbed"
)

func TestGetRandomPassword(t *testing.T) {
	t.Parallel()
	const (
		lower       = "abcdefghijklmnopqrstuvwxyz"
		upper       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		digits      = "0123456789"
		punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	)
	s := newScript(t)
	for name, c := range map[string]struct {
		in    secretsmanager.GetRandomPasswordRequest
		size  int
		kinds []string // each of which the password has, and nothing else
	}{
		"as_it_comes":       {secretsmanager.GetRandomPasswordRequest{}, 32, []string{lower, upper, digits, punctuation}},
		"short":             {secretsmanager.GetRandomPasswordRequest{PasswordLength: new(int64(4))}, 4, []string{lower, upper, digits, punctuation}},
		"long":              {secretsmanager.GetRandomPasswordRequest{PasswordLength: new(int64(4096))}, 4096, []string{lower, upper, digits, punctuation}},
		"with_space":        {secretsmanager.GetRandomPasswordRequest{IncludeSpace: new(true)}, 32, []string{lower, upper, digits, punctuation, " "}},
		"no_lowercase":      {secretsmanager.GetRandomPasswordRequest{ExcludeLowercase: new(true)}, 32, []string{upper, digits, punctuation}},
		"no_uppercase":      {secretsmanager.GetRandomPasswordRequest{ExcludeUppercase: new(true)}, 32, []string{lower, digits, punctuation}},
		"no_numbers":        {secretsmanager.GetRandomPasswordRequest{ExcludeNumbers: new(true)}, 32, []string{lower, upper, punctuation}},
		"no_punctuation":    {secretsmanager.GetRandomPasswordRequest{ExcludePunctuation: new(true)}, 32, []string{lower, upper, digits}},
		"without_some":      {secretsmanager.GetRandomPasswordRequest{ExcludeCharacters: "0123456789abc", PasswordLength: new(int64(500))}, 500, []string{lower[3:], upper, punctuation}},
		"one_digit":         {secretsmanager.GetRandomPasswordRequest{ExcludeCharacters: lower + upper + punctuation, PasswordLength: new(int64(1))}, 1, []string{digits}},
		"not_of_each_kind":  {secretsmanager.GetRandomPasswordRequest{PasswordLength: new(int64(1)), RequireEachIncludedType: new(false)}, 1, nil},
		"of_each_kind_true": {secretsmanager.GetRandomPasswordRequest{RequireEachIncludedType: new(true)}, 32, []string{lower, upper, digits, punctuation}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				out, err := (&service.Service{Safe: s.safe}).GetRandomPassword(t.Context(), s.caller, &c.in)
				if err != nil {
					t.Fatal(err)
				}
				password := out.RandomPassword
				if len(password) != c.size {
					t.Fatalf("got %d characters, want %d", len(password), c.size)
				}
				for _, kind := range c.kinds {
					if !strings.ContainsAny(password, kind) {
						t.Errorf("%q has none of %q", password, kind)
					}
				}
				if all := strings.Join(c.kinds, ""); all != "" && strings.Trim(password, all) != "" {
					t.Errorf("%q has others than %q", password, all)
				}
			}
		})
	}
	for name, in := range map[string]secretsmanager.GetRandomPasswordRequest{
		"no_length":     {PasswordLength: new(int64(0))},
		"too_long":      {PasswordLength: new(int64(4097))},
		"too_short":     {PasswordLength: new(int64(3))},
		"nothing_left":  {ExcludeLowercase: new(true), ExcludeUppercase: new(true), ExcludeNumbers: new(true), ExcludePunctuation: new(true)},
		"all_excluded":  {ExcludeCharacters: lower + upper + digits + punctuation},
		"long_excluded": {ExcludeCharacters: strings.Repeat("a", 4097)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := (&service.Service{Safe: s.safe}).GetRandomPassword(t.Context(), s.caller, &in)
			if !testbed.IsFault(err, "InvalidParameterException") {
				t.Errorf("got %v, want InvalidParameterException", err)
			}
		})
	}
}
