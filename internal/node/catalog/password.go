package catalog

import (
	"encoding/hex"
	"strings"
	"time"

	"slipher/internal/pgwire"
	"slipher/internal/scram"
	"slipher/internal/sql/ast"
)

// verifierOf checks a password by Redshift's rules and makes its verifier; nil is no password. Only the verifier is ever kept.
func verifierOf(password *ast.Password) (any, error) {
	if password == nil || password.Disable {
		return nil, nil
	}
	text, err := clearText(password.Text)
	if err != nil {
		return nil, err
	}
	if err := checkPassword(text); err != nil {
		return nil, err
	}
	return scram.NewVerifier(text)
}

// clearText is the password itself. Redshift also takes hashes, which prove nothing in a SCRAM exchange.
func clearText(given string) (string, error) {
	if hash, found := strings.CutPrefix(given, "md5"); found && isHex(hash, 16) {
		return "", &pgwire.Error{Code: "0A000", Message: "MD5 hashes of passwords are not supported; give the password, of which only a SCRAM verifier is kept"}
	}
	text, found := strings.CutPrefix(given, "sha256|")
	if found && strings.Contains(text, "|") {
		return "", &pgwire.Error{Code: "0A000", Message: "SHA-256 digests of passwords are not supported; give the password, of which only a SCRAM verifier is kept"}
	}
	return text, nil
}

func isHex(text string, bytes int) bool {
	decoded, err := hex.DecodeString(text)
	return err == nil && len(decoded) == bytes
}

func checkPassword(text string) error {
	lower, upper, digit := false, false, false
	for _, c := range []byte(text) {
		if c < '!' || c > '~' || strings.IndexByte(`'"\/@`, c) >= 0 {
			return badPassword(`can contain printable ASCII characters except ', ", \, /, @ and space`)
		}
		lower = lower || 'a' <= c && c <= 'z'
		upper = upper || 'A' <= c && c <= 'Z'
		digit = digit || '0' <= c && c <= '9'
	}
	switch {
	case len(text) < 8 || len(text) > 64:
		return badPassword("must have 8 to 64 characters")
	case !lower || !upper || !digit:
		return badPassword("must contain an uppercase letter, a lowercase letter and a number")
	}
	return nil
}

func badPassword(rule string) error {
	return &pgwire.Error{Code: "22023", Message: "the password " + rule}
}

// validUntil reads the time until which a password is good; nil is for ever.
func validUntil(text string) (any, error) {
	if strings.EqualFold(text, "infinity") {
		return nil, nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07", time.RFC3339} {
		if until, err := time.Parse(layout, text); err == nil {
			return until, nil
		}
	}
	return nil, &pgwire.Error{Code: "22007", Message: "VALID UNTIL takes a date or a time such as '2030-01-31 18:00'"}
}
