package policy

import (
	"cmp"
	"fmt"
	"strings"
)

// Decision says whether a request is allowed, and what decided it.
type Decision struct {
	Allowed bool
	By      Side
	// Policy and Statement name what allowed or denied. They are empty where nothing did, and for root users.
	Policy    string
	Statement string // the Sid, or "statement 2"
}

// Side is one of those who have a say.
type Side string

// The sides, in the words of the IAM guide.
const (
	ByNobody   Side = ""
	ByRoot     Side = "root user"
	ByIdentity Side = "identity-based policy"
	ByBoundary Side = "permissions boundary"
	BySession  Side = "session policy"
	ByResource Side = "resource-based policy"
)

// Explicit says that a statement denied the request, and not merely that none allowed it.
func (d Decision) Explicit() bool { return !d.Allowed && d.Statement != "" }

func allowed(by Side, statement *statement) Decision { return decided(true, by, statement) }
func refused(by Side, statement *statement) Decision { return decided(false, by, statement) }

func decided(allowed bool, by Side, statement *statement) Decision {
	decision := Decision{Allowed: allowed, By: by}
	if statement != nil {
		decision.Policy, decision.Statement = statement.policy.Name, statement.label
	}
	return decision
}

// String is for the audit: what was decided, by which statement of which policy.
func (d Decision) String() string {
	switch {
	case d.By == ByRoot:
		return "allowed: root user"
	case d.Allowed:
		return fmt.Sprintf("allowed: %s %s, %s", d.By, d.Policy, d.Statement)
	case d.Explicit():
		return fmt.Sprintf("denied: %s %s, %s", d.By, d.Policy, d.Statement)
	}
	return fmt.Sprintf("denied: no %s allows", d.By)
}

// Message tells the refused caller as much as AWS does: the kind of policy within its own account, and no policy's name. What the
// policy of another account's resource says stays with its owner, and so does a role's trust policy.
func (d Decision) Message(request Request) string {
	refusal := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", request.Principal.ARN, request.Action, cmp.Or(request.Named, request.Resource))
	foreign := request.Owner != "" && request.Owner != request.Principal.Account
	if d.By == ByResource && (foreign || strings.HasPrefix(strings.ToLower(request.Action), "sts:assumerole")) {
		return refusal
	}
	if !d.Explicit() {
		return fmt.Sprintf("%s because no %s allows the %s action", refusal, d.By, request.Action)
	}
	article := "a"
	if d.By == ByIdentity {
		article = "an"
	}
	return fmt.Sprintf("%s with an explicit deny in %s %s", refusal, article, d.By)
}
