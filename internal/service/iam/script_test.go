package iam_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	apiiam "slipher/internal/api/iam"
	"slipher/internal/api/sts"
	"slipher/internal/awsapi"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/service/iam"
	"slipher/internal/testbed"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestScripts runs the scripts of testdata. A request is an operation and its input in JSON, or one of the commands below.
func TestScripts(t *testing.T) {
	t.Parallel()
	testbed.Scripts(t, *update, func(t *testing.T) func(string) string { return newScript(t).answer })
}

// script is one run of a file: an installation with the accounts 111111111111 and 222222222222.
type script struct {
	t          *testing.T
	directory  *accounts.Directory
	operations map[string]api.Operation
	now        time.Time

	signs map[string]signer // what somebody signs with, by the name of the account, user, session or token
	as    string
	ids   []string // in the order of their first appearance
}

// signer is a key and, of a temporary one, its token.
type signer struct{ key, token string }

func newScript(t *testing.T) *script {
	s := &script{t: t, now: testbed.Began, operations: map[string]api.Operation{}, signs: map[string]signer{}}
	s.directory = openDirectory(t, func() time.Time { return s.now })
	for _, account := range []string{testbed.Owner, testbed.Consumer} {
		key, err := s.directory.CreateAccount(t.Context(), account)
		if err != nil {
			t.Fatal(err)
		}
		s.signs[account] = signer{key: key.ID}
	}
	s.as = testbed.Owner
	for _, service := range servicesOf(t, iam.New(s.directory)) {
		for _, operation := range service.Operations {
			s.operations[operation.Name] = operation
		}
	}
	return s
}

// servicesOf are the tables of IAM and STS.
func servicesOf(t *testing.T, who *iam.Service) (services []api.Service) {
	t.Helper()
	for _, table := range []func() (api.Service, error){who.IAM, who.STS} {
		joined, err := table()
		if err != nil {
			t.Fatal(err)
		}
		services = append(services, joined)
	}
	return services
}

