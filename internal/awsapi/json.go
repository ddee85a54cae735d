package awsapi

import (
	"mime"
	"net/http"
	"strings"

	"slipher/internal/api"
)

// jsonProtocol is AWS JSON 1.1: the operation in a header, an object in, an object out.
type jsonProtocol struct{ contentType string }

const jsonContentType = "application/x-amz-json-1.1"

func (p jsonProtocol) head(x *exchange, header http.Header) {
	header.Set("Content-Type", p.contentType)
	if x.fault != nil {
		header.Set("X-Amzn-ErrorType", x.fault.Code)
	}
}

func (jsonProtocol) named(x *exchange) (string, error) {
	r := x.request
	if r.Method != http.MethodPost {
		return "", api.NewFault("InvalidAction", http.StatusMethodNotAllowed, "the method is %s; %s answers POST", clip(r.Method), x.service.Name)
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != jsonContentType {
		return "", malformed("the Content-Type is %q; send %s", clip(r.Header.Get("Content-Type")), jsonContentType)
	}
	target := r.Header.Get("X-Amz-Target")
	name, ours := strings.CutPrefix(target, x.service.Target+".")
	if !ours {
		return "", api.NewFault("InvalidAction", http.StatusBadRequest, "the header X-Amz-Target is %q; it must be %s. and an operation", clip(target), x.service.Target)
	}
	return name, nil
}

func (jsonProtocol) read(x *exchange) (err error) {
	x.unknown, err = DecodeJSON(x.operation.Name, x.body, x.input)
	return err
}

// result is empty for an operation without output.
func (jsonProtocol) result(x *exchange) []byte {
	if _, none := x.output.(*api.None); none {
		return nil
	}
	return EncodeJSON(x.output)
}

// commonJSON are the common errors under the names that the JSON services have for them. All are of status 400.
var commonJSON = map[string]string{
	"MissingAuthenticationToken":  "MissingAuthenticationTokenException",
	"IncompleteSignature":         "IncompleteSignatureException",
	"SignatureDoesNotMatch":       "InvalidSignatureException",
	"RequestExpired":              "InvalidSignatureException",
	"InvalidClientTokenId":        "UnrecognizedClientException",
	"ExpiredToken":                "ExpiredTokenException",
	"AccessDenied":                "AccessDeniedException",
	"Throttling":                  "ThrottlingException",
	"InvalidAction":               "UnknownOperationException",
	"UnsupportedOperation":        "UnsupportedOperationException",
	"MalformedQueryString":        "SerializationException",
	"InvalidParameterValue":       "ValidationException",
	"InvalidParameterCombination": "ValidationException",
	"InvalidQueryParameter":       "ValidationException",
	"MissingParameter":            "ValidationException",
}

func (jsonProtocol) spelled(fault *api.Fault) *api.Fault {
	if code := commonJSON[fault.Code]; code != "" {
		return api.NewFault(code, http.StatusBadRequest, "%s", fault.Message)
	}
	return fault
}

func (jsonProtocol) refusal(x *exchange) []byte {
	return EncodeJSON(&struct {
		Type    string `wire:"__type"`
		Message string `wire:"message"`
	}{x.fault.Code, x.fault.Message})
}
