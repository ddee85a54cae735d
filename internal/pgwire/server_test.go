package pgwire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"slipher/internal/pgwire"
	"slipher/internal/scram"
)

var update = flag.Bool("update", false, "rewrite testdata with what the server answers")

const password = "Straße 1"

// patience is how long a test waits for what should come at once.
const patience = 10 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if code == 0 {
		code = checkLeaks()
	}
	os.Exit(code)
}

// checkLeaks looks for goroutines of the server that outlived every test.
func checkLeaks() int {
	buffer := make([]byte, 1<<20)
	for deadline := time.Now().Add(patience); ; runtime.Gosched() {
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		if !strings.Contains(stacks, "slipher/internal/pgwire.") {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Println("goroutines leaked:\n" + stacks)
			return 1
		}
	}
}

// server serves fakes on a loopback port for the length of a test.
type server struct {
	config  pgwire.Config
	address string
	events  *events
	waiting chan struct{}
	release chan struct{}
	stop    context.CancelFunc
	served  chan struct{} // closed when every connection has ended after stopListening

	stopListening func()
}

func startServer(t testing.TB, adjust ...func(*pgwire.Config)) *server {
	t.Helper()
	s := &server{events: &events{}, waiting: make(chan struct{}, 1), release: make(chan struct{}), served: make(chan struct{})}
	s.config = fakeConfig(t, s)
	for _, change := range adjust {
		change(&s.config)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.stopListening = func() { listener.Close() }
	go s.accept(ctx, listener)
	t.Cleanup(func() {
		cancel()
		s.stopListening()
		within(t, s.served, "the server to stop")
	})
	return s
}

func (s *server) accept(ctx context.Context, listener net.Listener) {
	defer close(s.served)
	var sessions sync.WaitGroup
	defer sessions.Wait()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		sessions.Go(func() { pgwire.Serve(ctx, conn, s.config) })
	}
}

// fakeConfig knows the user dev with the password above, and the user guest whose verifier is broken.
func fakeConfig(t testing.TB, s *server) pgwire.Config {
	t.Helper()
	verifier := devVerifier(t)
	return pgwire.Config{
		Verifiers: func(_ context.Context, startup pgwire.Startup) ([]string, error) {
			switch startup.User {
			case "dev":
				return []string{verifier}, nil
			case "several":
				return severalVerifiers(t), nil
			case "broken":
				return []string{"SCRAM-SHA-256$not a verifier"}, nil
			case "early":
				return nil, &pgwire.Error{Code: "57P03", Message: "the database system is starting up"}
			}
			return nil, nil
		},
		Connect: func(_ context.Context, startup pgwire.Startup) (pgwire.Executor, error) {
			switch startup.Database {
			case "missing":
				return nil, &pgwire.Error{Code: "3D000", Message: `database "missing" does not exist`}
			case "unlucky":
				return nil, fmt.Errorf("open /secret/path: no such file")
			}
			s.events.add("connected %s to %s", startup.User, startup.Database)
			return &fake{events: s.events, waiting: s.waiting, release: s.release, status: 'I'}, nil
		},
		Cancels: &pgwire.Cancels{},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

var devVerifierOnce = sync.OnceValues(func() (string, error) { return scram.NewVerifier(password) })

func devVerifier(t testing.TB) string {
	t.Helper()
	verifier, err := devVerifierOnce()
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// url is a connection string for the user dev.
func (s *server) url(options string) string {
	return fmt.Sprintf("postgres://dev:%s@%s/dev?%s", strings.ReplaceAll(password, " ", "%20"), s.address, options)
}

func (s *server) connect(t testing.TB, options string) *pgconn.PgConn {
	t.Helper()
	if options == "" {
		options = "sslmode=disable"
	}
	conn, err := pgconn.Connect(deadline(t), s.url(options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func within(t testing.TB, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited too long for %s", what)
	}
}

// certificate is self-signed, for 127.0.0.1.
func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func withTLS(t testing.TB) func(*pgwire.Config) {
	return func(config *pgwire.Config) {
		config.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t)}}
	}
}

// severalVerifiers are of three passwords of one user, of which that of url is the second.
func severalVerifiers(t testing.TB) []string {
	t.Helper()
	var verifiers []string
	for _, each := range []string{"first", password, "third"} {
		verifier, err := scram.SaltedVerifier(each, []byte("0123456789abcdef"))
		if err != nil {
			t.Fatal(err)
		}
		verifiers = append(verifiers, verifier)
	}
	return verifiers
}
