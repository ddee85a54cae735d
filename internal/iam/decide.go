package iam

import (
	"errors"

	"slipher/internal/policy"
)

// Denied refuses a request. Its text is what the caller may know; the audit keeps the decision.
type Denied struct {
	Request  policy.Request
	Decision policy.Decision
}

func (d *Denied) Error() string { return d.Decision.Message(d.Request) }

// Decide says whether the policies allow all that one operation asks for, or answers what was Denied first. Restoring asks for
// a snapshot and for a cluster.
func Decide(policies policy.Policies, requests ...policy.Request) error {
	if len(requests) == 0 {
		return errors.New("decide a request: it asks for nothing")
	}
	for _, request := range requests {
		if decision := policies.Decide(request); !decision.Allowed {
			return &Denied{Request: request, Decision: decision}
		}
	}
	return nil
}
