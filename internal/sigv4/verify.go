package sigv4

import (
	"crypto/hmac"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Verify tells whether the holder of the secret signed this very request and body, recently enough.
func (s Signature) Verify(r *http.Request, body []byte, secret string, now time.Time) error {
	if err := s.checkTime(now); err != nil {
		return err
	}
	if err := s.checkAmzHeaders(r.Header); err != nil {
		return err
	}
	hash := digest(body)
	if claimed := r.Header.Values("X-Amz-Content-Sha256"); len(claimed) > 0 && !slices.Equal(claimed, []string{hash}) {
		return mismatch("X-Amz-Content-Sha256 is not the SHA-256 of the body; unsigned and streamed payloads are for S3 only")
	}
	canonical, err := canonicalRequest(r, s.SignedHeaders, hash)
	if err != nil {
		return err
	}
	if !hmac.Equal(s.signature, sign(canonical, s.At, s.Scope, secret)) {
		return mismatch("the request signature we calculated does not match the signature you provided; check your secret access key and signing method")
	}
	return nil
}

func (s Signature) checkTime(now time.Time) error {
	const shown = time.RFC3339
	if s.At.After(now.Add(MaxSkew)) {
		return expired("the request is signed for %s, which is still to come: it is now %s; check the clocks",
			s.At.Format(shown), now.UTC().Format(shown))
	}
	end := s.At.Add(MaxSkew)
	if s.Presigned {
		end = s.At.Add(s.Expires)
	}
	if now.After(end) {
		return expired("the signature of %s expired at %s; it is now %s",
			s.At.Format(shown), end.Format(shown), now.UTC().Format(shown))
	}
	return nil
}

// checkAmzHeaders: an x-amz-* header that is not signed could have been added on the way.
func (s Signature) checkAmzHeaders(header http.Header) error {
	for name := range header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(s.SignedHeaders, name) {
			return mismatch("the header %q is in the request but not signed", clip(name))
		}
	}
	return nil
}
