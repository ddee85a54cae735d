package awsapi

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"slipher/internal/audit"
)

// record is the last step of every request, refused or not: it tells the audit record who asked for what, and what came of it.
func (s *server) record(x *exchange) {
	if s.config.Audit == nil {
		return
	}
	name := x.eventName()
	event := audit.Event{
		UserIdentity:       x.identity(),
		EventSource:        x.service.Name + ".amazonaws.com",
		EventName:          name,
		AWSRegion:          clip(x.signature.Scope.Region),
		SourceIPAddress:    x.caller.SourceIP,
		UserAgent:          x.request.UserAgent(),
		RequestParameters:  parameters(x.input),
		RequestID:          x.caller.RequestID,
		EventID:            s.newID(),
		ReadOnly:           onlyReads(name),
		EventType:          "AwsApiCall",
		RecipientAccountID: x.claimed,
		TLSDetails:         tlsDetails(x),
	}
	if !event.ReadOnly && x.fault == nil {
		event.ResponseElements = elements(x.output)
	}
	if x.fault != nil {
		event.ErrorCode, event.ErrorMessage = x.fault.Code, x.fault.Message
	}
	s.config.Audit(event)
}

var actionForm = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)

// eventName is the operation. A request that was refused before anybody looked for it may name one all the same.
func (x *exchange) eventName() string {
	if x.operation.Name != "" {
		return x.operation.Name
	}
	if form, err := formOf(x.request, x.body); err == nil && actionForm.MatchString(form.Get("Action")) {
		return form.Get("Action")
	}
	return "Unknown"
}

// identity is the caller. Before the signature is verified, nothing is known of it but what it says itself.
func (x *exchange) identity() audit.Identity {
	if x.caller.Account == "" {
		return audit.Identity{Type: "Unknown", AccountID: x.claimed, AccessKeyID: clip(x.signature.AccessKeyID)}
	}
	known := audit.Identity{
		Type: "Root", PrincipalID: x.caller.UserID, ARN: x.caller.ARN, AccountID: x.caller.Account, AccessKeyID: x.caller.AccessKeyID,
	}
	_, resource, _ := strings.Cut(x.caller.ARN, "::"+x.caller.Account+":")
	switch kind, name, _ := strings.Cut(resource, "/"); kind {
	case "user":
		known.Type, known.UserName = "IAMUser", name[strings.LastIndex(name, "/")+1:]
	case "assumed-role":
		known.Type = "AssumedRole"
	}
	return known
}

// onlyReads says whether an operation changes nothing. Those that get credentials make them.
func onlyReads(operation string) bool {
	if strings.HasPrefix(operation, "GetClusterCredentials") || operation == "GetIdentityCenterAuthToken" {
		return false
	}
	return strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Get")
}

func tlsDetails(x *exchange) *audit.TLSDetails {
	state := x.request.TLS
	if state == nil {
		return nil
	}
	version := strings.ReplaceAll(tls.VersionName(state.Version), "TLS ", "TLSv")
	return &audit.TLSDetails{TLSVersion: version, CipherSuite: tls.CipherSuiteName(state.CipherSuite), ClientProvidedHostHeader: clip(x.request.Host)}
}

// parameters writes an input as CloudTrail does: the names of the wire, beginning with a small letter, and no secret.
func parameters(input any) json.RawMessage {
	if input == nil {
		return nil
	}
	var w members
	w.structure(reflect.ValueOf(input))
	return w.Bytes()
}

// elements writes an output in the same way. Of one that only wraps a structure, that structure is shown.
func elements(output any) json.RawMessage {
	shown := reflect.ValueOf(output)
	if !shown.IsValid() || shown.Kind() == reflect.Pointer && shown.IsNil() {
		return nil
	}
	if inner := shown.Elem(); inner.NumField() == 1 && inner.Field(0).Kind() == reflect.Pointer && inner.Field(0).Type().Elem().Kind() == reflect.Struct {
		if inner.Field(0).IsNil() {
			return nil
		}
		shown = inner.Field(0)
	}
	if shown.Elem().NumField() == 0 {
		return nil
	}
	var w members
	w.structure(shown)
	return w.Bytes()
}

// hidden stands for every member that the model marks as sensitive.
const hidden = "****"

// members writes JSON.
type members struct{ bytes.Buffer }

func (w *members) structure(v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	w.WriteByte('{')
	first := true
	for _, f := range planOf(v.Type()).fields {
		member := v.Field(f.index)
		if absent(member) {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.text(lowerFirst(f.name))
		w.WriteByte(':')
		if f.secret {
			w.text(hidden)
			continue
		}
		w.value(member)
	}
	w.WriteByte('}')
}

// absent is what is not on the wire either.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String, reflect.Struct:
		return v.IsZero()
	}
	return false
}

func (w *members) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		w.value(v.Elem())
	case reflect.Slice:
		w.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				w.WriteByte(',')
			}
			w.value(v.Index(i))
		}
		w.WriteByte(']')
	case reflect.Struct:
		if moment, ok := v.Interface().(time.Time); ok {
			w.text(formatTimestamp(moment))
			return
		}
		w.structure(v)
	case reflect.String:
		w.text(v.String())
	default:
		w.any(v.Interface())
	}
}

func (w *members) text(text string) { w.any(text) }

// any writes a scalar or a map of texts. A number that JSON does not know is null.
func (w *members) any(value any) {
	encoded, err := json.Marshal(value)
	if err != nil {
		encoded = []byte("null")
	}
	w.Write(encoded)
}

func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