func openDirectory(t testing.TB, now func() time.Time) *accounts.Directory {
	t.Helper()
	dir := t.TempDir()
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(dir, "meta.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ring, err := keys.Open(t.Context(), keys.Config{Store: store, RootKeyFile: filepath.Join(dir, "root.key"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return &accounts.Directory{Store: store, Sealer: ring, Now: now, Random: rand.NewChaCha8([32]byte{})}
}

func (s *script) answer(request string) string {
	s.t.Helper()
	return s.stable(s.run(s.known(request)))
}

// run: "as ada" signs with the key that was last made for ada from now on, "pass 1h" moves the clock, "can redshift:CreateCluster arn" says
// what the caller's policies decide.
func (s *script) run(request string) string {
	name, rest, _ := strings.Cut(request, " ")
	switch name {
	case "as":
		s.as = rest
		return ""
	case "pass":
		passed, err := time.ParseDuration(rest)
		if err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(passed)
		return ""
	}
	caller, err := s.caller()
	if err != nil {
		return err.Error() + "\n"
	}
	if name == "can" {
		action, resource, _ := strings.Cut(rest, " ")
		return caller.Policies.Decide(caller.Request(action, resource)).String() + "\n"
	}
	if s.operations[name].Call == nil {
		s.t.Fatalf("there is no operation %s", name)
	}
	return s.call(caller, name, rest)
}

// caller is who signs, as the door finds out.
func (s *script) caller() (api.Caller, error) {
	signs, there := s.signs[s.as]
	if !there {
		s.t.Fatalf("nobody is called %s", s.as)
	}
	found, err := s.directory.Credentials(s.t.Context(), signs.key, signs.token)
	if err != nil {
		return api.Caller{}, err
	}
	caller := api.Caller{
		Account: found.Account, Region: "us-east-1", ARN: found.ARN, UserID: found.UserID, AccessKeyID: found.ID,
		Principal: found.Principal, Policies: found.Policies, Context: maps.Clone(found.Context), Session: found.Session,
	}
	caller.Context.SetTime(s.now)
	return caller, nil
}

func (s *script) call(caller api.Caller, name, text string) string {
	operation := s.operations[name]
	input := operation.NewInput()
	unknown, err := awsapi.DecodeJSON(name, []byte(quoted(text)), input)
	if err != nil {
		return fault(s.t, operation, err)
	}
	if len(unknown) > 0 {
		s.t.Errorf("%s has no parameters %q", name, unknown)
	}
	requests, err := operation.Permissions(s.t.Context(), caller, input)
	if err == nil && len(requests) > 0 {
		err = accounts.Decide(caller.Policies, requests...)
	}
	if denied, ok := errors.AsType[*accounts.Denied](err); ok {
		return fmt.Sprintf("AccessDenied (403): %s\n", denied)
	}
	if err != nil {
		return fault(s.t, operation, err)
	}
	output, err := operation.Call(s.t.Context(), caller, input)
	if err != nil {
		return fault(s.t, operation, err)
	}
	s.remember(output)
	return shown(output)
}

var document = regexp.MustCompile(`'[^']*'`)

// quoted writes what stands between single quotes as a text of JSON: documents are easier to read without escapes.
func quoted(text string) string {
	return document.ReplaceAllStringFunc(text, func(found string) string { return strconv.Quote(found[1 : len(found)-1]) })
}

func fault(t *testing.T, operation api.Operation, err error) string {
	t.Helper()
	found, ok := errors.AsType[*api.Fault](err)
	if !ok {
		t.Fatalf("%s: %v", operation.Name, err)
	}
	if !slices.Contains(append(operation.Faults, "ValidationError", "AccessDenied", "InvalidParameterValue", "MissingParameter"), found.Code) {
		t.Errorf("%s answers %s, which the model does not give it", operation.Name, found.Code)
	}
	return fmt.Sprintf("%s (%d): %s\n", found.Code, found.Status, found.Message)
}

// remember keeps the credentials that an operation has made.
func (s *script) remember(output any) {
	switch made := output.(type) {
	case *apiiam.CreateAccessKeyResponse:
		name := made.AccessKey.UserName
		if name == "" {
			name = s.as
		}
		s.signs[name] = signer{key: made.AccessKey.AccessKeyId}
	case *sts.AssumeRoleResponse:
		arn := made.AssumedRoleUser.Arn
		s.signs[arn[strings.LastIndexByte(arn, '/')+1:]] = signer{made.Credentials.AccessKeyId, made.Credentials.SessionToken}
	case *sts.GetSessionTokenResponse:
		s.signs["token of "+s.as] = signer{made.Credentials.AccessKeyId, made.Credentials.SessionToken}
	}
}

var hidden = regexp.MustCompile(`("(?:SecretAccessKey|SessionToken)": ")[^"]+`)

// shown leaves secrets out, and shows documents as they were before they were escaped.
func shown(output any) string {
	if _, none := output.(*api.None); none {
		return ""
	}
	var text bytes.Buffer
	if err := json.Indent(&text, awsapi.EncodeJSON(output), "", "  "); err != nil {
		return err.Error()
	}
	readable := hidden.ReplaceAllString(text.String(), "$1…")
	if unescaped, err := url.PathUnescape(readable); err == nil {
		readable = unescaped
	}
	return readable + "\n"
}

var id = regexp.MustCompile(`\b(AIDA|AROA|AGPA|ANPA|AKIA|ASIA)[A-Z2-7]{16,17}\b`)

// stable gives ids names by the order of their first appearance, and known gives the names back.
func (s *script) stable(text string) string {
	return id.ReplaceAllStringFunc(text, func(found string) string {
		at := slices.Index(s.ids, found)
		if at < 0 {
			at, s.ids = len(s.ids), append(s.ids, found)
		}
		return fmt.Sprintf("<%s %d>", found[:4], at+1)
	})
}

var named = regexp.MustCompile(`<[A-Z]{4} ([0-9]+)>`)

func (s *script) known(text string) string {
	return named.ReplaceAllStringFunc(text, func(name string) string {
		var number int
		fmt.Sscan(named.FindStringSubmatch(name)[1], &number)
		if number > len(s.ids) {
			return name
		}
		return s.ids[number-1]
	})
}
