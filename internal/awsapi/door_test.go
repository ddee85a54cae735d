package awsapi

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/api/sts"
	"slipher/internal/policy"
	"slipher/internal/sigv4"
	"slipher/internal/throttle"
)

const (
	owner    = "111111111111"
	consumer = "222222222222"
	formType = "application/x-www-form-urlencoded; charset=utf-8"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// keyring is the accounts of a door under test.
type keyring map[string]accounts.AccessKey

func (k keyring) Credentials(_ context.Context, id, _ string) (*accounts.Credentials, error) {
	key, ok := k[id]
	if !ok {
		return nil, accounts.ErrNotFound
	}
	return &accounts.Credentials{AccessKey: key, Principal: policy.RootUser(key.Account)}, nil
}

func keyOf(account string) accounts.AccessKey {
	return accounts.AccessKey{ID: "AKIA" + account, Secret: "secret of " + account, Account: account,
		ARN: "arn:aws:iam::" + account + ":root", UserID: account}
}

// identity is what STS answers of the caller.
var identity = sts.GetCallerIdentityOperation.Bind(func(_ context.Context, caller api.Caller, _ *sts.GetCallerIdentityRequest) (*sts.GetCallerIdentityResponse, error) {
	return &sts.GetCallerIdentityResponse{Account: caller.Account, Arn: caller.ARN, UserId: caller.UserID}, nil
})

// offering is a service with these operations, which everybody may call unless they say otherwise.
func offering(table api.Service, operations ...api.Operation) api.Service {
	for _, offered := range operations {
		if offered.Permissions == nil {
			offered.Permissions = func(context.Context, api.Caller, any) ([]policy.Request, error) { return nil, nil }
		}
		at := slices.IndexFunc(table.Operations, func(row api.Operation) bool { return row.Name == offered.Name })
		table.Operations[at] = offered
	}
	return table
}

// door is a server under test with what it wrote in its log.
type door struct {
	*httptest.Server
	log *bytes.Buffer
}

func openDoor(t *testing.T, operations []api.Operation, changes ...func(*Config)) door {
	t.Helper()
	keys := keyring{}
	for _, account := range []string{owner, consumer} {
		keys[keyOf(account).ID] = keyOf(account)
	}
	log := &bytes.Buffer{}
	config := Config{
		Services:  []api.Service{offering(redshift.Table(), operations...), offering(sts.Table(), identity)},
		Keys:      keys,
		Now:       func() time.Time { return noon },
		RequestID: func() string { return "request-1" },
		Log:       slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&config)
	}
	server := httptest.NewServer(NewServer(config))
	t.Cleanup(server.Close)
	return door{server, log}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	root   element
}

func (a answer) code() string    { return a.root.child("Error").child("Code").Text }
func (a answer) message() string { return a.root.child("Error").child("Message").Text }

// post signs a form as an account's root user for a service and sends it.
func (d door) post(t *testing.T, account, service, form string) answer {
	t.Helper()
	r := d.request(t, http.MethodPost, "/", form)
	signFor(t, r, account, service, form)
	return d.send(t, r)
}

func (d door) request(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, d.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", formType)
	}
	return r
}

func signerOf(account, service string) sigv4.Signer {
	key := keyOf(account)
	return sigv4.Signer{AccessKeyID: key.ID, Secret: key.Secret, Region: "eu-west-1", Service: service}
}

func signFor(t *testing.T, r *http.Request, account, service, body string) {
	t.Helper()
	if err := signerOf(account, service).Sign(r, []byte(body), noon); err != nil {
		t.Fatal(err)
	}
}

func (d door) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := d.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	if err := xml.Unmarshal(text, &a.root); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return a
}

// describe answers one cluster that repeats what the handler saw.
func describe(_ context.Context, caller api.Caller, in *redshift.DescribeClustersMessage) (*redshift.ClustersMessage, error) {
	return &redshift.ClustersMessage{Clusters: []redshift.Cluster{{
		ClusterIdentifier: in.ClusterIdentifier, VpcId: caller.Account, AvailabilityZone: caller.Region, MasterUsername: caller.ARN,
	}}}, nil
}

var describing = []api.Operation{redshift.DescribeClustersOperation.Bind(describe)}

const describeForm = "Action=DescribeClusters&Version=2012-12-01&ClusterIdentifier=c"

