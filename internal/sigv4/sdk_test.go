package sigv4

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"
)

var sdkCredentials = aws.Credentials{AccessKeyID: exampleKey, SecretAccessKey: exampleSecret}

// What AWS's own signer signs, we accept; and the same request changed in any one place, we refuse.
func TestAgreesWithTheSDKSigner(t *testing.T) {
	t.Parallel()
	t.Run("in_the_header", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			r, body := drawRequest(t)
			err := v4.NewSigner().SignHTTP(context.Background(), sdkCredentials, r, digest([]byte(body)), "redshift", "eu-west-1", exampleTime)
			if err != nil {
				t.Fatal(err)
			}
			refuseEveryChange(t, r, body)
		})
	})
	t.Run("in_the_query", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			r, body := drawRequest(t)
			query := r.URL.Query()
			query.Set("X-Amz-Expires", strconv.Itoa(rapid.IntRange(1, 604800).Draw(t, "expires")))
			r.URL.RawQuery = query.Encode()
			signed, headers, err := v4.NewSigner().PresignHTTP(context.Background(), sdkCredentials, r, digest([]byte(body)), "redshift", "eu-west-1", exampleTime)
			if err != nil {
				t.Fatal(err)
			}
			if r.URL, err = url.Parse(signed); err != nil {
				t.Fatal(err)
			}
			r.Header = headers
			refuseEveryChange(t, r, body)
		})
	})
}

func drawRequest(t *rapid.T) (r *http.Request, body string) {
	method := rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method")
	path := rapid.SampledFrom([]string{"", "/", "/a", "/a/b%20c/", "/%E1%88%B4", "/a~b.c-d_e"}).Draw(t, "path")
	query := url.Values{}
	for range rapid.IntRange(0, 5).Draw(t, "parameters") {
		query.Add(rapid.String().Draw(t, "name"), rapid.String().Draw(t, "value"))
	}
	if method == "POST" {
		body = rapid.String().Draw(t, "body")
	}
	r, err := http.NewRequest(method, "https://redshift.eu-west-1.amazonaws.com"+path+"?"+query.Encode(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, 3).Draw(t, "headers") {
		name := rapid.SampledFrom([]string{"Content-Type", "X-Custom", "X-Amz-Meta", "Accept"}).Draw(t, "header")
		r.Header.Add(name, rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`).Draw(t, "header value"))
	}
	return r, body
}

func refuseEveryChange(t *rapid.T, r *http.Request, body string) {
	if err := verify(r, body, exampleTime); err != nil {
		t.Fatalf("a well signed request was refused: %v", err)
	}
	for name, change := range changes {
		changed := r.Clone(context.Background())
		if err := verify(changed, change(changed, body), exampleTime); err == nil {
			t.Fatalf("accepted after %s: %s %s %v", name, changed.Method, changed.URL, changed.Header)
		}
	}
}

// changes alter one thing of a request; they give back its body.
var changes = map[string]func(r *http.Request, body string) string{
	"another method":      func(r *http.Request, body string) string { r.Method = "PUT"; return body },
	"another host":        func(r *http.Request, body string) string { r.Host = "example.com"; return body },
	"another path":        func(r *http.Request, body string) string { r.URL.Path += "x"; r.URL.RawPath = ""; return body },
	"another body":        func(r *http.Request, body string) string { return body + " " },
	"one more parameter":  func(r *http.Request, body string) string { r.URL.RawQuery += "&Action=DeleteCluster"; return body },
	"one more amz header": func(r *http.Request, body string) string { r.Header.Set("X-Amz-Other", "1"); return body },
	"another region":      replaceInSignature("eu-west-1", "eu-west-2"),
	"another service":     replaceInSignature("redshift", "sts"),
	"another date":        replaceInSignature("20150830", "20150831"),
	"another hour":        replaceInSignature("T1236", "T1237"),
	"one more signed":     replaceInSignature("SignedHeaders=", "SignedHeaders=accept-language%3B"),
	"another first digit": func(r *http.Request, body string) string { flipDigit(r); return body },
}

// replaceInSignature changes a word of what the request says about its signature, in the header or in the
// query. The access key's name is not among the changes: it only chooses the secret.
func replaceInSignature(old, replacement string) func(*http.Request, string) string {
	return func(r *http.Request, body string) string {
		for _, name := range []string{"Authorization", "X-Amz-Date"} {
			if value := r.Header.Get(name); value != "" {
				r.Header.Set(name, strings.ReplaceAll(value, old, replacement))
			}
		}
		r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, old, replacement)
		return body
	}
}

func flipDigit(r *http.Request) {
	const mark = "Signature="
	flip := func(text string) string {
		at := strings.LastIndex(text, mark)
		if at < 0 {
			return text
		}
		at += len(mark)
		digit := map[bool]string{true: "1", false: "0"}[text[at] == '0']
		return text[:at] + digit + text[at+1:]
	}
	r.Header.Set("Authorization", flip(r.Header.Get("Authorization")))
	if r.Header.Get("Authorization") == "" {
		r.Header.Del("Authorization")
	}
	r.URL.RawQuery = flip(r.URL.RawQuery)
}

func TestPresignedWithoutExpiry(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "GET", "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", "")
	signed, _, err := v4.NewSigner().PresignHTTP(context.Background(), sdkCredentials, r, digest(nil), "sts", "eu-west-1", exampleTime)
	if err != nil {
		t.Fatal(err)
	}
	r = newRequest(t, "GET", signed, "")
	expectCode(t, verify(r, "", exampleTime.Add(15*time.Minute)), "")
	expectCode(t, verify(r, "", exampleTime.Add(15*time.Minute+time.Second)), "RequestExpired")
}

func TestTemporaryCredentialsShowTheirToken(t *testing.T) {
	t.Parallel()
	credentials := sdkCredentials
	credentials.SessionToken = "a token"
	r := newRequest(t, "GET", "https://redshift.eu-west-1.amazonaws.com/?Action=DescribeClusters", "")
	if err := v4.NewSigner().SignHTTP(context.Background(), credentials, r, digest(nil), "redshift", "eu-west-1", exampleTime); err != nil {
		t.Fatal(err)
	}
	signature, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	if signature.Token != "a token" {
		t.Errorf("got token %q", signature.Token)
	}
	if err := verify(r, "", exampleTime.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}
