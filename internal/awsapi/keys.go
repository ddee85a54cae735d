package awsapi

import "errors"

// ErrNotFound is what Keys answer for an access key that does not exist.
var ErrNotFound = errors.New("access key not found")

// AccessKey is a secret and whom it belongs to.
type AccessKey struct {
	ID, Secret, Account, ARN, UserID string
}
