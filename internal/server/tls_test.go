package server

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"slipher/internal/installation"
)

var certificateTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestEndpointCertificate(t *testing.T) {
	t.Parallel()
	f := installation.Folder(t.TempDir())
	hosts := []string{"localhost", "127.0.0.1"}
	made, err := endpointCertificate(f, hosts, certificateTime)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := endpointCertificate(f, hosts, certificateTime); err != nil || again != made {
		t.Errorf("the second start made another certificate: %v", err)
	}
	authority := read(t, f.Path("tls", "ca.crt"))
	for name, renew := range map[string]func() (certificate, error){
		"a host that it does not name": func() (certificate, error) {
			return endpointCertificate(f, append(hosts, "warehouse.example"), certificateTime)
		},
		"two years later": func() (certificate, error) { return endpointCertificate(f, hosts, certificateTime.AddDate(2, 0, 0)) },
	} {
		if again, err := renew(); err != nil || again == made {
			t.Errorf("%s: it was not made anew: %v", name, err)
		}
		if read(t, f.Path("tls", "ca.crt")) != authority {
			t.Errorf("%s: the authority is another one", name)
		}
	}
	for _, key := range []string{"server.key", "ca.key"} {
		if mode := stat(t, f.Path("tls", key)); mode != 0o600 {
			t.Errorf("the mode of %s is %o, want 600", key, mode)
		}
	}
}

// A damaged authority is not replaced without a word; the endpoints' certificate is.
func TestDamagedCertificates(t *testing.T) {
	t.Parallel()
	f := installation.Folder(t.TempDir())
	open := func() (string, error) {
		log := &lines{}
		s := &Server{config: Config{Data: f, Listen: "127.0.0.1:0", Now: func() time.Time { return certificateTime }, Log: slog.New(slog.NewTextHandler(log, nil))}}
		err := s.openCertificates()
		return log.String(), err
	}
	if said, err := open(); err != nil || said != "" {
		t.Fatalf("the first start: %v, %s", err, said)
	}
	authority := read(t, f.Path("tls", "ca.crt"))
	spoil := func(name string) (restore func()) {
		sound := read(t, f.Path("tls", name))
		later(t, f.Path("tls", name), sound[:60]+"A"+sound[61:], 0)
		return func() { later(t, f.Path("tls", name), sound, 0) }
	}
	spoil("server.key")
	if said, err := open(); err != nil || !strings.Contains(said, "server.key") {
		t.Errorf("a damaged certificate: %v, %s", err, said)
	}
	if err := f.CheckCertificate(); err != nil || read(t, f.Path("tls", "ca.crt")) != authority {
		t.Errorf("it was not made anew by the same authority: %v", err)
	}
	for _, name := range []string{"ca.key", "ca.crt"} {
		restore := spoil(name)
		if _, err := open(); err == nil || !strings.Contains(err.Error(), "bring the file back from a copy") {
			t.Errorf("a damaged %s: got %v", name, err)
		}
		restore()
	}
}

func TestWhereTheAPIHasTLS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tls, listen string
		want        bool
	}{
		{"auto", "127.0.0.1:8480", false},
		{"auto", "127.8.0.1:8480", false},
		{"auto", "localhost:8480", false},
		{"auto", "[::1]:8480", false},
		{"auto", ":8480", true},
		{"auto", "0.0.0.0:8480", true},
		{"auto", "10.0.0.5:8480", true},
		{"auto", "warehouse.example:8480", true},
		{"on", "127.0.0.1:8480", true},
		{"off", "0.0.0.0:8480", false},
	} {
		if got := (TLS{Mode: c.tls}).secures(c.listen); got != c.want {
			t.Errorf("--tls=%s --listen %s: TLS is %t, want %t", c.tls, c.listen, got, c.want)
		}
	}
}

// The API answers with the certificate on the disk, also with one that has replaced it, and not with half of a replacement.
func TestCertificateIsReloaded(t *testing.T) {
	t.Parallel()
	f := installation.Folder(t.TempDir())
	first, err := endpointCertificate(f, []string{"127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	s := &Server{config: Config{Data: f, Log: slog.New(slog.NewTextHandler(log, nil)), Listen: "127.0.0.1:0", TLS: TLS{Mode: "on"}}}
	listener, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		t.Fatal(err)
	}
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })}
	t.Cleanup(func() { server.Close() })
	go server.Serve(s.secured(listener))

	address := listener.Addr().String()
	if got := shown(t, f, address); got != first.cert {
		t.Fatal("it shows another certificate than the one that was made")
	}
	second, err := certificateAuthority(f, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if second, err = second.issue([]string{"127.0.0.1"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	later(t, f.Path("tls", "server.key"), second.key, time.Minute)
	if got := shown(t, f, address); got != first.cert {
		t.Error("half of a replacement is in use")
	}
	if !strings.Contains(log.String(), "the one before stays in use") {
		t.Errorf("nobody is told: %s", log.String())
	}
	later(t, f.Path("tls", "server.crt"), second.cert, time.Minute)
	if got := shown(t, f, address); got != second.cert {
		t.Error("the replacement is not in use")
	}
}

// lines keeps what several goroutines write.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.String()
}

// shown connects as a client that trusts the authority of the folder, and returns the certificate that it is shown, PEM.
func shown(t *testing.T, f installation.Folder, address string) string {
	t.Helper()
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(read(t, f.Path("tls", "ca.crt"))))
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return encode("CERTIFICATE", conn.ConnectionState().PeerCertificates[0].Raw)
}

// later writes a file as if so much time had passed.
func later(t *testing.T, name, body string, passed time.Duration) {
	t.Helper()
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, time.Time{}, time.Now().Add(passed)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// A SQL endpoint's certificate names its address, is of the kept authority, and is of no other endpoint.
func TestCertificateOfASQLEndpoint(t *testing.T) {
	t.Parallel()
	s := &Server{config: Config{Data: installation.Folder(t.TempDir()), Listen: "127.0.0.1:0", AdvertiseHost: "warehouse.example", Now: time.Now}}
	if err := s.openCertificates(); err != nil {
		t.Fatal(err)
	}
	made, err := s.sqlCertificate("127.83.4.5")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(made.Chain), []byte(made.Key))
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM([]byte(read(t, s.config.Data.Path("tls", "ca.crt"))))
	for host, good := range map[string]bool{"127.83.4.5": true, "localhost": true, "warehouse.example": true, "127.83.4.6": false} {
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: trusted, DNSName: host}); (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
	if other, err := s.sqlCertificate(""); err != nil || other.Key == made.Key {
		t.Errorf("another endpoint has the same key: %v", err)
	}
}

func stat(t *testing.T, path string) os.FileMode {
	t.Helper()
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return file.Mode().Perm()
}