func TestCall(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing)
	ways := map[string]func(t *testing.T) *http.Request{
		"post": func(t *testing.T) *http.Request {
			r := d.request(t, http.MethodPost, "/", describeForm)
			signFor(t, r, owner, "redshift", describeForm)
			return r
		},
		"get": func(t *testing.T) *http.Request {
			r := d.request(t, http.MethodGet, "/?"+describeForm, "")
			signFor(t, r, owner, "redshift", "")
			return r
		},
		"presigned_get": func(t *testing.T) *http.Request {
			r := d.request(t, http.MethodGet, "/?"+describeForm, "")
			if err := signerOf(owner, "redshift").Presign(r, nil, noon, time.Minute); err != nil {
				t.Fatal(err)
			}
			return r
		},
		"post_with_its_action_in_the_query": func(t *testing.T) *http.Request {
			const body = "Version=2012-12-01&ClusterIdentifier=c"
			r := d.request(t, http.MethodPost, "/?Action=DescribeClusters", body)
			signFor(t, r, owner, "redshift", body)
			return r
		},
		"post_without_content_type": func(t *testing.T) *http.Request {
			r := d.request(t, http.MethodPost, "/", describeForm)
			r.Header.Del("Content-Type")
			signFor(t, r, owner, "redshift", describeForm)
			return r
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := d.send(t, way(t))
			if a.status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.text)
			}
			if a.header.Get("Content-Type") != "text/xml" || a.header.Get("X-Amzn-RequestId") != "request-1" {
				t.Errorf("got headers %v", a.header)
			}
			if id := a.root.child("ResponseMetadata").child("RequestId").Text; id != "request-1" {
				t.Errorf("got request id %q", id)
			}
			cluster := a.root.child("DescribeClustersResult").child("Clusters").child("Cluster")
			for name, want := range map[string]string{
				"ClusterIdentifier": "c", "VpcId": owner, "AvailabilityZone": "eu-west-1", "MasterUsername": keyOf(owner).ARN,
			} {
				if got := cluster.child(name).Text; got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestNotHealthy tells nobody why.
func TestNotHealthy(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	NewServer(Config{Healthy: func() error { return errors.New("/data is full") }}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if answer.Code != http.StatusServiceUnavailable || strings.Contains(answer.Body.String(), "/data") {
		t.Errorf("got %d %q", answer.Code, answer.Body)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	response, err := d.Client().Get(d.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || string(text) != "ok\n" {
		t.Errorf("got %d %q, %v", response.StatusCode, text, err)
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing, func(c *Config) { c.RequestID = nil })
	first, second := d.post(t, owner, "redshift", describeForm), d.post(t, owner, "redshift", describeForm)
	one, two := first.header.Get("X-Amzn-RequestId"), second.header.Get("X-Amzn-RequestId")
	if len(one) != 36 || one == two {
		t.Errorf("got request ids %q and %q", one, two)
	}
}

func TestHandlerErrors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		err    error
		status int
		code   string
		blame  string
		logged string // in the operator's log
	}{
		{"fault", redshift.ClusterNotFound("Cluster c not found."), 404, "ClusterNotFound", "Sender", ""},
		{"wrapped_fault", errors.Join(redshift.InvalidRestore("no")), 406, "InvalidRestore", "Sender", ""},
		{"trouble_of_ours", errors.New("open /var/lib/secret: no space"), 500, "InternalFailure", "Receiver", "no space"},
		{"panic", nil, 500, "InternalFailure", "Receiver", "a bug of ours"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := openDoor(t, []api.Operation{
				redshift.DescribeClustersOperation.Bind(func(context.Context, api.Caller, *redshift.DescribeClustersMessage) (*redshift.ClustersMessage, error) {
					if c.err == nil {
						panic("a bug of ours")
					}
					return nil, c.err
				}),
			})
			a := d.post(t, owner, "redshift", describeForm)
			if a.status != c.status || a.code() != c.code || a.root.child("Error").child("Type").Text != c.blame {
				t.Errorf("got %d %s", a.status, a.text)
			}
			if a.root.child("RequestId").Text != "request-1" || a.header.Get("X-Amzn-RequestId") != "request-1" {
				t.Errorf("got no request id: %v %s", a.header, a.text)
			}
			d.Close() // the log is complete once every request has ended
			if c.logged != "" && (strings.Contains(a.text, c.logged) || !strings.Contains(d.log.String(), c.logged)) {
				t.Errorf("%q belongs in the log and nowhere else; the caller got\n%s\nthe log has\n%s", c.logged, a.text, d.log)
			}
		})
	}
}

// ofOwner requires a cluster of the owner's, which policies of other accounts do not rule.
func ofOwner(operation api.Operation, cluster func(input any) string) api.Operation {
	operation.Permissions = func(_ context.Context, caller api.Caller, input any) ([]policy.Request, error) {
		request := caller.Request("redshift:"+operation.Name, "arn:aws:redshift:us-east-1:"+owner+":cluster:"+cluster(input))
		request.Owner = owner
		return []policy.Request{request}, nil
	}
	return operation
}

func describingOwners() api.Operation {
	return ofOwner(redshift.DescribeClustersOperation.Bind(describe), func(input any) string { return input.(*redshift.DescribeClustersMessage).ClusterIdentifier })
}

func TestPoliciesDecideOnTheDecodedInput(t *testing.T) {
	t.Parallel()
	d := openDoor(t, []api.Operation{describingOwners()})
	if a := d.post(t, owner, "redshift", describeForm); a.status != 200 {
		t.Errorf("the owner: got %d %s", a.status, a.text)
	}
	a := d.post(t, consumer, "redshift", describeForm)
	want := "User: arn:aws:iam::222222222222:root is not authorized to perform: redshift:DescribeClusters on resource: arn:aws:redshift:us-east-1:111111111111:cluster:c"
	if a.status != 403 || a.code() != "AccessDenied" || a.message() != want {
		t.Errorf("got %d %s", a.status, a.text)
	}
	d.Close() // the log is complete once every request has ended
	if !strings.Contains(d.log.String(), "denied: no resource-based policy allows") {
		t.Errorf("the log does not say what decided: %s", d.log)
	}
}

// An operation of which nobody has said what it requires lets nobody in.
func TestNobodyIsLetInWithoutPermissions(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing, func(c *Config) {
		for i := range c.Services[0].Operations {
			c.Services[0].Operations[i].Permissions = nil
		}
	})
	if a := d.post(t, owner, "redshift", describeForm); a.status != 500 || a.code() != "InternalFailure" {
		t.Errorf("got %d %s", a.status, a.text)
	}
}

