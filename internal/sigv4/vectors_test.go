package sigv4

import (
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The key, the moment and the signatures below are the ones that AWS publishes in its Signature Version 4
// test suite (see testdata/aws.txt) and in the worked ListUsers example of its documentation.
const (
	exampleKey    = "AKIDEXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var exampleTime = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)

func TestPublishedRequestIsSigned(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	signer := Signer{AccessKeyID: exampleKey, Secret: exampleSecret, Region: "us-east-1", Service: "iam"}
	if err := signer.Sign(r, nil, exampleTime); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	if want := "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"; got != want {
		t.Errorf("got signature %s, want %s", got, want)
	}
	if err := verify(r, "", exampleTime); err != nil {
		t.Errorf("the published request was refused: %v", err)
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
