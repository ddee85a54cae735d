package sigv4

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	const hex64 = "00000000000000000000000000000000000000000000000000000000000000ff"
	const goodHeader = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/redshift/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + hex64
	const goodQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fredshift%2Faws4_request" +
		"&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=" + hex64
	header := func(old, replacement string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(goodHeader, old, replacement, 1))
		}
	}
	query := func(old, replacement string) func(*http.Request) {
		return func(r *http.Request) { r.URL.RawQuery = strings.Replace(goodQuery, old, replacement, 1) }
	}
	cases := []struct {
		name    string
		prepare func(*http.Request)
		code    string
	}{
		{"unsigned", func(r *http.Request) {}, "MissingAuthenticationToken"},
		{"header_with_a_wrong_signature", header("", ""), "SignatureDoesNotMatch"},
		{"query_with_a_wrong_signature", query("", ""), "SignatureDoesNotMatch"},
		{"both_header_and_query", func(r *http.Request) { header("", "")(r); query("", "")(r) }, "IncompleteSignature"},
		{"two_authorization_headers", func(r *http.Request) { header("", "")(r); r.Header.Add("Authorization", "x") }, "IncompleteSignature"},
		{"basic_authentication", header(goodHeader, "Basic dXNlcjpwYXNz"), "IncompleteSignature"},
		{"another_algorithm", header("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), "IncompleteSignature"},
		{"only_the_algorithm", header(goodHeader, "AWS4-HMAC-SHA256"), "IncompleteSignature"},
		{"no_credential", header("Credential=", "Cred="), "IncompleteSignature"},
		{"no_signed_headers", header("SignedHeaders=host;x-amz-date, ", ""), "IncompleteSignature"},
		{"no_signature", header(", Signature="+hex64, ""), "IncompleteSignature"},
		{"repeated_field", header("Signature=", "Credential=x, Signature="), "IncompleteSignature"},
		{"short_signature", header("00ff", "ff"), "IncompleteSignature"},
		{"signature_not_hexadecimal", header("00ff", "00fg"), "IncompleteSignature"},
		{"credential_without_a_region", header("us-east-1/", ""), "IncompleteSignature"},
		{"credential_with_an_empty_part", header("us-east-1", ""), "IncompleteSignature"},
		{"another_terminator", header("aws4_request", "aws5_request"), "IncompleteSignature"},
		{"host_not_signed", header("host;", ""), "IncompleteSignature"},
		{"unsorted_signed_headers", header("host;x-amz-date", "x-amz-date;host"), "IncompleteSignature"},
		{"upper_case_signed_headers", header("host;", "Host;host;"), "IncompleteSignature"},
		{"date_of_another_day", header("20150830", "20150829"), "SignatureDoesNotMatch"},
		{"no_date", func(r *http.Request) { header("", "")(r); r.Header.Del("X-Amz-Date") }, "IncompleteSignature"},
		{"malformed_date", func(r *http.Request) { header("", "")(r); r.Header.Set("X-Amz-Date", "yesterday") }, "IncompleteSignature"},
		{"amz_header_not_signed", func(r *http.Request) { header("", "")(r); r.Header.Set("X-Amz-Extra", "1") }, "SignatureDoesNotMatch"},
		{"signed_header_not_sent", header("host;", "host;x-absent;"), "SignatureDoesNotMatch"},
		{"presigned_for_too_long", query("Expires=60", "Expires=604801"), "IncompleteSignature"},
		{"presigned_for_no_time", query("Expires=60", "Expires=0"), "IncompleteSignature"},
		{"presigned_with_two_lives", query("Expires=60", "Expires=60&X-Amz-Expires=61"), "IncompleteSignature"},
		{"presigned_twice", query("X-Amz-Signature", "X-Amz-Signature=1&X-Amz-Signature"), "IncompleteSignature"},
		{"presigned_with_another_algorithm", query("HMAC-SHA256", "HMAC-SHA1"), "IncompleteSignature"},
		{"undecodable_query", query("Expires=60", "Expires=%6"), "IncompleteSignature"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, "GET", "https://redshift.us-east-1.amazonaws.com/", "")
			r.Header.Set("X-Amz-Date", "20150830T123600Z")
			if c.prepare(r); r.URL.RawQuery != "" {
				r.Header.Del("X-Amz-Date")
			}
			expectCode(t, verify(r, "", exampleTime), c.code)
		})
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	signer := Signer{AccessKeyID: exampleKey, Secret: exampleSecret, Region: "us-east-1", Service: "redshift"}
	cases := []struct {
		name    string
		presign time.Duration // zero: signed in the header
		now     time.Duration // after signing
		code    string
	}{
		{name: "header_at_once"},
		{name: "header_15_minutes_late", now: 15 * time.Minute},
		{name: "header_15_minutes_early", now: -15 * time.Minute},
		{name: "header_replayed_too_late", now: 15*time.Minute + time.Second, code: "RequestExpired"},
		{name: "header_from_the_future", now: -15*time.Minute - time.Second, code: "RequestExpired"},
		{name: "presigned_at_its_last_second", presign: time.Minute, now: time.Minute},
		{name: "presigned_after_its_last_second", presign: time.Minute, now: time.Minute + time.Second, code: "RequestExpired"},
		{name: "presigned_for_a_week", presign: MaxExpires, now: 6 * 24 * time.Hour},
		{name: "presigned_from_the_future", presign: time.Hour, now: -16 * time.Minute, code: "RequestExpired"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, "GET", "https://redshift.us-east-1.amazonaws.com/?Action=DescribeClusters", "")
			var err error
			if c.presign > 0 {
				err = signer.Presign(r, nil, exampleTime, c.presign)
			} else {
				err = signer.Sign(r, nil, exampleTime)
			}
			if err != nil {
				t.Fatal(err)
			}
			expectCode(t, verify(r, "", exampleTime.Add(c.now)), c.code)
		})
	}
}

