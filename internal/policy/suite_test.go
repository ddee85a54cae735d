package policy

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the reasons in testdata")

// TestSuite decides the requests of testdata. A line "+ ACTION RESOURCE key=value" is one that must be allowed, "-" one that must
// be refused, whatever -update does; behind the semicolon stands the reason, which -update rewrites. The lines around them are:
//
//	policy NAME KIND       a document, on the next lines up to an empty one
//	refuse KIND            a document that is none; "! " says why
//	as user NAME ACCOUNT   who asks from now on; also root, role, federated, service, provider and anonymous; tags as key=value
//	by NAME … boundary NAME session NAME … resource NAME owner ACCOUNT
//	                       the policies that count from now on
//	when {…}               one policy that allows everything under this condition; its requests are key=value only
//	resource PATTERN       one policy that allows everything on these resources; its requests are resources only
//	action PATTERN         one policy that allows these actions; its requests are actions only
//	= …                    what the refused caller is told
//
// A resource without arn: is one of Redshift's in the caller's account. Values are separated by | and may be %-escaped.
func TestSuite(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no suite: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			suite := newSuite(t)
			got := suite.run(string(want))
			t.Logf("%d decisions", suite.decisions)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			compareLines(t, string(want), got)
		})
	}
}

func compareLines(t *testing.T, want, got string) {
	t.Helper()
	wanted, gotten := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(wanted), len(gotten)) {
		if wanted[i] != gotten[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, gotten[i], wanted[i])
		}
	}
	if len(wanted) != len(gotten) {
		t.Errorf("got %d lines, want %d", len(gotten), len(wanted))
	}
}

type suite struct {
	t         *testing.T
	line      int
	documents map[string]*Policy
	policies  Policies
	principal Principal
	owner     string
	mode      string // of the lines below: "", "when", "resource" or "action"
	decisions int
	last      Request
	decision  Decision
}

func newSuite(t *testing.T) *suite {
	s := &suite{t: t, documents: map[string]*Policy{}}
	s.as([]string{"user", "ada", "111122223333"})
	return s
}

