package test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipher/internal/sdkclient"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/aws/smithy-go"
	"github.com/jackc/pgx/v5"
)

const (
	accountA = "111111111111"
	accountB = "222222222222"
	accountC = "333333333333"
	password = "Redshift1"
	patience = 60 * time.Second
)

var binary string

// TestMain takes the program that make built, or builds it.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		configuration, err := os.MkdirTemp("", "slipher-test-configuration-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(configuration)
		os.Setenv("XDG_CONFIG_HOME", configuration) // where first starts keep root keys
		binary = os.Getenv("SLIPHER_BINARY")
		if binary != "" {
			return m.Run()
		}
		dir, err := os.MkdirTemp("", "slipher-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "slipher")
		if out, err := exec.Command("go", "build", "-o", binary, "../cmd/slipher").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build slipher: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// program is one data folder and the slipher that runs on it at the moment.
type program struct {
	t    testing.TB
	dir  string
	args []string
	env  []string // beside the tests' own
	url  string
	cmd  *exec.Cmd
	log  *safeBuffer
}

// serve starts slipher on a fresh folder and stops it when the test ends.
func serve(t testing.TB, args ...string) *program {
	t.Helper()
	return serveIn(t, nil, args...)
}

func serveIn(t testing.TB, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir(), args: args, env: env}
	p.start()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("slipher's log:\n%s", p.log.String())
		}
	})
	return p
}

func (p *program) start() {
	p.t.Helper()
	p.log = &safeBuffer{}
	p.cmd = exec.Command(binary, append([]string{"serve", "--data", p.dir, "--listen", "127.0.0.1:0"}, p.args...)...)
	p.cmd.Env = append(p.cmd.Environ(), p.env...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "slipher ready") {
			p.url = lines.Text()[strings.Index(lines.Text(), "http"):]
			p.url = strings.Fields(p.url)[0]
			go io.Copy(io.Discard, out)
			return
		}
	}
	p.cmd.Wait()
	p.t.Fatalf("slipher ended before it was ready:\n%s", p.log.String())
}

// stop ends slipher with SIGTERM and wants a clean exit.
func (p *program) stop() {
	p.t.Helper()
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("slipher did not stop cleanly: %v\n%s", err, p.log.String())
	}
	p.cmd = nil
}

// kill is kill -9: no chance to clean up.
func (p *program) kill() {
	p.t.Helper()
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.cmd = nil
}

func (p *program) createAccount(id, profile string) {
	p.t.Helper()
	if out, err := exec.Command(binary, "account", "create", id, "--profile", profile, "--data", p.dir).CombinedOutput(); err != nil {
		p.t.Fatalf("create account %s: %v\n%s", id, err, out)
	}
}

// client is an unmodified SDK client with the credentials that slipher wrote.
func (p *program) client(profile string) *redshift.Client {
	p.t.Helper()
	return redshift.NewFromConfig(p.awsConfig(profile), func(o *redshift.Options) { o.RetryMaxAttempts = 1 })
}

// clientTrusting is a client that trusts the certificates in a file as well.
func (p *program) clientTrusting(profile, file string) *redshift.Client {
	p.t.Helper()
	chain, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	settings := p.awsConfig(profile)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(chain)
	settings.HTTPClient = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	return redshift.NewFromConfig(settings)
}

func (p *program) awsConfig(profile string) aws.Config {
	p.t.Helper()
	settings, err := config.LoadDefaultConfig(context.Background(),
		config.WithSharedCredentialsFiles([]string{filepath.Join(p.dir, "credentials")}),
		config.WithSharedConfigFiles([]string{}),
		config.WithSharedConfigProfile(profile),
		config.WithRegion("us-east-1"),
		config.WithBaseEndpoint(p.url))
	if err != nil {
		p.t.Fatal(err)
	}
	settings.HTTPClient = sdkclient.Wrap(settings.HTTPClient)
	return settings
}