func TestBodyHash(t *testing.T) {
	t.Parallel()
	signer := Signer{AccessKeyID: exampleKey, Secret: exampleSecret, Region: "us-east-1", Service: "redshift"}
	cases := []struct{ name, header, code string }{
		{"absent", "", ""},
		{"of_this_body", digest([]byte("body")), ""},
		{"of_another_body", digest([]byte("other")), "SignatureDoesNotMatch"},
		{"unsigned_payload", "UNSIGNED-PAYLOAD", "SignatureDoesNotMatch"},
		{"streaming_payload", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "SignatureDoesNotMatch"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, "POST", "https://redshift.us-east-1.amazonaws.com/", "body")
			if c.header != "" {
				r.Header.Set("X-Amz-Content-Sha256", c.header)
			}
			if err := signer.Sign(r, []byte("body"), exampleTime); err != nil {
				t.Fatal(err)
			}
			expectCode(t, verify(r, "body", exampleTime), c.code)
		})
	}
}

// The Date header serves when there is no X-Amz-Date.
func TestDateHeader(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "GET", "https://redshift.us-east-1.amazonaws.com/", "")
	r.Header.Set("Date", exampleTime.Format(http.TimeFormat))
	scope := Scope{Date: "20150830", Region: "us-east-1", Service: "redshift"}
	canonical, err := canonicalRequest(r, []string{"date", "host"}, digest(nil))
	if err != nil {
		t.Fatal(err)
	}
	signature := Signature{At: exampleTime, Scope: scope, SignedHeaders: []string{"date", "host"}, signature: sign(canonical, exampleTime, scope, exampleSecret)}
	if err := signature.Verify(r, nil, exampleSecret, exampleTime); err != nil {
		t.Error(err)
	}
	if at, err := headerTime(r.Header); err != nil || !at.Equal(exampleTime) {
		t.Errorf("got %v, %v; want %v", at, err, exampleTime)
	}
}

func TestPathsAreNormalised(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":            "/",
		"//":          "/",
		"/a/../b":     "/b",
		"/./a//b/":    "/a/b/",
		"/a%20b":      "/a%2520b",
		"/..":         "/",
		"/%2e%2e/a~b": "/%252e%252e/a~b",
	} {
		r := newRequest(t, "GET", "https://example.com"+given, "")
		if got := canonicalPath(r.URL); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func expectCode(t *testing.T, err error, want string) {
	t.Helper()
	var refusal *Error
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v, want acceptance", err)
	case want != "" && !errors.As(err, &refusal):
		t.Errorf("got %v, want %s", err, want)
	case want != "" && refusal.Code != want:
		t.Errorf("got %v, want %s", err, want)
	}
}

func FuzzAuthorizationHeader(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature="+
		"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", "Action=A")
	f.Add("AWS4-HMAC-SHA256 ,,,===", "%")
	f.Add("", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=9999999999999999999999")
	f.Fuzz(func(t *testing.T, authorization, query string) {
		r := newRequest(t, "GET", "https://example.com/", "")
		r.URL.RawQuery = query
		r.Header.Set("X-Amz-Date", "20150830T123600Z")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if err := verify(r, "", exampleTime); err == nil {
			t.Errorf("accepted %q, %q", authorization, query)
		} else if refusal := (*Error)(nil); !errors.As(err, &refusal) {
			t.Errorf("%v has no code", err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	const body = "Action=AuthorizeSnapshotAccess&Version=2012-12-01&SnapshotIdentifier=s&AccountWithRestoreAccess=222222222222"
	r := newRequest(b, "POST", "https://redshift.us-east-1.amazonaws.com/", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	signer := Signer{AccessKeyID: exampleKey, Secret: exampleSecret, Region: "us-east-1", Service: "redshift"}
	if err := signer.Sign(r, []byte(body), exampleTime); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := verify(r, body, exampleTime); err != nil {
			b.Fatal(err)
		}
	}
}