func (s *suite) run(text string) string {
	var out []string
	lines := strings.Split(text, "\n")
	for at := 0; at < len(lines); at++ {
		s.line = at + 1
		line := lines[at]
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "policy", "refuse":
			end := at + 1
			for end < len(lines) && lines[end] != "" && !strings.HasPrefix(lines[end], "! ") {
				end++
			}
			out = append(out, lines[at:end]...)
			out = append(out, s.document(word, strings.Fields(rest), strings.Join(lines[at+1:end], "\n"))...)
			if end < len(lines) && strings.HasPrefix(lines[end], "! ") {
				end++
			}
			at = end - 1
			continue
		case "as":
			s.as(strings.Fields(rest))
		case "by":
			s.by(strings.Fields(rest))
		case "when", "resource", "action":
			s.only(word, rest)
		case "+", "-":
			line = s.decide(word == "+", line)
		case "=":
			line = "= " + s.decision.Message(s.last)
		case "", "#":
		default:
			s.t.Fatalf("line %d: %q is no directive", s.line, word)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

var kinds = map[string]Kind{
	"managed": ManagedPolicy, "inline": InlinePolicy, "session": SessionPolicy, "trust": TrustPolicy, "key": KeyPolicy, "resource": ResourcePolicy,
}

func (s *suite) document(word string, words []string, text string) []string {
	kind, known := kinds[words[len(words)-1]]
	if !known {
		s.t.Fatalf("line %d: there is no kind %q", s.line, words[len(words)-1])
	}
	parsed, err := Parse(kind, words[0], text)
	if word == "refuse" {
		s.decisions++
		if err == nil {
			s.t.Errorf("line %d: the document is understood", s.line)
			return nil
		}
		var size *SizeError
		var problem *MalformedError
		if !errors.As(err, &size) && !errors.As(err, &problem) {
			s.t.Errorf("line %d: %T is neither about the document's form nor about its size", s.line, err)
		}
		return []string{"! " + err.Error()}
	}
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	s.documents[words[0]] = parsed
	return nil
}

func (s *suite) as(words []string) {
	kind, words := words[0], words[1:]
	account := ""
	if len(words) > 1 {
		account = words[1]
	}
	user := "arn:aws:iam::" + account + ":user/"
	session := "arn:aws:sts::" + account + ":"
	switch kind {
	case "root":
		s.principal = Principal{Type: Root, Account: words[0], ARN: "arn:aws:iam::" + words[0] + ":root", UserID: words[0]}
		return
	case "user":
		s.principal = Principal{Type: User, Account: account, ARN: user + words[0], UserID: "AIDAEXAMPLE" + strings.ToUpper(words[0]) + "00000"}
	case "role":
		path, name := words[0][:strings.LastIndex(words[0], "/")], words[0][strings.LastIndex(words[0], "/")+1:]
		role := path[strings.LastIndex(path, "/")+1:]
		s.principal = Principal{
			Type: RoleSession, Account: account, ARN: session + "assumed-role/" + role + "/" + name,
			Source: "arn:aws:iam::" + account + ":role/" + path, UserID: "AROAEXAMPLE" + strings.ToUpper(role) + "00000:" + name,
		}
	case "federated":
		s.principal = Principal{
			Type: FederatedUser, Account: account, ARN: session + "federated-user/" + words[0],
			Source: user + words[0], UserID: account + ":" + words[0],
		}
	case "service":
		s.principal = Principal{Type: Service, ARN: words[0]}
		return
	case "provider":
		s.principal = Principal{Type: Provider, ARN: words[0]}
		return
	case "anonymous":
		s.principal = Principal{Type: Anonymous}
		return
	default:
		s.t.Fatalf("line %d: nobody is a %q", s.line, kind)
	}
	s.principal.Tags = map[string]string{}
	for _, tag := range words[2:] {
		key, value, _ := strings.Cut(tag, "=")
		s.principal.Tags[key] = value
	}
}

func (s *suite) by(words []string) {
	s.policies, s.owner, s.mode = Policies{}, "", ""
	role := "identity"
	for _, word := range words {
		switch word {
		case "boundary", "session", "resource", "owner":
			role = word
			continue
		}
		if role == "owner" {
			s.owner = word
			continue
		}
		document := s.documents[word]
		if document == nil {
			s.t.Fatalf("line %d: there is no policy %q", s.line, word)
		}
		switch role {
		case "identity":
			s.policies.Identity = append(s.policies.Identity, document)
		case "boundary":
			s.policies.Boundary = document
		case "session":
			s.policies.Session = append(s.policies.Session, document)
		case "resource":
			s.policies.Resource = document
		}
	}
}

func (s *suite) only(mode, given string) {
	statement := map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}
	switch mode {
	case "when":
		statement["Condition"] = json.RawMessage(given)
	case "resource":
		statement["Resource"] = given
	case "action":
		statement["Action"] = given
	}
	document, err := json.Marshal(map[string]any{"Version": newest, "Statement": statement})
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	parsed, err := Parse(InlinePolicy, mode, string(document))
	if err != nil {
		s.t.Fatalf("line %d: %v", s.line, err)
	}
	s.policies, s.owner, s.mode = Policies{Identity: []*Policy{parsed}}, "", mode
}

func (s *suite) decide(want bool, line string) string {
	s.decisions++
	asked, _, _ := strings.Cut(line[1:], ";")
	words := strings.Fields(asked)
	action, resource := "redshift:PauseCluster", "*"
	switch s.mode {
	case "":
		action, resource, words = words[0], words[1], words[2:]
	case "resource":
		resource, words = words[0], words[1:]
	case "action":
		action, words = words[0], words[1:]
	}
	if !strings.HasPrefix(resource, "arn:") && resource != "*" {
		resource = "arn:aws:redshift:eu-west-1:" + s.principal.Account + ":" + resource
	}
	s.last = NewRequest(s.principal, action, resource)
	s.last.Owner = s.owner
	for _, pair := range words {
		s.give(pair)
	}
	s.decision = s.policies.Decide(s.last)
	if s.decision.Allowed != want {
		s.t.Errorf("line %d: %s: %s", s.line, strings.TrimSpace(asked), s.decision)
	}
	if s.mode != "" {
		return line
	}
	return fmt.Sprintf("%s ; %s", strings.TrimRight(line[:1]+asked, " "), reason(s.decision))
}

func reason(decision Decision) string {
	_, why, _ := strings.Cut(decision.String(), ": ")
	return why
}

func (s *suite) give(pair string) {
	key, values, found := strings.Cut(pair, "=")
	if !found {
		s.t.Fatalf("line %d: %q is no key with a value", s.line, pair)
	}
	if values == "[]" {
		s.last.Context.Set(key)
		return
	}
	var all []string
	for _, value := range strings.Split(values, "|") {
		plain, err := url.PathUnescape(value)
		if err != nil {
			s.t.Fatalf("line %d: %v", s.line, err)
		}
		all = append(all, plain)
	}
	s.last.Context.Set(key, all...)
}
