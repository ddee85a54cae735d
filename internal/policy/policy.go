// Package policy reads AWS policy documents and decides requests by them: identity policies, permissions boundaries, session
// policies, role trust policies, key policies and other policies of resources.
//
// It promises that a document is either refused with the place and the reason or understood as a whole, that a decision depends
// on nothing but its arguments, and that no document and no request makes one slow. It does not know who has which policies, and
// keeps nothing: whoever asks often keeps the parsed policies. The rules are those of the IAM user guide, "Policy evaluation logic"
// and "IAM JSON policy element reference"; docs/compatibility.md says what is decided where the guide is silent.
package policy

// Policy is a document made ready for decisions. It never changes, so any number of requests may use it at once.
type Policy struct {
	Name string // what a decision calls it: an ARN, or the name of an inline policy
	ID   string // the document's own Id, often empty
	Kind Kind

	allow index
	deny  index

	principals []*principals // of all statements
}

// Kind says where a document may be used, and so which elements it has and how long it may be.
type Kind int

// The places in which a document may be.
const (
	ManagedPolicy  Kind = iota // a policy of its own, attached to identities or set as a boundary
	InlinePolicy               // a policy within a user, group or role
	SessionPolicy              // passed along when a session begins
	TrustPolicy                // says who may assume a role
	KeyPolicy                  // of an encryption key: it must allow whatever anybody does with the key
	ResourcePolicy             // of any other resource
)

// need says whether an element of a statement must, may or cannot be there.
type need int

const (
	required need = iota
	forbidden
)

// rules are what a kind of document must keep. Sizes are characters without white space, from the IAM and KMS quotas; that of
// other resources is the one Secrets Manager has, since Redshift names none.
type rules struct {
	name        string
	size        int
	principal   need
	resource    need
	onlyService string // the one service whose actions it may name
	newestOnly  bool   // it must be of version 2012-10-17
	plainSid    bool   // its Sids have letters and digits only
}

var rulesOf = map[Kind]rules{
	ManagedPolicy:  {name: "a managed policy", size: 6144, principal: forbidden, newestOnly: true, plainSid: true},
	InlinePolicy:   {name: "an inline policy", size: 10240, principal: forbidden, plainSid: true},
	SessionPolicy:  {name: "a session policy", size: 2048, principal: forbidden, plainSid: true},
	TrustPolicy:    {name: "a role trust policy", size: 2048, resource: forbidden, onlyService: "sts"},
	KeyPolicy:      {name: "a key policy", size: 32768},
	ResourcePolicy: {name: "a resource policy", size: 20480},
}

// governs says that nobody gets at such a resource, not even within its account, unless its policy lets them.
func (k Kind) governs() bool { return k == TrustPolicy || k == KeyPolicy }

// Effect is Allow or Deny.
type effect string

const (
	allow effect = "Allow"
	deny  effect = "Deny"
)

// statement is one statement, ready to be matched. The index of its policy has matched the action before.
type statement struct {
	policy *Policy
	label  string // its Sid, or "statement 2"
	effect effect

	notActions  []*pattern // of NotAction
	resources   []*pattern // empty where the document has none
	notResource bool
	principals  *principals // nil in identity policies
	conditions  []condition
}

func (s *statement) applies(q *query) bool {
	return s.coversAction(q) && s.coversResource(q) && s.coversPrincipal(q) && s.holds(q)
}

func (s *statement) coversAction(q *query) bool {
	for _, excepted := range s.notActions {
		if excepted.match(q.Action, nil) {
			return false
		}
	}
	return true
}

func (s *statement) coversResource(q *query) bool {
	if len(s.resources) == 0 {
		return true
	}
	for _, resource := range s.resources {
		if resource.match(q.Resource, q.Context) {
			return !s.notResource
		}
		// An exception that names nobody must not widen what is allowed.
		if s.notResource && s.effect == allow && !resource.resolvable(q.Context) {
			return false
		}
	}
	return s.notResource
}

func (s *statement) coversPrincipal(q *query) bool {
	return s.principals == nil || s.principals.covers(q)
}

func (s *statement) holds(q *query) bool {
	for i := range s.conditions {
		if !s.conditions[i].holds(q.Context) {
			return false
		}
	}
	return true
}
