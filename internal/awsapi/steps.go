package awsapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/policy"
	"slipher/internal/sigv4"
)

const (
	maxBody       = 1 << 20
	maxParameters = 10_000
)

// exchange is one request on its way through the steps, and what each step found out.
type exchange struct {
	writer  http.ResponseWriter
	request *http.Request

	service   *service         // identify
	signature sigv4.Signature  // identify
	body      []byte           // receive
	claimed   string           // authenticate: the account of the key, before the signature is verified
	caller    api.Caller       // authenticate; its RequestID is there from the start
	operation api.Operation    // decode
	input     any              // decode
	hidden    *accounts.Denied // authorize: what the caller's answer does not say
	unknown   []string         // decode: parameters that were passed over
	output    any              // call
	answer    []byte           // encode
	fault     *api.Fault       // whatever step refused

	unrecorded bool // refused so often that no record is kept
}

// identify finds out which service is asked, from the scope that the request is signed for.
func (s *server) identify(_ context.Context, x *exchange) error {
	r := x.request
	x.caller.SourceIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	signature, unread := sigv4.Read(r)
	named, served := s.services[signature.Scope.Service]
	if x.service = named; !served {
		x.service = s.unserved(r, signature.Scope.Service)
	}
	if unread == nil && !served {
		return api.NewFault("UnsupportedOperation", 400, "slipher does not offer the service %q; it answers %s",
			clip(signature.Scope.Service), strings.Join(slices.Sorted(maps.Keys(s.services)), ", "))
	}
	if r.URL.Path != "/" && r.URL.Path != "" {
		return api.NewFault("InvalidAction", http.StatusNotFound, "there is nothing at this path; the API answers at /")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return api.NewFault("InvalidAction", http.StatusMethodNotAllowed, "the method is %s; the API answers GET and POST", clip(r.Method))
	}
	if unread != nil {
		return unread
	}
	x.signature = signature
	if !regionForm.MatchString(signature.Scope.Region) {
		return api.NewFault("SignatureDoesNotMatch", 403, "the credential is scoped to %q, which is not a region; one looks like us-east-1",
			clip(signature.Scope.Region))
	}
	return nil
}

var regionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$`)

// receive reads the body, which the signature covers.
func (s *server) receive(_ context.Context, x *exchange) error {
	var body bytes.Buffer
	_, err := io.Copy(&body, http.MaxBytesReader(x.writer, x.request.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return api.NewFault("RequestEntityTooLarge", http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", maxBody)
	case err != nil:
		return malformed("the body ended before its end")
	}
	x.body = body.Bytes()
	return nil
}

// Keys finds what a request is signed with. Credentials that are not valid are accounts.ErrNotFound, those that are over accounts.ErrExpired.
type Keys interface {
	Credentials(ctx context.Context, keyID, token string) (*accounts.Credentials, error)
}

// authenticate finds the key's owner and proves that the key signed this request.
func (s *server) authenticate(ctx context.Context, x *exchange) error {
	found, err := s.config.Keys.Credentials(ctx, x.signature.AccessKeyID, x.signature.Token)
	switch {
	case errors.Is(err, accounts.ErrNotFound) && x.signature.Token != "":
		return api.NewFault("InvalidClientTokenId", 403, "the security token in the request is not valid: it is of another access key, or of nobody any more")
	case errors.Is(err, accounts.ErrNotFound):
		return api.NewFault("InvalidClientTokenId", 403, "the access key in the request does not exist")
	case errors.Is(err, accounts.ErrExpired):
		return api.NewFault("ExpiredToken", 403, "the security token in the request is expired")
	case err != nil:
		return fmt.Errorf("look up the access key: %w", err)
	}
	x.claimed = found.Account
	if found.Session == nil && x.signature.Token != "" {
		return api.NewFault("InvalidClientTokenId", 403, "the request has a security token, but its access key is a long-term one: leave the token out")
	}
	if err := x.signature.Verify(x.request, x.body, found.Secret, s.config.Now()); err != nil {
		return err
	}
	x.caller.Account = found.Account
	x.caller.Region = x.signature.Scope.Region
	x.caller.ARN = found.ARN
	x.caller.UserID = found.UserID
	x.caller.AccessKeyID = found.ID
	x.caller.Principal = found.Principal
	x.caller.Policies = found.Policies
	x.caller.Session = found.Session
	x.caller.Context = s.conditions(x)
	maps.Copy(x.caller.Context, found.Context)
	return nil
}

// conditions are the condition keys that every request has (IAM user guide, "AWS global condition context keys").
func (s *server) conditions(x *exchange) policy.Context {
	context := policy.Context{}
	context.SetTime(s.config.Now())
	context.Set("aws:SourceIp", x.caller.SourceIP)
	context.Set("aws:UserAgent", x.request.UserAgent())
	context.Set("aws:SecureTransport", strconv.FormatBool(x.request.TLS != nil))
	context.Set("aws:RequestedRegion", x.signature.Scope.Region)
	return context
}

// decode finds the operation and fills its input.
func (s *server) decode(_ context.Context, x *exchange) error {
	name, err := x.service.protocol.named(x)
	if err != nil {
		return err
	}
	operation, ok := x.service.operations[name]
	if !ok && slices.Contains(x.service.Others, name) {
		operation = api.Operation{Name: name}
	} else if !ok {
		return api.NewFault("InvalidAction", 400, "%s has no operation %q%s", x.service.Name, clip(name), x.service.hint(name))
	}
	x.operation = operation
	if operation.Call == nil {
		return api.NewFault("UnsupportedOperation", 400, "slipher does not offer %s yet", name)
	}
	x.input = operation.NewInput()
	err = x.service.protocol.read(x)
	s.noteUnknown(x)
	return err
}

func (s *service) hint(name string) string {
	names := append(slices.Collect(maps.Keys(s.operations)), s.Others...)
	slices.Sort(names)
	if near := nearest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// formOf joins the parameters of the query and of the body.
func formOf(r *http.Request, body []byte) (url.Values, error) {
	text := r.URL.RawQuery
	if r.Method == http.MethodPost {
		if err := checkContentType(r.Header.Get("Content-Type")); err != nil {
			return nil, err
		}
		text = strings.Trim(text+"&"+string(body), "&")
	}
	if strings.Count(text, "&") >= maxParameters {
		return nil, malformed("the request has more than %d parameters", maxParameters)
	}
	form, err := url.ParseQuery(text)
	if err != nil {
		return nil, malformed("the parameters are not a well-formed application/x-www-form-urlencoded string")
	}
	return form, nil
}

func checkContentType(header string) error {
	if header == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(header)
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return malformed("the Content-Type is %q; send application/x-www-form-urlencoded", clip(header))
	}
	return nil
}

// authorize asks the policies of the caller.
func (s *server) authorize(ctx context.Context, x *exchange) error {
	err := accounts.Authorize(ctx, x.operation, x.caller, x.input)
	denied, ok := errors.AsType[*accounts.Denied](err)
	if !ok {
		return err
	}
	level := slog.LevelDebug
	if x.operation.Refusal != nil { // in whose words the caller does not learn what is missing; the operator does
		x.hidden, level = denied, slog.LevelInfo
	}
	s.log.Log(ctx, level, "request denied", "request", x.caller.RequestID, "caller", x.caller.ARN, "operation", x.operation.Name,
		"action", denied.Request.Action, "resource", denied.Request.Resource, "decision", denied.Decision)
	return err
}

func (s *server) call(ctx context.Context, x *exchange) (err error) {
	x.output, err = x.operation.Call(ctx, x.caller, x.input)
	return err
}

func (s *server) encode(_ context.Context, x *exchange) error {
	x.answer = x.service.protocol.result(x)
	return nil
}