// createCluster creates a cluster with the tests' password and waits until it is available.
func createCluster(t testing.TB, client *redshift.Client, id string) types.Cluster {
	t.Helper()
	_, err := client.CreateCluster(t.Context(), &redshift.CreateClusterInput{
		ClusterIdentifier: &id, NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String("awsuser"), MasterUserPassword: aws.String(password)})
	if err != nil {
		t.Fatal(err)
	}
	return awaitCluster(t, client, id, "available")
}

func createSnapshot(t testing.TB, client *redshift.Client, cluster, id string) {
	t.Helper()
	if _, err := client.CreateClusterSnapshot(t.Context(), &redshift.CreateClusterSnapshotInput{ClusterIdentifier: &cluster, SnapshotIdentifier: &id}); err != nil {
		t.Fatal(err)
	}
	awaitSnapshot(t, client, id, "available")
}

func describeCluster(t testing.TB, client *redshift.Client, id string) (types.Cluster, error) {
	t.Helper()
	out, err := client.DescribeClusters(t.Context(), &redshift.DescribeClustersInput{ClusterIdentifier: &id})
	if err != nil {
		return types.Cluster{}, err
	}
	return out.Clusters[0], nil
}

func awaitCluster(t testing.TB, client *redshift.Client, id, status string) types.Cluster {
	t.Helper()
	return await(t, "cluster "+id+" "+status, func() (types.Cluster, bool) {
		c, err := describeCluster(t, client, id)
		if err != nil {
			t.Fatal(err)
		}
		return c, aws.ToString(c.ClusterStatus) == status
	})
}

// awaitRestored waits until a restored cluster is available and has all its data.
func awaitRestored(t testing.TB, client *redshift.Client, id string) types.Cluster {
	t.Helper()
	return await(t, "cluster "+id+" restored", func() (types.Cluster, bool) {
		c, err := describeCluster(t, client, id)
		if err != nil {
			t.Fatal(err)
		}
		if aws.ToString(c.ClusterStatus) == "incompatible-restore" {
			t.Fatalf("the restore of %s failed", id)
		}
		return c, aws.ToString(c.ClusterStatus) == "available" && aws.ToString(c.RestoreStatus.Status) == "completed"
	})
}

func awaitGone(t testing.TB, client *redshift.Client, id string) {
	t.Helper()
	await(t, "cluster "+id+" gone", func() (struct{}, bool) {
		_, err := describeCluster(t, client, id)
		if err != nil && code(err) != "ClusterNotFound" {
			t.Fatal(err)
		}
		return struct{}{}, err != nil
	})
}

func awaitSnapshot(t testing.TB, client *redshift.Client, id, status string) types.Snapshot {
	t.Helper()
	return await(t, "snapshot "+id+" "+status, func() (types.Snapshot, bool) {
		out, err := client.DescribeClusterSnapshots(t.Context(), &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: &id})
		if err != nil {
			t.Fatal(err)
		}
		s := out.Snapshots[0]
		if aws.ToString(s.Status) == "failed" && status != "failed" {
			t.Fatalf("snapshot %s failed", id)
		}
		return s, aws.ToString(s.Status) == status
	})
}

// await asks until the answer is yes. It polls as the SDKs' own waiters do: the API has no other way to wait.
func await[T any](t testing.TB, what string, ask func() (T, bool)) T {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		got, ok := ask()
		if ok {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s; last seen: %+v", patience, what, got)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// connect opens a SQL connection that is closed when the test ends.
func connect(t testing.TB, cluster types.Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn(cluster, password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func dsn(cluster types.Cluster, password string) string {
	return fmt.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=prefer", *cluster.MasterUsername, password, *cluster.Endpoint.Address, *cluster.Endpoint.Port, *cluster.DBName)
}

func exec1(t testing.TB, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func query1[T any](t testing.TB, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// code is the wire code of an AWS fault, or the error's text when it is none.
func code(err error) string {
	if err == nil {
		return ""
	}
	var fault smithy.APIError
	if errors.As(err, &fault) {
		return fault.ErrorCode()
	}
	return err.Error()
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("got %q (%v), want %s", got, err, want)
	}
}

// safeBuffer is a bytes.Buffer that a running program may write while the test reads it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
