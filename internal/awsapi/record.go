package awsapi

import (
	"crypto/tls"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"slipher/internal/api"
	"slipher/internal/audit"
	"slipher/internal/policy"
)

// record is the last step of every request, refused or not: it tells the audit record who asked for what, and what came of it.
func (s *server) record(x *exchange) {
	if s.config.Audit == nil || x.unrecorded {
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
	if x.hidden != nil {
		event.AdditionalEventData = map[string]any{
			"action": x.hidden.Request.Action, "resource": x.hidden.Request.Resource, "decision": x.hidden.Decision.String(),
		}
	}
	s.config.Audit(event)
}

var actionForm = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)

// eventName is the operation. A request that was refused before anybody looked for it may name one all the same.
func (x *exchange) eventName() string {
	if x.operation.Name != "" {
		return x.operation.Name
	}
	if name, err := x.service.protocol.named(x); err == nil && actionForm.MatchString(name) {
		return name
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
	switch x.caller.Principal.Type {
	case policy.User:
		known.Type, known.UserName = "IAMUser", x.caller.ARN[strings.LastIndexByte(x.caller.ARN, '/')+1:]
	case policy.RoleSession:
		known.Type = "AssumedRole"
	}
	known.SessionContext = sessionContext(x.caller)
	return known
}

// sessionContext says of temporary credentials when they were made, and of which role.
func sessionContext(caller api.Caller) *audit.SessionContext {
	session := caller.Session
	if session == nil {
		return nil
	}
	context := &audit.SessionContext{SourceIdentity: session.Source}
	context.Attributes.CreationDate, context.Attributes.MFAAuthenticated = formatTimestamp(session.Issued), "false"
	if role := session.Role; role != nil {
		context.SessionIssuer = &audit.SessionIssuer{Type: "Role", PrincipalID: role.ID, ARN: role.ARN, AccountID: caller.Account, UserName: role.Name}
	}
	return context
}

// onlyReads says whether an operation changes nothing. Those that get credentials make them.
func onlyReads(operation string) bool {
	if strings.HasPrefix(operation, "GetClusterCredentials") || operation == "GetIdentityCenterAuthToken" || operation == "GetSessionToken" {
		return false
	}
	return strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "List") || strings.HasPrefix(operation, "Get") ||
		strings.HasPrefix(operation, "Simulate")
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
	w := jsonWriter{dialect: auditJSON}
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
	w := jsonWriter{dialect: auditJSON}
	w.structure(shown)
	return w.Bytes()
}

// auditJSON is how the audit record shows requests and answers.
var auditJSON = dialect{
	name:   lowerFirst,
	moment: func(moment time.Time) any { return formatTimestamp(moment) },
	mask:   "****",
}

func lowerFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
}
