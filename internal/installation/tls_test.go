package installation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"
)

// A bit that is altered anywhere in the authority or in the certificate is found; each third byte is tried.
func TestEveryAlteredBitOfTLSIsFound(t *testing.T) {
	t.Parallel()
	f := Folder(t.TempDir())
	makePairs(t, f)
	if err := f.CheckAuthority(); err != nil {
		t.Fatalf("a sound authority: %v", err)
	}
	if err := f.CheckCertificate(); err != nil {
		t.Fatalf("a sound certificate: %v", err)
	}
	for name, check := range map[string]func() error{"ca.key": f.CheckAuthority, "ca.crt": f.CheckAuthority, "server.key": f.CheckCertificate, "server.crt": f.CheckCertificate} {
		path := f.Path("tls", name)
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(sound); at += 3 {
			altered := append([]byte(nil), sound...)
			altered[at] ^= 1
			if err := os.WriteFile(path, altered, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := check(); err == nil {
				t.Errorf("%s: an altered byte %d was not found", name, at)
			}
		}
		if err := os.WriteFile(path, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(f.Path("tls", "ca.key")); err != nil {
		t.Fatal(err)
	}
	if err := f.CheckAuthority(); err == nil || !strings.Contains(err.Error(), "ca.key is missing: bring the file back from a copy") {
		t.Errorf("a missing key: got %v", err)
	}
}

func makePairs(t *testing.T, f Folder) {
	t.Helper()
	if err := os.Mkdir(f.Path("tls"), 0o700); err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: AuthorityName}, NotAfter: time.Unix(1<<32, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	server := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: EndpointName}, NotAfter: time.Unix(1<<32, 0)}
	signer := makePair(t, f, "ca", authority, authority, nil)
	makePair(t, f, "server", server, authority, signer)
}

func makePair(t *testing.T, f Folder, name string, wanted, parent *x509.Certificate, signer *ecdsa.PrivateKey) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, wanted, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".crt": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(f.Path("tls", file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return key
}
