package awsapi

import (
	"net/http"

	"slipher/internal/api"
)

// protocol is how a service's requests and answers are written.
type protocol interface {
	head(x *exchange, header http.Header)
	// named finds the operation that a request asks for.
	named(x *exchange) (string, error)
	// read fills the input of the operation.
	read(x *exchange) error
	result(x *exchange) []byte
	// spelled gives a refusal the code that the protocol's clients know it by.
	spelled(fault *api.Fault) *api.Fault
	refusal(x *exchange) []byte
}

func protocolOf(table api.Service) protocol {
	if table.Target != "" {
		return jsonProtocol{jsonContentType}
	}
	return queryProtocol{}
}

// queryProtocol is AWS Query: a form in, XML out.
type queryProtocol struct{}

func (queryProtocol) head(_ *exchange, header http.Header) { header.Set("Content-Type", "text/xml") }
func (queryProtocol) spelled(fault *api.Fault) *api.Fault  { return fault }

func (queryProtocol) named(x *exchange) (string, error) {
	form, err := formOf(x.request, x.body)
	if err != nil {
		return "", err
	}
	name := form.Get("Action")
	if name == "" {
		return "", api.NewFault("MissingAction", http.StatusBadRequest, "the request has no Action parameter")
	}
	if _, known := x.service.operations[name]; !known {
		return name, nil
	}
	if version := form.Get("Version"); version != x.service.Version {
		return "", api.NewFault("InvalidAction", http.StatusBadRequest, "%s is an operation of version %s of %s, but the request says Version=%s",
			name, x.service.Version, x.service.Name, clip(version))
	}
	return name, nil
}

func (queryProtocol) read(x *exchange) error {
	form, err := formOf(x.request, x.body)
	if err != nil {
		return err
	}
	x.unknown, err = Decode(x.operation.Name, form, x.input)
	return err
}

func (queryProtocol) result(x *exchange) []byte {
	return EncodeResult(x.service.Service, x.operation, x.output, x.caller.RequestID)
}

func (queryProtocol) refusal(x *exchange) []byte {
	return EncodeFault(x.service.Namespace, x.fault, x.caller.RequestID)
}
