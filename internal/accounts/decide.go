package accounts

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"slipher/internal/api"
	"slipher/internal/policy"
)

// Denied refuses a request. Its text is what the caller may know; the operator's log has the decision.
type Denied struct {
	Request  policy.Request
	Decision policy.Decision
	Fault    *api.Fault // what the caller is answered; nil unless Authorize refused
}

func (d *Denied) Error() string { return d.Decision.Message(d.Request) }

func (d *Denied) Unwrap() error {
	if d.Fault == nil {
		return nil
	}
	return d.Fault
}

// Authorize asks the caller's policies for all that an operation requires, and answers Denied with a fault when one of it is not allowed.
func Authorize(ctx context.Context, operation api.Operation, caller api.Caller, input any) error {
	if operation.Permissions == nil {
		return fmt.Errorf("authorize %s: nothing says what it requires", operation.Name)
	}
	requests, err := operation.Permissions(ctx, caller, input)
	if err != nil || len(requests) == 0 {
		return err
	}
	err = Decide(caller.Policies, requests...)
	denied, refused := errors.AsType[*Denied](err)
	if !refused {
		return err
	}
	if denied.Fault = operation.Refusal; denied.Fault == nil {
		denied.Fault = api.NewFault("AccessDenied", http.StatusForbidden, "%s", denied)
	}
	return denied
}

// Decide says whether the policies allow all that one operation asks for, or answers what was Denied first. Restoring asks for
// a snapshot and for a cluster.
func Decide(policies policy.Policies, requests ...policy.Request) error {
	if len(requests) == 0 {
		return errors.New("decide a request: it asks for nothing")
	}
	for _, request := range requests {
		asked := policies
		if request.ResourcePolicy != nil {
			asked.Resource = request.ResourcePolicy
		}
		if decision := asked.Decide(request); !decision.Allowed {
			return &Denied{Request: request, Decision: decision}
		}
	}
	return nil
}
