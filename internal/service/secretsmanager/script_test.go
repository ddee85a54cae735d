package secretsmanager_test

import (
	"bytes"
	"context"
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

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/awsapi"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/secretstore"
	service "slipher/internal/service/secretsmanager"
	"slipher/internal/testbed"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestScripts runs the scripts of testdata. A request is an operation and its input in JSON, or one of the commands below.
func TestScripts(t *testing.T) {
	t.Parallel()
	testbed.Scripts(t, *update, func(t *testing.T) func(string) string {
		s := newScript(t)
		return func(request string) string { return s.stable(s.answer(s.known(request))) }
	})
}

// script is one run of a file. It is also the owner of the secrets: a service called redshift, whose values are numbered.
type script struct {
	t          *testing.T
	store      *meta.Store
	ring       *keys.Ring
	safe       *secretstore.Safe
	operations map[string]api.Operation
	caller     api.Caller
	names      []string // ids in the order of their first appearance
	values     int
	ids        int

	mu    sync.Mutex
	now   time.Time
	owner string // works, waits, refuses, gives up
}

func (s *script) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *script) is(owner string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owner == owner
}

func newScript(t *testing.T) *script {
	s := &script{t: t, operations: map[string]api.Operation{}, owner: "works", now: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
	s.caller = api.RootCaller("111111111111", "us-east-1")
	dir := t.TempDir()
	var err error
	if s.store, err = meta.Open(t.Context(), meta.Config{Path: filepath.Join(dir, "meta.db"), Now: s.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}); err != nil {
		t.Fatal(err)
	}
	if s.ring, err = keys.Open(t.Context(), keys.Config{Store: s.store, RootKeyFile: filepath.Join(dir, "root.key"), Now: s.clock}); err != nil {
		t.Fatal(err)
	}
	if s.safe, err = secretstore.New(secretstore.Config{Store: s.store, Keys: s.ring, Now: s.clock, NewID: s.newID, Random: rand.NewChaCha8([32]byte{})}); err != nil {
		t.Fatal(err)
	}
	s.safe.Own(func(*meta.Tx, secretstore.Secret) error {
		if s.is("refuses") {
			return secretsmanager.InvalidRequest("The cluster is paused.")
		}
		return nil
	})
	table, err := (&service.Service{Store: s.store, Safe: s.safe, Keys: s.ring}).Offer()
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range table.Operations {
		s.operations[operation.Name] = operation
	}
	meta.Handle(s.store, s.rotate)
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

// rotate is the owner's work. Each step is a transaction of its own, as that of a cluster is.
func (s *script) rotate(ctx context.Context, job secretstore.Rotation) error {
	var secret secretstore.Secret
	err := s.store.Update(ctx, func(tx *meta.Tx) (err error) {
		secret, err = s.safe.Begin(tx, job)
		return err
	})
	if errors.Is(err, meta.ErrNotFound) || err == nil && (secret.Pending == "" || s.is("waits")) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.store.Update(ctx, func(tx *meta.Tx) error {
		if s.is("gives-up") {
			return s.safe.GiveUp(tx, job, secret.Pending, time.Time{})
		}
		_, err := s.safe.Value(tx, job, s.value)
		if errors.Is(err, secretstore.ErrKey) {
			return s.safe.GiveUp(tx, job, secret.Pending, s.clock().Add(24*time.Hour))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx *meta.Tx) error { return s.safe.Finish(tx, job, secret.Pending) })
}

func (s *script) value() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values++
	return fmt.Appendf(nil, "value %d", s.values), nil
}

// newID counts, so that the order of ids does not depend on chance.
func (s *script) newID() string {
	s.ids++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.ids)
}

var commands = map[string]func(s *script, words []string) string{
	// as: an account, or an account, a user and the user's policy.
	"as": (*script).as,
	"in": func(s *script, words []string) string { s.caller.Region = words[0]; return "" },
	// owner: works, waits, refuses or gives-up.
	"owner": func(s *script, words []string) string {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.owner = words[0]
		return ""
	},
	"pass": (*script).pass,
	// create: a secret's name, and a key.
	"create": (*script).create,
	// delete, rekey: a secret's ARN, and a key.
	"delete": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error { return s.safe.Delete(tx, words[0]) })
	},
	"rekey": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error {
			_, err := s.safe.SetKey(tx, words[0], strings.Join(words[1:], ""))
			return err
		})
	},
	"retag": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error {
			return s.safe.SetTags(tx, words[0], "of another cluster", []secretstore.Tag{{Key: "team", Value: words[1]}})
		})
	},
	"key": (*script).key,
	"disable": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error { return s.ring.Disable(tx, words[0]) })
	},
	"enable": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error { return s.ring.Enable(tx, words[0]) })
	},
	"policy": func(s *script, words []string) string {
		return s.change(func(tx *meta.Tx) error { return s.ring.PutPolicy(tx, words[0], strings.Join(words[1:], " ")) })
	},
}

