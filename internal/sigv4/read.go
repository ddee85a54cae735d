package sigv4

import (
	"cmp"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signature is what a request says about its own signing; nothing of it is proven before Verify.
type Signature struct {
	AccessKeyID   string
	Scope         Scope
	SignedHeaders []string // lower case, ascending
	Token         string   // of temporary credentials
	At            time.Time
	Presigned     bool
	Expires       time.Duration // of a presigned request

	signature []byte
}

// Read finds the signature in the Authorization header or in the query and checks its form.
func Read(r *http.Request) (Signature, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Signature{}, incomplete("the query string cannot be decoded, so its signature cannot be checked")
	}
	authorizations := r.Header.Values("Authorization")
	presigned := query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Signature") || query.Has("X-Amz-Credential")
	switch {
	case len(authorizations) == 0 && !presigned:
		return Signature{}, missing("the request is not signed; sign it with AWS Signature Version 4")
	case len(authorizations) > 0 && presigned:
		return Signature{}, incomplete("the request is signed both in the Authorization header and in the query; use one")
	case len(authorizations) > 1:
		return Signature{}, incomplete("the request has %d Authorization headers; send one", len(authorizations))
	case presigned:
		return readQuery(query, r.Header)
	}
	return readHeader(r.Header, authorizations[0])
}

func readHeader(header http.Header, authorization string) (Signature, error) {
	fields, err := authorizationFields(authorization)
	if err != nil {
		return Signature{}, err
	}
	at, err := headerTime(header)
	if err != nil {
		return Signature{}, err
	}
	s := Signature{At: at, Token: header.Get("X-Amz-Security-Token")}
	return s, s.fill(fields["Credential"], fields["SignedHeaders"], fields["Signature"])
}

// authorizationFields splits "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…".
func authorizationFields(authorization string) (map[string]string, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if name != algorithm {
		return nil, incomplete("the Authorization header begins with %q; only %s is accepted", clip(name), algorithm)
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if _, again := fields[key]; again || !found {
			return nil, incomplete("the Authorization header must be %s Credential=…, SignedHeaders=…, Signature=…", algorithm)
		}
		fields[key] = value
	}
	for _, key := range []string{"Credential", "SignedHeaders", "Signature"} {
		if fields[key] == "" {
			return nil, incomplete("the Authorization header has no %s", key)
		}
	}
	return fields, nil
}

func headerTime(header http.Header) (time.Time, error) {
	if text := header.Get("X-Amz-Date"); text != "" {
		return basicTime("X-Amz-Date header", text)
	}
	text := header.Get("Date")
	if text == "" {
		return time.Time{}, incomplete("the request has neither an X-Amz-Date nor a Date header")
	}
	if at, err := http.ParseTime(text); err == nil {
		return at.UTC(), nil
	}
	return basicTime("Date header", text)
}

func basicTime(where, text string) (time.Time, error) {
	at, err := time.Parse(timeLayout, text)
	if err != nil {
		return time.Time{}, incomplete("the %s is %q; it must look like 20260102T150405Z", where, clip(text))
	}
	return at, nil
}

func readQuery(query url.Values, header http.Header) (Signature, error) {
	required := []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"}
	for _, name := range required {
		if len(query[name]) != 1 || query.Get(name) == "" {
			return Signature{}, incomplete("the presigned request must have %s exactly once", name)
		}
	}
	if name := query.Get("X-Amz-Algorithm"); name != algorithm {
		return Signature{}, incomplete("X-Amz-Algorithm is %q; only %s is accepted", clip(name), algorithm)
	}
	at, err := basicTime("X-Amz-Date parameter", query.Get("X-Amz-Date"))
	if err != nil {
		return Signature{}, err
	}
	expires, err := expiresOf(query)
	if err != nil {
		return Signature{}, err
	}
	s := Signature{
		At: at, Presigned: true, Expires: expires,
		Token: cmp.Or(query.Get("X-Amz-Security-Token"), header.Get("X-Amz-Security-Token")),
	}
	return s, s.fill(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"))
}

// expiresOf: SDKs presign Query requests without X-Amz-Expires; those live as long as a signed header does.
func expiresOf(query url.Values) (time.Duration, error) {
	if !query.Has("X-Amz-Expires") {
		return MaxSkew, nil
	}
	const longest = int(MaxExpires / time.Second)
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil || seconds < 1 || seconds > longest || len(query["X-Amz-Expires"]) > 1 {
		return 0, incomplete("X-Amz-Expires must be, once, a number of seconds from 1 to %d", longest)
	}
	return time.Duration(seconds) * time.Second, nil
}

// fill reads the three parts that header and query have in common. s.At must be known.
func (s *Signature) fill(credential, signedHeaders, signature string) error {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != terminator {
		return incomplete("the credential must be <access key>/<YYYYMMDD>/<region>/<service>/%s", terminator)
	}
	s.AccessKeyID = parts[0]
	s.Scope = Scope{Date: parts[1], Region: parts[2], Service: parts[3]}
	if s.Scope.Date != s.At.Format(dateLayout) {
		return mismatch("the credential's date %q is not the date of the request, %s", clip(s.Scope.Date), s.At.Format(dateLayout))
	}
	s.SignedHeaders = strings.Split(signedHeaders, ";")
	if err := checkSignedHeaders(s.SignedHeaders); err != nil {
		return err
	}
	raw, err := hex.DecodeString(signature)
	if err != nil || len(raw) != 32 {
		return incomplete("the signature must be 64 hexadecimal digits")
	}
	s.signature = raw
	return nil
}

func checkSignedHeaders(names []string) error {
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) || (i > 0 && names[i-1] >= name) {
			return incomplete("the signed headers must be lower-case names in ascending order, parted by semicolons")
		}
	}
	if !slices.Contains(names, "host") {
		return incomplete("the host header must be signed")
	}
	return nil
}

// clip keeps what a refusal repeats short.
func clip(text string) string {
	const limit = 64
	if len(text) > limit {
		return strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return text
}
