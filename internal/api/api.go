// Package api is the vocabulary that every AWS service of slipher shares: who calls, what a refusal
// looks like, and what an operation is. Its subpackages (redshift, sts, kms, secretsmanager) are generated from the compact
// models in models/ by gen and hold the shapes, faults and operation tables with a typed descriptor of each operation.
// It knows nothing of HTTP, XML or storage.
package api

import (
	"fmt"
	"maps"
	"time"

	"slipher/internal/policy"
)

// Caller is the authenticated principal of one request and the place it asked in.
type Caller struct {
	Account     string // 12 digits
	Region      string // from the signature's scope, e.g. "us-east-1"
	ARN         string // e.g. "arn:aws:iam::111111111111:root"
	UserID      string // what STS GetCallerIdentity answers as UserId
	AccessKeyID string
	RequestID   string
	SourceIP    string

	Principal policy.Principal // who that is to policies
	Policies  policy.Policies  // those of its account: identity policies, permissions boundary, session policies
	Context   policy.Context   // condition keys of the request and its credentials, such as aws:SourceIp
	Session   *Session         // of temporary credentials; nil for long-term ones
}

// Session is what temporary credentials say of themselves.
type Session struct {
	Issued, Expires time.Time
	Role            *Role        // the one that was assumed; nil for a session token
	Source          string       // the SourceIdentity, often empty
	Passed          []SessionTag // go on to the next role that is assumed
}

// Role is one that somebody has assumed, in the caller's account.
type Role struct{ ARN, ID, Name string }

// SessionTag is one that was passed when a session began.
type SessionTag struct{ Key, Value string }

// RootCaller is the root user of an account.
func RootCaller(account, region string) Caller {
	root := policy.RootUser(account)
	return Caller{Account: account, Region: region, ARN: root.ARN, UserID: root.UserID, Principal: root}
}

// Request is what the caller wants to do with one resource, for a decision by its policies. Its Context may be added to.
func (c Caller) Request(action, resource string) policy.Request {
	request := policy.NewRequest(c.Principal, action, resource)
	maps.Copy(request.Context, c.Context)
	return request
}

// None stands for the input or output of an operation that has none.
type None struct{}

// Fault is a refusal as the wire shows it: a code of the model (or one of the common codes below),
// an HTTP status and a sentence for the person who asked. It never holds a path, SQL or a secret.
type Fault struct {
	Code     string
	Status   int // HTTP status
	Message  string
	Receiver bool // true when the server, not the sender, is to blame
}

func (f *Fault) Error() string { return f.Code + ": " + f.Message }

// NewFault makes a Fault that blames the sender, or the server if the status is 500 or above. Generated constructors call it.
func NewFault(code string, status int, format string, args ...any) *Fault {
	return &Fault{Code: code, Status: status, Message: fmt.Sprintf(format, args...), Receiver: status >= 500}
}

// The common errors of AWS Query services that slipher's operations raise themselves
// (Redshift API Reference, "Common Errors").

// InvalidParameterValue refuses a value that no request may have, or none with this value elsewhere in it.
func InvalidParameterValue(format string, args ...any) *Fault {
	return NewFault("InvalidParameterValue", 400, format, args...)
}

// InvalidParameterCombination refuses parameters that are right alone and exclude each other, or need each other.
func InvalidParameterCombination(format string, args ...any) *Fault {
	return NewFault("InvalidParameterCombination", 400, format, args...)
}

// MissingParameter refuses a request that lacks what it must have.
func MissingParameter(format string, args ...any) *Fault {
	return NewFault("MissingParameter", 400, format, args...)
}

// Value is that of an optional member, or what stands for one that is not given.
func Value[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}

// First takes steps until one refuses.
func First(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
