package sigv4

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// vector is one request of testdata/aws.txt.
type vector struct {
	name, line string
	headers    []string
	signed     string // the signed headers, where they are not all
	signature  string
	presigned  string
	body       string
	refused    string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/aws.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	for block := range strings.SplitSeq(string(text), "\n\n") {
		if lines := strings.Split(strings.TrimSpace(block), "\n"); !strings.HasPrefix(lines[0], "#") {
			all = append(all, readVector(lines))
		}
	}
	return all
}

func readVector(lines []string) vector {
	v := vector{name: lines[0], line: lines[1]}
	for _, line := range lines[2:] {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "signature":
			v.signature = rest
		case "presigned":
			v.presigned = rest
		case "signed":
			v.signed = rest
		case "body":
			v.body = rest
		case "refused":
			v.refused = rest
		default:
			v.headers = append(v.headers, line)
		}
	}
	return v
}

func (v vector) signedHeaders(more ...string) string {
	names := append([]string{"host"}, more...)
	for _, line := range v.headers {
		if name, _, found := strings.Cut(line, ":"); found {
			names = append(names, strings.ToLower(name))
		}
	}
	slices.Sort(names)
	return cmp.Or(v.signed, strings.Join(slices.Compact(names), ";"))
}

const credential = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"

// byHeader is the request as it comes over the wire with the signature in its Authorization header.
func (v vector) byHeader() string {
	return v.wire(v.line, "X-Amz-Date:20150830T123600Z", "Authorization: AWS4-HMAC-SHA256 Credential="+credential+
		", SignedHeaders="+v.signedHeaders("x-amz-date")+", Signature="+v.signature)
}

// byQuery is the request with the signature in its query. The suite leaves in it the X-Amz-Date header of the request that was not signed yet.
func (v vector) byQuery() string {
	parted := "?"
	if strings.Contains(v.line, "?") {
		parted = "&"
	}
	return v.wire(v.line + parted + "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + strings.ReplaceAll(credential, "/", "%2F") +
		"&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=" + strings.ReplaceAll(v.signedHeaders(), ";", "%3B") + "&X-Amz-Expires=3600&X-Amz-Signature=" + v.presigned)
}

func (v vector) wire(line string, more ...string) string {
	headers := append(append([]string{"Host:example.amazonaws.com"}, v.headers...), more...)
	if v.body != "" {
		headers = append(headers, fmt.Sprint("Content-Length:", len(v.body)))
	}
	return line + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + v.body
}

// verifyWire does what the door does with a request from the wire.
func verifyWire(wire string) (*http.Request, error) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return r, verify(r, string(body), exampleTime)
}

func TestSuiteOfAWS(t *testing.T) {
	t.Parallel()
	all := vectors(t)
	if len(all) < 30 {
		t.Fatalf("there are %d vectors only", len(all))
	}
	for _, v := range all {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			requests := map[string]string{"header": v.byHeader()}
			if v.presigned != "" {
				requests["query"] = v.byQuery()
			}
			for kind, wire := range requests {
				_, err := verifyWire(wire)
				if v.refused == "" && err != nil {
					t.Errorf("signed in the %s: %v", kind, err)
				}
				if v.refused != "" && err == nil {
					t.Errorf("signed in the %s: it verifies, although %s", kind, v.refused)
				}
			}
		})
	}
}

// As published, the presigned requests have a header that nobody signed.
func TestPresignedRequestWithADateHeader(t *testing.T) {
	t.Parallel()
	v := vectors(t)[0]
	wire := strings.Replace(v.byQuery(), "\r\n\r\n", "\r\nX-Amz-Date:20150830T123600Z\r\n\r\n", 1)
	if _, err := verifyWire(wire); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Errorf("got %v", err)
	}
}

// Whatever is altered in a signed request, it does not verify any more.
func TestAlteredRequestsAreRefused(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if v.refused != "" {
			continue
		}
		requests := []string{v.byHeader()}
		if v.presigned != "" {
			requests = append(requests, v.byQuery())
		}
		for _, wire := range requests {
			alter(t, v.name, wire)
		}
	}
}

// alter replaces each byte of the request by another one, in turn.
func alter(t *testing.T, name, wire string) {
	t.Helper()
	original, err := verifyWire(wire)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	want := meaning(t, original)
	for i := range wire {
		for _, other := range []byte{wire[i] ^ 1, wire[i] ^ 0x20, ' '} {
			altered := wire[:i] + string(rune(other)) + wire[i+1:]
			if r, err := verifyWire(altered); err == nil && meaning(t, r) != want {
				t.Errorf("%s: it verifies with %q at %d:\n%s", name, other, i, altered)
			}
		}
	}
}

// meaning is what was signed: requests that differ in what the canonical form leaves out, such as the order of parameters, mean the same.
func meaning(t testing.TB, r *http.Request) string {
	t.Helper()
	s, err := Read(r)
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := canonicalRequest(r, s.SignedHeaders, "")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s\n%x", canonical, s.signature)
}
