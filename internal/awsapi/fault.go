package awsapi

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/sigv4"
)

// faultOf is the refusal that the caller sees. What is not a refusal is a trouble of ours: the operator reads
// it in the log, the caller only learns that it happened.
func (s *server) faultOf(ctx context.Context, err error, x *exchange) *api.Fault {
	var fault *api.Fault
	var signature *sigv4.Error
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &signature):
		return api.NewFault(signature.Code, signature.Status, "%s", signature.Message)
	case ctx.Err() != nil:
		return api.NewFault("ServiceUnavailable", 503, "the request was given up before it was answered")
	}
	s.log.Error("request failed", "request", x.caller.RequestID, "service", x.service.Name,
		"operation", x.operation.Name, "account", x.caller.Account, "cause", err)
	return api.NewFault("InternalFailure", 500, "an internal error occurred; the server's log has it under request %s", x.caller.RequestID)
}

// malformed is 404 because the API Reference says so.
func malformed(format string, args ...any) *api.Fault {
	return api.NewFault("MalformedQueryString", 404, format, args...)
}
