package installation

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// AuthorityName is what the certificates that an installation makes for itself have as their issuer.
const AuthorityName = "slipher certificate authority"

// EndpointName is what they are for.
const EndpointName = "slipher"

// CheckAuthority says what is wrong with the certificate authority of the folder, which nobody but slipher writes, in words on what to do.
// One that is not there yet, or half made, is well.
func (f Folder) CheckAuthority() error {
	leaf, err := f.checkPair("ca")
	if err == nil && leaf != nil {
		if signed := leaf.CheckSignatureFrom(leaf); signed != nil {
			err = fmt.Errorf("%s is damaged: %w", f.Path("tls", "ca.crt"), signed)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: bring the file back from a copy; or move the folder %s away: the next start makes another authority then, and clients must trust its ca.crt anew",
			err, f.Path("tls"))
	}
	return nil
}

// CheckCertificate says what is wrong with the certificate of the endpoints. The next start makes another, by the same authority.
func (f Folder) CheckCertificate() error {
	leaf, err := f.checkPair("server")
	if err != nil || leaf == nil || leaf.Issuer.CommonName != AuthorityName && leaf.Subject.CommonName != EndpointName {
		return err // of a certificate that somebody else has put there, no more is known
	}
	authority, err := f.checkPair("ca")
	if err != nil || authority == nil {
		return nil //nolint:nilerr // CheckAuthority says it
	}
	if signed := leaf.CheckSignatureFrom(authority); signed != nil {
		return fmt.Errorf("%s is damaged, or of another authority: %w", f.Path("tls", "server.crt"), signed)
	}
	return nil
}

// checkPair holds a certificate and its key against each other. It answers none where there is no certificate.
func (f Folder) checkPair(name string) (*x509.Certificate, error) {
	certificate, key := f.Path("tls", name+".crt"), f.Path("tls", name+".key")
	chain, err := os.ReadFile(certificate)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing", key)
	}
	if err != nil {
		return nil, err
	}
	if leaf := onlyCertificate(chain); leaf == nil {
		return nil, fmt.Errorf("%s is damaged: it has no certificate as slipher writes one", certificate)
	}
	if err := checkKey(secret); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", key, err)
	}
	pair, err := tls.X509KeyPair(chain, secret)
	if err != nil {
		return nil, fmt.Errorf("%s and %s do not belong together, or one is damaged: %w", certificate, key, err)
	}
	return pair.Leaf, nil
}

// onlyCertificate is that of a file which holds it, and perhaps others, and nothing else.
func onlyCertificate(text []byte) *x509.Certificate {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) == 0 && string(pem.EncodeToMemory(block)) != string(text) {
		return nil
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return leaf
}

// checkKey finds an altered bit wherever it is: the part of the file that repeats the public key is read by nobody else. Keys of other forms
// than slipher's are left to the check of the pair.
func checkKey(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("it has no key")
	}
	if block.Type != "EC PRIVATE KEY" {
		return nil
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	return sameKey(key, text)
}

func sameKey(key *ecdsa.PrivateKey, text []byte) error {
	der, err := x509.MarshalECPrivateKey(key)
	if err == nil && string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})) != string(text) {
		err = errors.New("it is not as it was written")
	}
	return err
}
