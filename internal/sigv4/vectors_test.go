package sigv4

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The key, the moment and the signatures below are the ones that AWS publishes in its Signature Version 4
// test suite and in the worked ListUsers example of its documentation.
const (
	exampleKey    = "AKIDEXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var exampleTime = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)

func TestPublishedSignatures(t *testing.T) {
	t.Parallel()
	vectors := []struct {
		name, method, url, service string
		header                     http.Header
		body                       string
		signature                  string
	}{
		{
			name: "get_vanilla", method: "GET", url: "https://example.amazonaws.com/", service: "service",
			signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		},
		{
			name: "post_vanilla", method: "POST", url: "https://example.amazonaws.com/", service: "service",
			signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
		},
		{
			name: "get_vanilla_query_order_key_case", method: "GET", service: "service",
			url:       "https://example.amazonaws.com/?Param2=value2&Param1=value1",
			signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
		},
		{
			name: "get_vanilla_empty_query_key", method: "GET", service: "service",
			url:       "https://example.amazonaws.com/?Param1=value1",
			signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
		},
		{
			name: "get_header_value_trim", method: "GET", url: "https://example.amazonaws.com/", service: "service",
			header:    http.Header{"My-Header1": {" value1"}, "My-Header2": {` "a   b   c"`}},
			signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
		},
		{
			name: "get_header_key_duplicate", method: "GET", url: "https://example.amazonaws.com/", service: "service",
			header:    http.Header{"My-Header1": {"value2", "value2", "value1"}},
			signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
		},
		{
			name: "post_x_www_form_urlencoded", method: "POST", url: "https://example.amazonaws.com/", service: "service",
			header:    http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			body:      "Param1=value1",
			signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
		},
		{
			name: "iam_list_users", method: "GET", service: "iam",
			url:       "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
			header:    http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}},
			signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
		},
	}
	for _, vector := range vectors {
		t.Run(vector.name, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, vector.method, vector.url, vector.body)
			for name, values := range vector.header {
				r.Header[name] = values
			}
			signer := Signer{AccessKeyID: exampleKey, Secret: exampleSecret, Region: "us-east-1", Service: vector.service}
			if err := signer.Sign(r, []byte(vector.body), exampleTime); err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			if got != vector.signature {
				t.Errorf("got signature %s, want %s", got, vector.signature)
			}
			if err := verify(r, vector.body, exampleTime); err != nil {
				t.Errorf("the published request was refused: %v", err)
			}
		})
	}
}

func TestPublishedSigningKey(t *testing.T) {
	t.Parallel()
	scope := Scope{Date: "20150830", Region: "us-east-1", Service: "iam"}
	got := hex.EncodeToString(scope.signingKey(exampleSecret))
	if want := "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func newRequest(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verify(r *http.Request, body string, now time.Time) error {
	signature, err := Read(r)
	if err != nil {
		return err
	}
	return signature.Verify(r, []byte(body), exampleSecret, now)
}
