package test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
)

// psql proves whom it speaks with, by nothing but the authority in the data folder.
func TestPsqlVerifiesTheEndpoint(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	p := serve(t)
	cluster := createCluster(t, p.client("default"), "warehouse")
	run := func(authority, host, tls string) (string, error) {
		command := exec.Command(psql, "-XAtc", "SELECT 40 + 2", fmt.Sprintf("host=%s hostaddr=%s port=%d dbname=dev user=awsuser sslmode=verify-full sslrootcert=%s %s",
			host, *cluster.Endpoint.Address, *cluster.Endpoint.Port, authority, tls))
		command.Env = append(os.Environ(), "PGPASSWORD="+password)
		said, err := command.CombinedOutput()
		return strings.TrimSpace(string(said)), err
	}
	authority := filepath.Join(p.dir, "tls", "ca.crt")
	if said, err := run(authority, *cluster.Endpoint.Address, "channel_binding=require"); err != nil || said != "42" {
		t.Errorf("verify-full: %q, %v", said, err)
	}
	if said, err := run(authority, "127.83.0.0", ""); err == nil || !strings.Contains(said, "does not match") {
		t.Errorf("another endpoint's name: %q, %v", said, err)
	}
	other := filepath.Join(t.TempDir(), "ca.crt")
	chain, _ := selfSigned(t, "127.0.0.1")
	writeFile(t, other, chain)
	if said, err := run(other, *cluster.Endpoint.Address, ""); err == nil {
		t.Errorf("an authority that did not sign it: %q", said)
	}
}

// A certificate given by its files is shown by both kinds of endpoints, and the one that replaces it too, without a restart.
func TestGivenCertificateIsReplacedWithoutARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	chainFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first, key := selfSigned(t, "127.0.0.1")
	writeFile(t, chainFile, first)
	writeFile(t, keyFile, key)
	p := serve(t, "--tls", "on", "--tls-cert", chainFile, "--tls-key", keyFile)
	cluster := createCluster(t, p.clientTrusting("default", chainFile), "warehouse")
	session := connect(t, cluster)
	if got := shownBySQL(t, cluster); got != first {
		t.Fatal("the SQL endpoint shows another certificate")
	}
	wantNoOldTLS(t, "the API", dialTCP(t, strings.TrimPrefix(p.url, "https://")))
	wantNoOldTLS(t, "the SQL endpoint", dialSQL(t, cluster))
	second, key := selfSigned(t, "127.0.0.1")
	writeFile(t, keyFile, key)
	writeFile(t, chainFile, second)
	if got := shownByAPI(t, p); got != second {
		t.Error("the API shows the old certificate")
	}
	await(t, "the SQL endpoint to show the new certificate", func() (string, bool) {
		got := shownBySQL(t, cluster)
		return got, got == second
	})
	if got := query1[int32](t, session, "SELECT 1"); got != 1 {
		t.Error("the session of before is broken")
	}
}

// wantNoOldTLS offers TLS 1.1 at most.
func wantNoOldTLS(t *testing.T, endpoint string, conn net.Conn) {
	t.Helper()
	old := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err := old.HandshakeContext(t.Context()); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("%s on TLS 1.1: %v", endpoint, err)
	}
}

func dialTCP(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// dialSQL connects and asks for TLS.
func dialSQL(t *testing.T, cluster types.Cluster) net.Conn {
	t.Helper()
	conn := dialTCP(t, fmt.Sprintf("%s:%d", *cluster.Endpoint.Address, *cluster.Endpoint.Port))
	if _, err := conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		t.Fatal(err)
	}
	var answer [1]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil || answer[0] != 'S' {
		t.Fatalf("asked for TLS, it answers %q, %v", answer, err)
	}
	return conn
}

func shownBySQL(t *testing.T, cluster types.Cluster) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn(cluster, password))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	return leafOf(conn.PgConn().Conn().(*tls.Conn))
}

func shownByAPI(t *testing.T, p *program) string {
	t.Helper()
	address, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", address.Host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return leafOf(conn)
}

func leafOf(conn *tls.Conn) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw}))
}

func selfSigned(t *testing.T, address string) (chain, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	wanted := &x509.Certificate{SerialNumber: serial, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.ParseIP(address)}, IsCA: true, BasicConstraintsValid: true}
	signed, err := x509.CreateCertificate(rand.Reader, wanted, wanted, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, body []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: body}))
	}
	return encode("CERTIFICATE", signed), encode("PRIVATE KEY", der)
}

func writeFile(t *testing.T, path, body string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}
