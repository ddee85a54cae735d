package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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
)

// certificate is the SQL endpoints' certificate and key, PEM.
type certificate struct{ cert, key string }

// endpointCertificate reads the certificate of DIR/tls, making it and its authority (ca.crt, which clients may trust) at the first start.
func endpointCertificate(f folder, hosts []string, now time.Time) (certificate, error) {
	cert, err := os.ReadFile(f.path("tls", "server.crt"))
	if errors.Is(err, fs.ErrNotExist) {
		return makeCertificate(f, hosts, now)
	}
	if err != nil {
		return certificate{}, err
	}
	key, err := os.ReadFile(f.path("tls", "server.key"))
	if err != nil {
		return certificate{}, err
	}
	return certificate{string(cert), string(key)}, nil
}

func makeCertificate(f folder, hosts []string, now time.Time) (certificate, error) {
	if err := os.MkdirAll(f.path("tls"), 0o700); err != nil {
		return certificate{}, err
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, err
	}
	authority := template("slipher certificate authority", now)
	authority.IsCA, authority.BasicConstraintsValid, authority.KeyUsage = true, true, x509.KeyUsageCertSign
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	if err != nil {
		return certificate{}, fmt.Errorf("make the certificate authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, err
	}
	server := template("slipher", now)
	server.KeyUsage, server.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, host)
		}
	}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, &key.PublicKey, authorityKey)
	if err != nil {
		return certificate{}, fmt.Errorf("make the endpoints' certificate: %w", err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return certificate{}, err
	}
	made := certificate{cert: encode("CERTIFICATE", serverDER), key: encode("EC PRIVATE KEY", keyDER)}
	// server.crt comes last: it is what the next start looks for.
	for _, file := range []struct{ name, body string }{
		{"ca.crt", encode("CERTIFICATE", authorityDER)}, {"server.key", made.key}, {"server.crt", made.cert},
	} {
		if err := writeFile(f.path("tls", file.name), []byte(file.body)); err != nil {
			return certificate{}, fmt.Errorf("keep the endpoints' certificate: %w", err)
		}
	}
	return made, nil
}

func template(name string, now time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // rand.Reader does not fail
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
	}
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