func TestOperationsHaveTheirOwnRefusals(t *testing.T) {
	t.Parallel()
	describing := describingOwners()
	describing.Refusal = redshift.UnauthorizedOperation("Access Denied.")
	d := openDoor(t, []api.Operation{describing})
	a := d.post(t, consumer, "redshift", describeForm)
	if a.status != 400 || a.code() != "UnauthorizedOperation" || a.message() != "Access Denied." {
		t.Errorf("got %d %s", a.status, a.text)
	}
	d.Close() // the log is complete once every request has ended
	for _, words := range []string{"level=INFO", "action=redshift:DescribeClusters", "resource=arn:aws:redshift:us-east-1:111111111111:cluster:c", "no resource-based policy allows"} {
		if !strings.Contains(d.log.String(), words) {
			t.Errorf("the log does not say %q: %s", words, d.log)
		}
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil)
	a := d.post(t, consumer, "sts", "Action=GetCallerIdentity&Version=2011-06-15")
	result := a.root.child("GetCallerIdentityResult")
	if a.root.XMLName.Space != "https://sts.amazonaws.com/doc/2011-06-15/" || result.child("Account").Text != consumer ||
		result.child("Arn").Text != "arn:aws:iam::222222222222:root" || result.child("UserId").Text != consumer {
		t.Errorf("got %s", a.text)
	}
	a = d.post(t, consumer, "sts", "Action=AssumeRole&Version=2011-06-15")
	if a.status != 400 || a.code() != "UnsupportedOperation" {
		t.Errorf("got %d %s", a.status, a.text)
	}
}

// What the door itself costs: signature, form, XML.
func BenchmarkDoor(b *testing.B) {
	keys := keyring{keyOf(owner).ID: keyOf(owner)}
	rates := Rates{Account: throttle.Rate{PerSecond: 1e9, Burst: 1e9}, Unknown: throttle.Rate{PerSecond: 100, Burst: 1000}}
	server := NewServer(Config{Services: []api.Service{offering(redshift.Table(), describing...)}, Keys: keys, Rates: rates, Now: func() time.Time { return noon }})
	signed := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8480/", nil)
	signed.Header.Set("Content-Type", formType)
	if err := signerOf(owner, "redshift").Sign(signed, []byte(describeForm), noon); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r := signed.Clone(b.Context())
		r.Body = io.NopCloser(strings.NewReader(describeForm))
		recorder := httptest.NewRecorder()
		if server.ServeHTTP(recorder, r); recorder.Code != http.StatusOK {
			b.Fatal(recorder.Body)
		}
	}
}
