package redshifttest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipher/internal/api"
	"slipher/internal/policy"
	"slipher/internal/testbed"
)

// TestRefusals goes through the stories of testdata/authorization. What follows a request in a story is what it asks of policies. Before the request is
// made by a user who may do just that, it is made by everybody who may not: each is refused, and nothing changes.
func TestRefusals(t *testing.T) {
	t.Parallel()
	var told sync.Map
	t.Run("stories", func(t *testing.T) {
		testbed.ScriptsOf(t, "testdata/authorization", *update, func(t *testing.T) func(string) string {
			s := &refusals{script: newScript(t), told: &told}
			return s.tell
		})
	})
	for operation := range offered(t) {
		if _, ok := told.Load(operation); !ok {
			t.Errorf("no story of testdata/authorization has %s: add a request of it, and run with -update", operation)
		}
	}
}

// TestEveryOperationRequiresSomething has none that everybody may call.
func TestEveryOperationRequiresSomething(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	for operation := range offered(t) {
		requests, err := bed.Permissions(testbed.Caller(testbed.Owner), operation, bed.Input(operation))
		if err != nil || len(requests) == 0 {
			t.Errorf("%s with an empty input requires %v, %v", operation, requests, err)
		}
	}
}

// offered are the operations that are offered.
func offered(t *testing.T) map[string]bool {
	t.Helper()
	service := offeredService(t)
	offered := map[string]bool{}
	for _, operation := range service.Operations {
		if operation.Call != nil {
			offered[operation.Name] = true
		}
	}
	return offered
}

// refusals is one story.
type refusals struct {
	*script
	told      *sync.Map // operations
	strangers int
}

var endOfSecret = regexp.MustCompile(`(:secret:redshift![a-z-]+)-[A-Za-z0-9]{6}\b`)

// readable is stable, but for the names of secrets.
func (s *refusals) readable(asked string) string {
	if strings.Contains(asked, ":secret:") {
		return endOfSecret.ReplaceAllString(asked, "$1-??????")
	}
	return s.stable(asked)
}

func (s *refusals) tell(request string) string {
	s.t.Helper()
	words := split(request)
	if command := commands[words[0]]; command != nil {
		command(s.script, words[1:])
		return ""
	}
	s.told.Store(words[0], true)
	a := trial{refusals: s, operation: words[0], parameters: words[1:]}
	a.requests = a.asks(s.user(s.account))
	s.bed.Rest()
	a.refuse()
	a.allow()
	s.bed.Rest()
	var out strings.Builder
	for _, line := range describeRequests(a.requests) {
		fmt.Fprintln(&out, s.readable(line))
	}
	return out.String()
}

// user is one of an account, with policies.
func (s *refusals) user(account string, documents ...string) api.Caller {
	s.t.Helper()
	caller := testbed.Caller(account)
	caller.Region = s.bed.Region()
	caller.ARN, caller.UserID = "arn:aws:iam::"+account+":user/ada", "AIDAADA"
	caller.Principal = policy.Principal{Type: policy.User, Account: account, ARN: caller.ARN, UserID: caller.UserID, Tags: map[string]string{"floor": "3"}}
	caller.Context = policy.Context{}
	caller.Context.SetTime(s.bed.Clock.Now())
	caller.Context.Set("aws:SourceIp", "203.0.113.7")
	for _, document := range documents {
		parsed, err := policy.Parse(policy.ManagedPolicy, "test", document)
		if err != nil {
			s.t.Fatalf("%v in %s", err, document)
		}
		caller.Policies.Identity = append(caller.Policies.Identity, parsed)
	}
	return caller
}

// trial is one request, and what it asks for.
type trial struct {
	*refusals
	operation  string
	parameters []string
	requests   []policy.Request
}

func (a trial) asks(caller api.Caller) []policy.Request {
	a.t.Helper()
	requests, err := a.bed.Permissions(caller, a.operation, a.bed.Input(a.operation, a.parameters...))
	if err != nil {
		a.t.Fatalf("%s: %v", a.operation, err)
	}
	return requests
}

func (a trial) by(caller api.Caller) (any, error) {
	return a.bed.Ask(caller, a.operation, a.bed.Input(a.operation, a.parameters...))
}

const allowEverything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// refuse tries everybody who may not.
func (a trial) refuse() {
	a.t.Helper()
	a.mustRefuse("a user without policies", a.user(a.account))
	for _, request := range a.requests {
		what := request.Action + " on " + request.Resource
		rest := slices.DeleteFunc(a.narrow(), func(document string) bool { return document == statement("Allow", request, exactly(request)) })
		a.mustRefuse("a user who may do all but "+what, a.user(a.account, rest...))
		a.mustRefuse("a user denied "+what, a.user(a.account, allowEverything, statement("Deny", request, nil)))
		a.mustRefuse("a user denied "+what+" by a tag", a.user(a.account, allowEverything, statement("Deny", request, byTag(request))))
		a.mustRefuse("a user denied "+what+" by an address", a.user(a.account, allowEverything,
			statement("Deny", request, map[string]any{"IpAddress": map[string]any{"aws:SourceIp": "203.0.113.0/24"}})))
	}
	a.tryStrangers()
}

const outsider = "999999999999"

