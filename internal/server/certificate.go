package server

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"time"

	"slipher/internal/installation"
)

// certificate is a certificate and its key, PEM.
type certificate struct{ cert, key string }

// The authority signs the certificate of the endpoints; clients may trust its ca.crt.
const (
	authorityYears = 10
	endpointMonths = 24
	renewedEarlier = 60 * 24 * time.Hour // before the certificate ends, at the next start
)

// endpointCertificate is the certificate of DIR/tls for the hosts. It is made at the first start, and again when it is about to end or a host has
// come that it does not name, or it is damaged; the authority stays the same.
func endpointCertificate(f installation.Folder, hosts []string, now time.Time) (certificate, error) {
	kept, err := readCertificate(f, "server")
	if err == nil && f.CheckCertificate() == nil && kept.goodFor(hosts, now.Add(renewedEarlier)) {
		return kept, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return certificate{}, err
	}
	authority, err := certificateAuthority(f, now)
	if err != nil {
		return certificate{}, err
	}
	made, err := authority.issue(hosts, now)
	if err != nil {
		return certificate{}, fmt.Errorf("make the endpoints' certificate: %w", err)
	}
	return made, made.keep(f, "server")
}

// certificateAuthority is that of DIR/tls. One that has ended is replaced, and clients must trust the new ca.crt then; one that is damaged is
// not, as they would be locked out without a word.
func certificateAuthority(f installation.Folder, now time.Time) (certificate, error) {
	if err := f.CheckAuthority(); err != nil {
		return certificate{}, err
	}
	kept, err := readCertificate(f, "ca")
	if err == nil && kept.goodFor(nil, now.AddDate(0, endpointMonths, 0)) {
		return kept, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return certificate{}, err
	}
	authority := template(installation.AuthorityName, now, now.AddDate(authorityYears, 0, 0))
	authority.IsCA, authority.BasicConstraintsValid, authority.KeyUsage = true, true, x509.KeyUsageCertSign
	made, err := sign(authority, nil)
	if err != nil {
		return certificate{}, fmt.Errorf("make the certificate authority: %w", err)
	}
	return made, made.keep(f, "ca")
}

func (c certificate) issue(hosts []string, now time.Time) (certificate, error) {
	authority, err := tls.X509KeyPair([]byte(c.cert), []byte(c.key))
	if err != nil {
		return certificate{}, err
	}
	server := template(installation.EndpointName, now, now.AddDate(0, endpointMonths, 0))
	server.KeyUsage, server.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, host)
		}
	}
	return sign(server, &authority)
}

// sign makes a key and a certificate of it; without an authority it signs itself.
func sign(wanted *x509.Certificate, by *tls.Certificate) (certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, err
	}
	parent, signer := wanted, crypto.PrivateKey(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, wanted, parent, &key.PublicKey, signer)
	if err != nil {
		return certificate{}, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	return certificate{cert: encode("CERTIFICATE", der), key: encode("EC PRIVATE KEY", keyDER)}, err
}

// goodFor says no to what cannot be read, too: it is made anew.
func (c certificate) goodFor(hosts []string, until time.Time) bool {
	pair, err := tls.X509KeyPair([]byte(c.cert), []byte(c.key))
	if err != nil || until.After(pair.Leaf.NotAfter) {
		return false
	}
	for _, host := range hosts {
		if pair.Leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

func readCertificate(f installation.Folder, name string) (certificate, error) {
	cert, err := os.ReadFile(f.Path("tls", name+".crt"))
	if err != nil {
		return certificate{}, err
	}
	key, err := os.ReadFile(f.Path("tls", name+".key"))
	return certificate{string(cert), string(key)}, err
}

// keep writes the certificate after its key: it is what the next start looks for.
func (c certificate) keep(f installation.Folder, name string) error {
	if err := os.MkdirAll(f.Path("tls"), 0o700); err != nil {
		return err
	}
	for _, file := range []struct{ name, body string }{{name + ".key", c.key}, {name + ".crt", c.cert}} {
		if err := installation.WriteFile(f.Path("tls", file.name), []byte(file.body)); err != nil {
			return fmt.Errorf("keep the certificate: %w", err)
		}
	}
	return nil
}

func template(name string, now, until time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // rand.Reader does not fail
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: until,
	}
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