func (s *script) as(words []string) string {
	s.caller = api.RootCaller(words[0], s.caller.Region)
	if len(words) < 3 {
		return ""
	}
	document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[%s]}`, strings.Join(words[2:], " "))
	parsed, err := policy.Parse(policy.InlinePolicy, words[1], document)
	if err != nil {
		s.t.Fatal(err)
	}
	s.caller.ARN = "arn:aws:iam::" + words[0] + ":user/" + words[1]
	s.caller.Principal = policy.Principal{Type: policy.User, Account: words[0], ARN: s.caller.ARN, UserID: "AIDA" + words[1]}
	s.caller.Policies = policy.Policies{Identity: []*policy.Policy{parsed}}
	return ""
}

func (s *script) change(alter func(tx *meta.Tx) error) string {
	if err := s.store.Update(s.t.Context(), alter); err != nil {
		return err.Error() + "\n"
	}
	return ""
}

func (s *script) create(words []string) string {
	spec := secretstore.Spec{
		Account: s.caller.Account, Region: s.caller.Region, Name: words[0], Description: "of cluster sales", Service: "redshift", Owner: "sales",
		Tags: []secretstore.Tag{{Key: "team", Value: "sales"}}, KmsKey: strings.Join(words[1:], ""),
	}
	spec.Value, _ = s.value()
	var made secretstore.Secret
	if refused := s.change(func(tx *meta.Tx) (err error) { made, err = s.safe.Create(tx, spec); return err }); refused != "" {
		return refused
	}
	return made.ARN + "\n"
}

func (s *script) key([]string) (arn string) {
	s.change(func(tx *meta.Tx) (err error) {
		arn, err = s.ring.Create(tx, s.caller.Account, s.caller.Region)
		return err
	})
	return arn + "\n"
}

func (s *script) answer(request string) string {
	s.t.Helper()
	name, rest, _ := strings.Cut(request, " ")
	if command := commands[name]; command != nil {
		return command(s, strings.Fields(rest))
	}
	operation := s.operations[name]
	if operation.Call == nil {
		s.t.Fatalf("there is no operation %s", name)
	}
	output, err := s.call(operation, rest)
	if err == nil {
		return displayed(output)
	}
	if denied, ok := errors.AsType[*accounts.Denied](err); ok {
		return "AccessDenied: " + denied.Error() + "\n"
	}
	fault, ok := errors.AsType[*api.Fault](err)
	if !ok {
		s.t.Fatalf("%s: %v", request, err)
	}
	if !slices.Contains(append(operation.Faults, "ValidationException", "InvalidParameterValue", "AccessDeniedException"), fault.Code) {
		s.t.Errorf("%s answers %s, which the model does not give it", name, fault.Code)
	}
	return fmt.Sprintf("%s (%d): %s\n", fault.Code, fault.Status, fault.Message)
}

// call goes the steps of the door behind authentication.
func (s *script) call(operation api.Operation, body string) (any, error) {
	input := operation.NewInput()
	unknown, err := awsapi.DecodeJSON(operation.Name, []byte(body), input)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		s.t.Errorf("%s has no parameters %q", operation.Name, unknown)
	}
	requests, err := operation.Permissions(s.t.Context(), s.caller, input)
	if err != nil {
		return nil, err
	}
	if err := accounts.Decide(s.caller.Policies, requests...); err != nil {
		return nil, err
	}
	return operation.Call(s.t.Context(), s.caller, input)
}

func displayed(output any) string {
	var text bytes.Buffer
	if err := json.Indent(&text, awsapi.EncodeJSON(output), "", "  "); err != nil {
		return err.Error()
	}
	return text.String() + "\n"
}

// pass moves the clock and waits until everything that is due then has happened.
func (s *script) pass(words []string) string {
	duration, err := time.ParseDuration(words[0])
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
			return ""
		}
	}
	return ""
}

var id = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// stable gives ids names by the order of their first appearance, and known gives the names back.
func (s *script) stable(text string) string {
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
	return text
}
