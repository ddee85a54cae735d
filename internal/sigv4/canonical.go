package sigv4

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// canonicalRequest writes the request in the one form that signer and verifier hash.
func canonicalRequest(r *http.Request, signedHeaders []string, payloadHash string) (string, error) {
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	headers, err := canonicalHeaders(r, signedHeaders)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		r.Method,
		canonicalPath(r.URL),
		query,
		headers,
		strings.Join(signedHeaders, ";"),
		payloadHash,
	}, "\n"), nil
}

// canonicalPath removes dot segments and doubled slashes and encodes the already encoded path once more,
// as every service but S3 does.
func canonicalPath(u *url.URL) string {
	escaped := u.EscapedPath()
	if escaped == "" {
		return "/"
	}
	clean := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	return encode(clean, "/")
}

func canonicalQuery(raw string) (string, error) {
	type pair struct{ name, value string }
	var pairs []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return "", incomplete("the query string cannot be decoded, so its signature cannot be checked")
		}
		if name != "X-Amz-Signature" {
			pairs = append(pairs, pair{encode(name, ""), encode(value, "")})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if order := strings.Compare(a.name, b.name); order != 0 {
			return order
		}
		return strings.Compare(a.value, b.value)
	})
	var text strings.Builder
	for i, p := range pairs {
		if i > 0 {
			text.WriteByte('&')
		}
		text.WriteString(p.name + "=" + p.value)
	}
	return text.String(), nil
}

// canonicalHeaders writes one line for each signed header: its values trimmed, with inner runs of spaces
// folded, joined by commas.
func canonicalHeaders(r *http.Request, signedHeaders []string) (string, error) {
	var text strings.Builder
	for _, name := range signedHeaders {
		values := headerValues(r, name)
		if len(values) == 0 {
			return "", mismatch("the header %q is signed but not in the request", clip(name))
		}
		folded := make([]string, len(values))
		for i, value := range values {
			folded[i] = strings.Join(strings.FieldsFunc(value, isBlank), " ")
		}
		text.WriteString(name + ":" + strings.Join(folded, ",") + "\n")
	}
	return text.String(), nil
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// headerValues knows the two headers that net/http keeps outside the header map.
func headerValues(r *http.Request, name string) []string {
	values := r.Header.Values(name)
	switch {
	case name == "host" && r.Host != "":
		return []string{r.Host}
	case name == "host":
		return []string{r.URL.Host}
	case name == "content-length" && len(values) == 0 && r.ContentLength >= 0:
		return []string{strconv.FormatInt(r.ContentLength, 10)}
	}
	return values
}

const upperHex = "0123456789ABCDEF"

// encode is URI encoding as Signature Version 4 wants it: everything but the unreserved characters, and
// those in keep, becomes %XX in upper case.
func encode(text, keep string) string {
	var out strings.Builder
	out.Grow(len(text))
	for i := range len(text) {
		c := text[i]
		if isUnreserved(c) || strings.IndexByte(keep, c) >= 0 {
			out.WriteByte(c)
			continue
		}
		out.WriteByte('%')
		out.WriteByte(upperHex[c>>4])
		out.WriteByte(upperHex[c&15])
	}
	return out.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0
}