// tryStrangers tries users of other accounts: one whose policies speak of this account's resources, and one who may do everything in another account,
// which is told just what an account is told that never had anything.
func (a trial) tryStrangers() {
	a.t.Helper()
	if !slices.ContainsFunc(a.requests, func(request policy.Request) bool { return request.Resource == "*" }) {
		a.mustRefuse("a user of another account", a.user(outsider, a.narrow()...))
	}
	before := a.bed.Dump(a.account)
	one, other := a.stranger(), a.stranger()
	if one != other {
		a.t.Errorf("%s: two accounts that have nothing are told %s and %s", a.operation, one, other)
	}
	if strings.Contains(one, a.account) && !strings.Contains(strings.Join(a.parameters, " "), a.account) {
		a.t.Errorf("%s: another account is told of %s: %s", a.operation, a.account, one)
	}
	if after := a.bed.Dump(a.account); after != before {
		a.t.Errorf("%s by a user of another account changed\n%s", a.operation, difference(before, after))
	}
}

func (a trial) stranger() string {
	a.strangers++
	account := fmt.Sprintf("%012d", 900_000_000_000+a.strangers)
	answer, err := a.by(a.user(account, allowEverything))
	a.bed.Rest()
	told := strings.Join(testbed.Render(answer), "\n")
	if err != nil {
		told = testbed.RenderError(err)
	}
	return unlike.ReplaceAllString(strings.ReplaceAll(told, account, "<account>"), "<varies>")
}

// unlike is what differs between the answers to two accounts.
var unlike = regexp.MustCompile(unstable.String() + `|(?:vpc|subnet)-[0-9a-f]{17}|sg-[0-9a-f]+|\.[0-9a-z]{12}\.`)

func (a trial) mustRefuse(who string, caller api.Caller) {
	a.t.Helper()
	before := a.bed.Dump("")
	answer, err := a.by(caller)
	code := "AccessDenied"
	if a.operation == "RestoreFromClusterSnapshot" {
		code = "UnauthorizedOperation"
	}
	if !testbed.IsFault(err, code) {
		a.t.Errorf("%s: %s got %v, %v", a.operation, who, testbed.Render(answer), err)
	}
	if after := a.bed.Dump(""); after != before {
		a.t.Errorf("%s: %s changed\n%s", a.operation, who, difference(before, after))
	}
}

// allow makes the request, by a user who may do what it asks for and nothing else.
func (a trial) allow() {
	a.t.Helper()
	if _, err := a.by(a.user(a.account, a.narrow()...)); err != nil {
		a.t.Errorf("%s by a user who may do all that it asks for: %v", a.operation, err)
	}
}

// narrow are policies that allow the request and hardly anything else.
func (a trial) narrow() []string {
	var documents []string
	for _, request := range a.requests {
		documents = append(documents, statement("Allow", request, exactly(request)))
	}
	return documents
}

// statement is a policy of one statement about what a request asks for.
func statement(effect string, request policy.Request, condition map[string]any) string {
	made := map[string]any{"Effect": effect, "Action": request.Action, "Resource": request.Resource}
	if len(condition) > 0 {
		made["Condition"] = condition
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": made})
	if err != nil {
		panic(err)
	}
	return string(document)
}

// exactly are conditions that hold for no other values of what the request's context has of the operation.
func exactly(request policy.Request) map[string]any {
	equal, lists := map[string]any{}, map[string]any{}
	for _, key := range ofOperation(request) {
		if values := request.Context[key]; key == "aws:tagkeys" {
			lists[key] = values
		} else {
			equal[key] = values
		}
	}
	conditions := map[string]any{}
	if len(equal) > 0 {
		conditions["StringEquals"] = equal
	}
	if len(lists) > 0 {
		conditions["ForAllValues:StringEquals"] = lists
	}
	return conditions
}

// byTag is a condition on a tag of the resource or of the request, or of the user where there is neither.
func byTag(request policy.Request) map[string]any {
	for _, key := range ofOperation(request) {
		if strings.HasPrefix(key, "aws:resourcetag/") || strings.HasPrefix(key, "aws:requesttag/") {
			return map[string]any{"StringEquals": map[string]any{key: request.Context[key]}}
		}
	}
	return map[string]any{"StringEquals": map[string]any{"aws:PrincipalTag/floor": "3"}}
}

// ofOperation are the condition keys that the operation has added.
func ofOperation(request policy.Request) []string {
	common := policy.NewRequest(request.Principal, "", "").Context
	return slices.DeleteFunc(slices.Sorted(maps.Keys(request.Context)), func(key string) bool {
		_, known := common[key]
		return known || len(request.Context[key]) == 0 || slices.Contains([]string{"aws:currenttime", "aws:epochtime", "aws:sourceip"}, key)
	})
}

func describeRequests(requests []policy.Request) []string {
	var lines []string
	for _, request := range requests {
		line := request.Action + " on " + request.Resource
		if request.Named != "" && request.Named != request.Resource {
			line += ", named " + request.Named
		}
		for _, key := range ofOperation(request) {
			line += fmt.Sprintf(", %s=%s", key, strings.Join(request.Context[key], ","))
		}
		lines = append(lines, line)
	}
	return lines
}
