package api

import (
	"context"

	"slipher/internal/policy"
)

//go:generate go run ./gen

// Service is one AWS service as the door serves it: its names on the wire and its operation table.
// The generated packages have the Table of each, in which no operation is offered; internal/service offers them.
type Service struct {
	Name       string // in a signature's scope, e.g. "redshift"
	Version    string // the API version that requests name
	Namespace  string // of the XML answers of the Query protocol
	Target     string // of the JSON 1.1 protocol: what X-Amz-Target has before the operation; empty for the Query protocol
	Operations []Operation
	Others     []string // operations that the service has and slipher knows by name only
}

// Operation is one row of a service's table.
type Operation struct {
	Name   string
	Result string   // the element around the output; empty when the operation has no output, and in the JSON protocol
	Faults []string // the wire codes that the model declares for it

	NewInput, NewOutput func() any
	Call                func(ctx context.Context, caller Caller, input any) (output any, err error) // nil: not offered

	// Permissions answers what the caller's policies have to allow, all of it; nothing for an operation that anybody may call. It is
	// asked before the operation, with its decoded input, and reveals nothing of what it looks at. Nil lets nobody in.
	Permissions func(ctx context.Context, caller Caller, input any) ([]policy.Request, error)
	Refusal     *Fault // what is answered where policies do not allow all of it; nil: AccessDenied and the reason
}

// Descriptor is the generated name of an operation, with the shapes that it takes and answers.
type Descriptor[In, Out any] struct{ row Operation }

// Describe makes the descriptor of a row. Generated packages call it.
func Describe[In, Out any](row Operation) Descriptor[In, Out] {
	row.NewInput = func() any { return new(In) }
	row.NewOutput = func() any { return new(Out) }
	return Descriptor[In, Out]{row}
}

// Row is the operation without a handler.
func (d Descriptor[In, Out]) Row() Operation { return d.row }

// Bind is the operation with the handler behind it.
func (d Descriptor[In, Out]) Bind(handle func(context.Context, Caller, *In) (*Out, error)) Operation {
	row := d.row
	row.Call = func(ctx context.Context, caller Caller, input any) (any, error) {
		return handle(ctx, caller, input.(*In))
	}
	return row
}
