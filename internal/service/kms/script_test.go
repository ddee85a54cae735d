package kms_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/api"
	"slipher/internal/awsapi"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service/kms"
	"slipher/internal/testbed"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestScripts runs the scripts of testdata. A request is an operation and its input in JSON, or "as" with an account, "in" with a region,
// "pass" with a time, "keep" with a name and a member of the last answer.
func TestScripts(t *testing.T) {
	t.Parallel()
	testbed.Scripts(t, *update, func(t *testing.T) func(string) string { return newScript(t).answer })
}

// grantLimit is how many grants a key may have in the scripts.
const grantLimit = 10

// script is one run of a file.
type script struct {
	t          *testing.T
	store      *meta.Store
	operations map[string]api.Operation
	caller     api.Caller
	names      []string          // ids in the order of their first appearance
	last       string            // answer
	results    map[string]string // members of answers that later requests name

	mu  sync.Mutex
	now time.Time
}

func (s *script) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func newScript(t *testing.T) *script {
	s := &script{t: t, operations: map[string]api.Operation{}, results: map[string]string{}, now: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
	s.as("111111111111")
	s.caller.Region = "us-east-1"
	dir := t.TempDir()
	var err error
	if s.store, err = meta.Open(t.Context(), meta.Config{Path: filepath.Join(dir, "meta.db"), Now: s.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}); err != nil {
		t.Fatal(err)
	}
	ring, err := keys.Open(t.Context(), keys.Config{Store: s.store, RootKeyFile: filepath.Join(dir, "root.key"), Now: s.clock, Random: rand.NewChaCha8([32]byte{}), GrantLimit: grantLimit})
	if err != nil {
		t.Fatal(err)
	}
	makeManaged := func(tx *meta.Tx) error {
		_, err := ring.Default(tx, s.caller.Account, "eu-west-1")
		return err
	}
	if err := s.store.Update(t.Context(), makeManaged); err != nil {
		t.Fatal(err)
	}
	service, err := kms.New(kms.Config{Store: s.store, Keys: ring, Now: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	table, err := service.Service()
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range table.Operations {
		s.operations[operation.Name] = operation
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- s.store.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-stopped, s.store.Close()); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	return s
}

// as: "111111111111" is an account's root, "111111111111 anna {policy}" a user there with that policy, "111111111111 role/night {policy}" somebody in a
// session of a role.
func (s *script) as(who string) {
	account, rest, _ := strings.Cut(who, " ")
	name, document, _ := strings.Cut(rest, " ")
	s.caller = api.RootCaller(account, s.caller.Region)
	if name == "" {
		return
	}
	principal := policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/" + name, UserID: "AIDA" + name}
	if role, inRole := strings.CutPrefix(name, "role/"); inRole {
		principal = policy.Principal{
			Type: policy.RoleSession, Account: account, ARN: "arn:aws:sts::" + account + ":assumed-role/" + role + "/work",
			Source: "arn:aws:iam::" + account + ":role/" + role, UserID: "AROA" + role + ":work",
		}
	}
	s.caller.Principal, s.caller.ARN = principal, principal.ARN
	if document == "" {
		return
	}
	parsed, err := policy.Parse(policy.InlinePolicy, "own", s.known(document))
	if err != nil {
		s.t.Fatal(err)
	}
	s.caller.Policies = policy.Policies{Identity: []*policy.Policy{parsed}}
}

// keep: "sealed CiphertextBlob" lets later requests say <sealed> for that member of the last answer, "broken CiphertextBlob damaged" for one with
// another byte at its end.
func (s *script) keep(words []string) {
	var members map[string]any
	if err := json.Unmarshal([]byte(s.last), &members); err != nil {
		s.t.Fatal(err)
	}
	kept, _ := members[words[1]].(string)
	if len(words) > 2 {
		blob, err := base64.StdEncoding.DecodeString(kept)
		if err != nil {
			s.t.Fatal(err)
		}
		blob[len(blob)-1] ^= 1
		kept = base64.StdEncoding.EncodeToString(blob)
	}
	s.results["<"+words[0]+">"] = kept
}

func (s *script) answer(request string) string {
	s.t.Helper()
	name, rest, _ := strings.Cut(request, " ")
	switch name {
	case "as":
		s.as(rest)
		return ""
	case "keep":
		s.keep(strings.Fields(rest))
		return ""
	case "in":
		s.caller.Region = rest
		return ""
	case "pass":
		s.pass(rest)
		return ""
	}
	operation := s.operations[name]
	if operation.Call == nil {
		s.t.Fatalf("there is no operation %s", name)
	}
	input := operation.NewInput()
	unknown, err := awsapi.DecodeJSON(name, []byte(s.known(rest)), input)
	if len(unknown) > 0 {
		s.t.Errorf("%s has no parameters %q", name, unknown)
	}
	var output any
	if err == nil {
		output, err = operation.Call(s.t.Context(), s.caller, input)
	}
	if err == nil {
		s.last = string(awsapi.EncodeJSON(output))
		return s.stable(shown(output))
	}
	fault, ok := errors.AsType[*api.Fault](err)
	if !ok {
		s.t.Fatalf("%s: %v", request, err)
	}
	if !slices.Contains(append(operation.Faults, "ValidationException", "AccessDeniedException"), fault.Code) {
		s.t.Errorf("%s answers %s, which the model does not give it", name, fault.Code)
	}
	return s.stable(fmt.Sprintf("%s (%d): %s\n", fault.Code, fault.Status, fault.Message))
}

func shown(output any) string {
	if _, none := output.(*api.None); none {
		return ""
	}
	var text bytes.Buffer
	if err := json.Indent(&text, awsapi.EncodeJSON(output), "", "  "); err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(text.String(), `\n`, "⏎") + "\n"
}

// pass moves the clock and waits until everything that is due then has happened.
func (s *script) pass(text string) {
	duration, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	s.now = s.now.Add(duration)
	s.mu.Unlock()
	s.store.Wake()
	looks := time.NewTicker(time.Millisecond)
	defer looks.Stop()
	for range looks.C {
		running, next, err := s.store.Jobs(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if running == 0 && (next.IsZero() || next.After(s.clock())) {
			return
		}
	}
}

// opaque are values that nobody reads.
var opaque = regexp.MustCompile(`"(CiphertextBlob|Plaintext|GrantToken)": "[^"]{60,}"`)

var id = regexp.MustCompile(`[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// stable gives ids names by the order of their first appearance, and known gives the names back.
func (s *script) stable(text string) string {
	text = opaque.ReplaceAllString(text, `"$1": "…"`)
	return id.ReplaceAllStringFunc(text, func(found string) string {
		at := slices.Index(s.names, found)
		if at < 0 {
			at, s.names = len(s.names), append(s.names, found)
		}
		return fmt.Sprintf("<id %d>", at+1)
	})
}

func (s *script) known(text string) string {
	for i, name := range s.names {
		text = strings.ReplaceAll(text, fmt.Sprintf("<id %d>", i+1), name)
	}
	for name, kept := range s.results {
		text = strings.ReplaceAll(text, name, kept)
	}
	return text
}
