package api

import (
	"context"

	"slipher/internal/policy"
)

//go:generate go run ./gen

// Service is one AWS service as the door serves it: its names on the wire and its operation table.
// The generated packages make it from their Handlers.
type Service struct {
	Name       string // in a signature's scope, e.g. "redshift"
	Version    string // the API version that requests name
	Namespace  string // of the XML answers of the Query protocol
	Target     string // of the JSON 1.1 protocol: what X-Amz-Target has before the operation; empty for the Query protocol
	Operations []Operation

	// Asks answers what the caller's policies have to allow for an operation, all of it; nothing for one that anybody may call. It is asked
	// before the operation, with its decoded input, and reveals nothing of what it looks at. Nil asks nothing: the service decides itself.
	Asks func(ctx context.Context, caller Caller, operation string, input any) ([]policy.Request, error)
	// Refusals are what operations answer, by their names, that do not answer AccessDenied when policies do not allow what they ask for.
	Refusals map[string]*Fault
}

// Operation is one row of a service's table.
type Operation struct {
	Name   string
	Result string   // the element around the output; empty when the operation has no output, and in the JSON protocol
	Faults []string // the wire codes that the model declares for it

	NewInput func() any
	Call     func(ctx context.Context, caller Caller, input any) (output any, err error) // nil: not offered
}

// Bind completes a row with the handler behind it. A nil handler leaves Call nil.
func Bind[In, Out any](row Operation, handle func(context.Context, Caller, *In) (*Out, error)) Operation {
	row.NewInput = func() any { return new(In) }
	if handle != nil {
		row.Call = func(ctx context.Context, caller Caller, input any) (any, error) {
			return handle(ctx, caller, input.(*In))
		}
	}
	return row
}
