package audit

import (
	"encoding/json"
	"strings"
)

// Event is one API call in the form of a CloudTrail event of version 1.11 ("CloudTrail record contents" in the CloudTrail User
// Guide). What a call does not have is absent, but for the two JSON members, which are null.
type Event struct {
	EventVersion        string          `json:"eventVersion"`
	UserIdentity        Identity        `json:"userIdentity"`
	EventTime           string          `json:"eventTime"` // UTC, whole seconds
	EventSource         string          `json:"eventSource"`
	EventName           string          `json:"eventName"`
	AWSRegion           string          `json:"awsRegion"`
	SourceIPAddress     string          `json:"sourceIPAddress"`
	UserAgent           string          `json:"userAgent,omitempty"`
	ErrorCode           string          `json:"errorCode,omitempty"`
	ErrorMessage        string          `json:"errorMessage,omitempty"`
	RequestParameters   json.RawMessage `json:"requestParameters"`
	ResponseElements    json.RawMessage `json:"responseElements"` // null for calls that only read
	AdditionalEventData map[string]any  `json:"additionalEventData,omitempty"`
	RequestID           string          `json:"requestID,omitempty"`
	EventID             string          `json:"eventID"`
	ReadOnly            bool            `json:"readOnly"`
	EventType           string          `json:"eventType"`
	ManagementEvent     bool            `json:"managementEvent"`
	RecipientAccountID  string          `json:"recipientAccountId,omitempty"`
	EventCategory       string          `json:"eventCategory"`
	TLSDetails          *TLSDetails     `json:"tlsDetails,omitempty"`
}

// Identity is who called. Of type Unknown, it is who the call said to come from, unproven.
type Identity struct {
	Type        string `json:"type"` // Root, IAMUser, AssumedRole, Unknown
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn,omitempty"`
	AccountID   string `json:"accountId,omitempty"`
	AccessKeyID string `json:"accessKeyId,omitempty"`
	UserName    string `json:"userName,omitempty"`

	SessionContext *SessionContext `json:"sessionContext,omitempty"` // of temporary credentials
}

// SessionContext is what is known of temporary credentials.
type SessionContext struct {
	SessionIssuer *SessionIssuer `json:"sessionIssuer,omitempty"` // of a role's
	Attributes    struct {
		CreationDate     string `json:"creationDate"`
		MFAAuthenticated string `json:"mfaAuthenticated"`
	} `json:"attributes"`
	SourceIdentity string `json:"sourceIdentity,omitempty"`
}

// SessionIssuer is the role that was assumed.
type SessionIssuer struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId"`
	ARN         string `json:"arn"`
	AccountID   string `json:"accountId"`
	UserName    string `json:"userName"`
}

// TLSDetails are how the call was protected.
type TLSDetails struct {
	TLSVersion               string `json:"tlsVersion"`
	CipherSuite              string `json:"cipherSuite"`
	ClientProvidedHostHeader string `json:"clientProvidedHostHeader,omitempty"`
}

const (
	eventVersion = "1.11"
	timeLayout   = "2006-01-02T15:04:05Z"
)

// CloudTrail's limits of a field.
const (
	maxText    = 1 << 10
	maxMembers = 100 << 10
)

// bounded fills in what is the same in all events, and keeps to the limits: a text is cut, members that are too large are left out,
// with their size in additionalEventData.
func (e Event) bounded() Event {
	e.EventVersion, e.EventCategory, e.ManagementEvent = eventVersion, "Management", true
	e.UserAgent, e.ErrorMessage = cut(e.UserAgent), cut(e.ErrorMessage)
	e.RequestParameters = e.members("requestParametersOmittedBytes", e.RequestParameters)
	e.ResponseElements = e.members("responseElementsOmittedBytes", e.ResponseElements)
	return e
}

func (e *Event) members(omitted string, members json.RawMessage) json.RawMessage {
	if len(members) <= maxMembers {
		return members
	}
	if e.AdditionalEventData == nil {
		e.AdditionalEventData = map[string]any{}
	}
	e.AdditionalEventData[omitted] = len(members)
	return nil
}

func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "")
}
