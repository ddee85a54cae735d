package policy

import (
	"strconv"
	"strings"
	"time"
)

// Request is what somebody asks to do with one resource. An operation on several resources is one request for each.
type Request struct {
	Principal Principal
	Action    string // "redshift:CreateCluster"; upper and lower case are the same
	Resource  string // an ARN, or * for operations that are not about one resource
	// Owner is the account whose resource policies rule the resource. Empty means the principal's own, also for what another
	// account has shared by the service itself, as Redshift does with snapshots.
	Owner   string
	Context Context
	// Named is how the request named the resource, where Resource tells more than that, such as whether there is one. A refusal says only Named.
	Named string
	// ResourcePolicy is the resource's own, in the place of Policies.Resource: an operation may ask for several resources that have policies.
	ResourcePolicy *Policy
}

// NewRequest is a request whose context has the keys that describe the principal.
func NewRequest(principal Principal, action, resource string) Request {
	request := Request{Principal: principal, Action: action, Resource: resource, Context: Context{}}
	principal.describe(request.Context)
	return request
}

// Context are the values of condition keys, by the key in lower case: Set lowers it. A key of a tag has the tag's key behind a
// slash: aws:ResourceTag/team.
type Context map[string][]string

// Set gives a key its values; none at all is as if the key were not there.
func (c Context) Set(key string, values ...string) { c[strings.ToLower(key)] = values }

// SetTags enters tags as prefix/key, for the prefixes aws:ResourceTag, aws:RequestTag and aws:PrincipalTag.
func (c Context) SetTags(prefix string, tags map[string]string) {
	for key, value := range tags {
		c.Set(prefix+"/"+key, value)
	}
}

// SetTime enters the request's time, as both keys that have it.
func (c Context) SetTime(now time.Time) {
	c.Set("aws:CurrentTime", now.UTC().Format(time.RFC3339))
	c.Set("aws:EpochTime", strconv.FormatInt(now.Unix(), 10))
}

// single answers the value of a key that has just one: others cannot stand for a variable.
func (c Context) single(key string) (string, bool) {
	values := c[key]
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// query is a request on its way through the indices.
type query struct {
	Request
	bounded bool // whether the principal has a permissions boundary
	lower   [128]byte
	length  int
	service int
}

func newQuery(request Request, bounded bool) query {
	q := query{Request: request, bounded: bounded}
	q.length = copy(q.lower[:], request.Action)
	for i, character := range q.lower[:q.length] {
		if 'A' <= character && character <= 'Z' {
			q.lower[i] += 'a' - 'A'
		}
		if character == ':' && q.service == 0 {
			q.service = i
		}
	}
	return q
}

func (q *query) lowerAction() []byte  { return q.lower[:q.length] }
func (q *query) lowerService() []byte { return q.lower[:q.service] }
