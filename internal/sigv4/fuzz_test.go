package sigv4

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// FuzzRead reads what no client would send. Whatever is taken for a signature has every part, in its form.
func FuzzRead(f *testing.F) {
	for _, v := range vectors(f) {
		if r, err := verifyWire(v.byHeader()); err == nil {
			f.Add(r.Header.Get("Authorization"), r.Header.Get("X-Amz-Date"), r.URL.RawQuery)
		}
		if r, err := verifyWire(v.byQuery()); err == nil {
			f.Add("", "", r.URL.RawQuery)
		}
	}
	f.Add("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request,SignedHeaders=host,,Signature==", "20150830T123600Z", "%")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query}, Host: "example.amazonaws.com", Header: http.Header{}}
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		if date != "" {
			r.Header.Set("X-Amz-Date", date)
		}
		s, err := Read(r)
		if err != nil {
			if refusal := new(Error); !errors.As(err, &refusal) {
				t.Errorf("refused by %T: %v", err, err)
			}
			return
		}
		if s.AccessKeyID == "" || s.Scope.Region == "" || s.Scope.Service == "" || len(s.Scope.Date) != len(dateLayout) || len(s.signature) != 32 ||
			!slices.IsSorted(s.SignedHeaders) || !slices.Contains(s.SignedHeaders, "host") || s.Presigned && (s.Expires <= 0 || s.Expires > MaxExpires) {
			t.Errorf("taken for a signature: %+v", s)
		}
		if err := s.Verify(r, nil, exampleSecret, exampleTime); err == nil && !published(t, meaning(t, r)) {
			t.Error("it verifies, and nobody signed it")
		}
	})
}

// FuzzVerify alters the published requests at will. What verifies is what was signed.
func FuzzVerify(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.byHeader())
		if v.presigned != "" {
			f.Add(v.byQuery())
		}
	}
	f.Fuzz(func(t *testing.T, wire string) {
		r, err := verifyWire(wire)
		if err == nil && !published(t, meaning(t, r)) {
			t.Errorf("it verifies, and nobody signed it:\n%s", wire)
		}
	})
}

func published(t testing.TB, meant string) bool {
	t.Helper()
	for _, v := range vectors(t) {
		for _, wire := range []string{v.byHeader(), v.byQuery()} {
			if r, err := verifyWire(wire); err == nil && meaning(t, r) == meant {
				return true
			}
		}
	}
	return false
}
