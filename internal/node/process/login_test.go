package process

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	r := opened(t)
	for dsn, code := range map[string]string{
		strings.Replace(r.dsn(), password, "wrong", 1):        "28P01",
		strings.Replace(r.dsn(), adminUser+":", "nobody:", 1): "28P01",
		strings.Replace(r.dsn(), "/dev", "/other", 1):         "3D000",
	} {
		_, err := pgx.Connect(t.Context(), dsn)
		wantCode(t, err, code)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, key := selfSigned(t)
	r := startWith(t, nodeapi.Config{Cluster: "test", DataDir: filepath.Join(t.TempDir(), "data"), TempDir: filepath.Join(t.TempDir(), "tmp"),
		MemoryLimit: "500MB", Threads: 1, LogLevel: "ERROR", Certificate: nodeapi.Certificate{Chain: certificate, Key: key}})
	r.open()
	conn, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), "sslmode=disable", "sslmode=require", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, encrypted := conn.PgConn().Conn().(*tls.Conn); !encrypted {
		t.Error("the connection is not encrypted")
	}
	if got := value[int32](t, conn, "SELECT 7"); got != 7 {
		t.Errorf("got %d", got)
	}
}

func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return encode("CERTIFICATE", signed), encode("PRIVATE KEY", der)
}

// shownBy is the certificate that a client is shown, PEM.
func shownBy(t *testing.T, r *running) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), strings.Replace(r.dsn(), "sslmode=disable", "sslmode=require", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	leaf := conn.PgConn().Conn().(*tls.Conn).ConnectionState().PeerCertificates[0]
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}))
}
