// Package sigv4 reads and verifies AWS Signature Version 4 (AWS4-HMAC-SHA256) as the services that are
// not S3 apply it: in the Authorization header, or in the query of a presigned request. It also signs,
// for tests and benchmarks. It is pure: it knows no keys, no clock and no services; its caller brings the
// secret and the time. Reference: "AWS Signature Version 4 for API requests" in the IAM User Guide.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	dateLayout = "20060102"
	timeLayout = "20060102T150405Z"

	// MaxSkew is how far the signer's clock may be off, either way.
	MaxSkew = 15 * time.Minute
	// MaxExpires is the longest life of a presigned request.
	MaxExpires = 7 * 24 * time.Hour
)

// Scope is what a signing key is derived for.
type Scope struct {
	Date    string // YYYYMMDD
	Region  string
	Service string
}

func (s Scope) String() string {
	return s.Date + "/" + s.Region + "/" + s.Service + "/" + terminator
}

func (s Scope) signingKey(secret string) []byte {
	key := mac([]byte("AWS4"+secret), s.Date)
	key = mac(key, s.Region)
	key = mac(key, s.Service)
	return mac(key, terminator)
}

// sign gives the signature of a canonical request.
func sign(canonicalRequest string, at time.Time, scope Scope, secret string) []byte {
	text := algorithm + "\n" + at.UTC().Format(timeLayout) + "\n" + scope.String() + "\n" + digest([]byte(canonicalRequest))
	return mac(scope.signingKey(secret), text)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Error is a refusal with the code and HTTP status of AWS's common errors.
type Error struct {
	Code    string
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

func missing(format string, args ...any) error {
	return &Error{Code: "MissingAuthenticationToken", Status: 403, Message: fmt.Sprintf(format, args...)}
}

func incomplete(format string, args ...any) error {
	return &Error{Code: "IncompleteSignature", Status: 400, Message: fmt.Sprintf(format, args...)}
}

func mismatch(format string, args ...any) error {
	return &Error{Code: "SignatureDoesNotMatch", Status: 403, Message: fmt.Sprintf(format, args...)}
}

func expired(format string, args ...any) error {
	return &Error{Code: "RequestExpired", Status: 400, Message: fmt.Sprintf(format, args...)}
}
