package awsapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipher/internal/api/redshift"
)

func TestRefusedForms(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing)
	cases := []struct {
		name    string
		form    string
		status  int
		code    string
		message string // part of it
	}{
		{"no_action", "Version=2012-12-01", 400, "MissingAction", "no Action"},
		{"empty_form", "", 400, "MissingAction", "no Action"},
		{"empty_action", "Action=&Version=2012-12-01", 400, "MissingAction", "no Action"},
		{"unknown_action", "Action=DescribeCluster&Version=2012-12-01", 400, "InvalidAction", "did you mean DescribeClusters?"},
		{"action_of_nothing", "Action=%00%ff&Version=2012-12-01", 400, "InvalidAction", "no operation"},
		{"no_version", "Action=DescribeClusters", 400, "InvalidAction", "version 2012-12-01"},
		{"another_version", "Action=DescribeClusters&Version=2011-06-15", 400, "InvalidAction", "Version=2011-06-15"},
		{"not_offered", "Action=DescribeReservedNodes&Version=2012-12-01", 400, "UnsupportedOperation", "does not offer DescribeReservedNodes yet"},
		{"wrong_type", describeForm + "&MaxRecords=x", 400, "InvalidParameterValue", "MaxRecords"},
		{"action_twice", describeForm + "&Action=DescribeClusters", 400, "InvalidQueryParameter", "Action is given 2 times"},
		{"malformed_percent", describeForm + "&a=%zz", 404, "MalformedQueryString", "well-formed"},
		{"semicolons", describeForm + ";a=b", 404, "MalformedQueryString", "well-formed"},
		{"too_many_parameters", describeForm + strings.Repeat("&a=1", maxParameters), 404, "MalformedQueryString", "10000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, d.post(t, owner, "redshift", c.form), c.status, c.code, c.message)
		})
	}
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing)
	signed := func(change func(r *http.Request)) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			r := d.request(t, http.MethodPost, "/", describeForm)
			signFor(t, r, owner, "redshift", describeForm)
			change(r)
			return r
		}
	}
	signedBy := func(account, region, service string, at time.Time) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			signer := signerOf(account, service)
			signer.Region = region
			r := d.request(t, http.MethodPost, "/", describeForm)
			if err := signer.Sign(r, []byte(describeForm), at); err != nil {
				t.Fatal(err)
			}
			return r
		}
	}
	before := func(method, target, contentType, body string, header ...string) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			r := d.request(t, method, target, body)
			if contentType != "" {
				r.Header.Set("Content-Type", contentType)
			}
			for i := 0; i+1 < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			signFor(t, r, owner, "redshift", body)
			return r
		}
	}
	cases := []struct {
		name    string
		request func(*testing.T) *http.Request
		status  int
		code    string
		message string
	}{
		{"unsigned", signed(func(r *http.Request) { r.Header.Del("Authorization") }), 403, "MissingAuthenticationToken", "not signed"},
		{"basic_authentication", signed(func(r *http.Request) { r.SetBasicAuth("u", "p") }), 400, "IncompleteSignature", "Basic"},
		{"unknown_key", signedBy("333333333333", "us-east-1", "redshift", noon), 403, "InvalidClientTokenId", "does not exist"},
		{"secret_of_another", signed(func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), owner, consumer, 1))
		}), 403, "SignatureDoesNotMatch", "does not match"},
		{"replayed_too_late", signedBy(owner, "us-east-1", "redshift", noon.Add(-15*time.Minute-time.Second)), 400, "RequestExpired", "expired at"},
		{"from_the_future", signedBy(owner, "us-east-1", "redshift", noon.Add(16*time.Minute)), 400, "RequestExpired", "clocks"},
		{"another_service", signedBy(owner, "us-east-1", "sns", noon), 400, "UnsupportedOperation", "does not offer the service \"sns\"; it answers redshift, sts"},
		{"no_region", signedBy(owner, "Mars", "redshift", noon), 403, "SignatureDoesNotMatch", "not a region"},
		{"token_with_a_long_term_key", before("POST", "/", "", describeForm, "X-Amz-Security-Token", "t"), 403, "InvalidClientTokenId", "security token"},
		{"json", before("POST", "/", "application/x-amz-json-1.1", "{}"), 404, "MalformedQueryString", "application/x-amz-json-1.1"},
		{"unreadable_content_type", before("POST", "/", ";;;", describeForm), 404, "MalformedQueryString", "Content-Type"},
		{"another_path", before("POST", "/clusters", "", describeForm), 404, "InvalidAction", "answers at /"},
		{"another_method", before("PUT", "/", "", describeForm), 405, "InvalidAction", "PUT"},
		{"malformed_query", signed(func(r *http.Request) { r.URL.RawQuery = "Action=%zz" }), 400, "IncompleteSignature", "cannot be decoded"},
		{"oversized_body", before("POST", "/", "", "Action="+strings.Repeat("a", maxBody)), 413, "RequestEntityTooLarge", "1048576"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expectRefusal(t, d.send(t, c.request(t)), c.status, c.code, c.message)
		})
	}
}

// A signed request changed on its way is refused, and nothing is called.
func TestTamperedBody(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing)
	r := d.request(t, http.MethodPost, "/", strings.Replace(describeForm, "=c", "=d", 1))
	signFor(t, r, owner, "redshift", describeForm)
	expectRefusal(t, d.send(t, r), 403, "SignatureDoesNotMatch", "does not match")
}

func TestPresignedExpires(t *testing.T) {
	t.Parallel()
	d := openDoor(t, describing)
	r := d.request(t, http.MethodGet, "/?"+describeForm, "")
	if err := signerOf(owner, "redshift").Presign(r, nil, noon.Add(-time.Hour), 59*time.Minute); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, d.send(t, r), 400, "RequestExpired", "expired at 2026-01-02T11:59:00Z")
}

// A refusal shows neither secrets nor passwords, and the log shows no parameters.
func TestPasswordsStayIn(t *testing.T) {
	t.Parallel()
	d := openDoor(t, offeringAll(redshift.Table()).Operations)
	a := d.post(t, owner, "redshift", "Action=CreateCluster&Version=2012-12-01&ClusterIdentifier=c&NodeType=n&MasterUsername=u&MasterUserPassword=hunter2%00")
	expectRefusal(t, a, 400, "InvalidParameterValue", "MasterUserPassword")
	d.Close()
	for _, text := range []string{a.text, d.log.String()} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, keyOf(owner).Secret) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
	if !strings.Contains(d.log.String(), "operation=CreateCluster") {
		t.Errorf("the access log lacks the request: %s", d.log)
	}
}

func expectRefusal(t *testing.T, a answer, status int, code, message string) {
	t.Helper()
	got := fmt.Sprintf("%d %s: %s", a.status, a.code(), a.message())
	if a.status != status || a.code() != code || !strings.Contains(a.message(), message) {
		t.Errorf("got %s, want %d %s with %q", got, status, code, message)
	}
	if a.header.Get("Content-Type") != "text/xml" || a.header.Get("X-Amzn-RequestId") != a.root.child("RequestId").Text {
		t.Errorf("got headers %v for %s", a.header, a.text)
	}
}
