package sigv4

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer signs requests with one access key for one service in one region.
type Signer struct {
	AccessKeyID string
	Secret      string
	Region      string
	Service     string
}

func (s Signer) scope(at time.Time) Scope {
	return Scope{Date: at.UTC().Format(dateLayout), Region: s.Region, Service: s.Service}
}

// Sign adds X-Amz-Date and Authorization. It signs the host and every header already set.
func (s Signer) Sign(r *http.Request, body []byte, at time.Time) error {
	r.Header.Set("X-Amz-Date", at.UTC().Format(timeLayout))
	r.Header.Del("Authorization")
	signed := append(make([]string, 0, 1+len(r.Header)), "host")
	for name := range r.Header {
		signed = append(signed, strings.ToLower(name))
	}
	slices.Sort(signed)
	canonical, err := canonicalRequest(r, signed, digest(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%x", algorithm,
		s.AccessKeyID, s.scope(at), strings.Join(signed, ";"), sign(canonical, at, s.scope(at), s.Secret)))
	return nil
}

// Presign adds the signature to the query, signing the host only.
func (s Signer) Presign(r *http.Request, body []byte, at time.Time, expires time.Duration) error {
	query := r.URL.Query()
	for name, value := range map[string]string{
		"X-Amz-Algorithm":     algorithm,
		"X-Amz-Credential":    s.AccessKeyID + "/" + s.scope(at).String(),
		"X-Amz-Date":          at.UTC().Format(timeLayout),
		"X-Amz-Expires":       strconv.Itoa(int(expires / time.Second)),
		"X-Amz-SignedHeaders": "host",
	} {
		query.Set(name, value)
	}
	r.URL.RawQuery = query.Encode()
	canonical, err := canonicalRequest(r, []string{"host"}, digest(body))
	if err != nil {
		return err
	}
	signature := hex.EncodeToString(sign(canonical, at, s.scope(at), s.Secret))
	r.URL.RawQuery += "&X-Amz-Signature=" + url.QueryEscape(signature)
	return nil
}
