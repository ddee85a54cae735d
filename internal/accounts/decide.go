package accounts

import (
	"context"
	"errors"
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

// Authorize asks the caller's policies for all that an operation of the service asks for, and answers Denied with a fault when one of it is not allowed.
func Authorize(ctx context.Context, service api.Service, caller api.Caller, operation string, input any) error {
	if service.Asks == nil {
		return nil
	}
	requests, err := service.Asks(ctx, caller, operation, input)
	if err != nil || len(requests) == 0 {
		return err
	}
	err = Decide(caller.Policies, requests...)
	denied, refused := errors.AsType[*Denied](err)
	if !refused {
		return err
	}
	if denied.Fault = service.Refusals[operation]; denied.Fault == nil {
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
