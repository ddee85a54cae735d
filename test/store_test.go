package test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// objectStore is a server that speaks S3, and that goes away for a while when it is asked to.
type objectStore struct {
	t       *testing.T
	address string
	objects http.Handler

	mu     sync.Mutex
	server *http.Server
	outage time.Duration // to begin with the next object that is put
	away   bool
	came   sync.WaitGroup
}

func serveObjects(t *testing.T) *objectStore {
	t.Helper()
	s := &objectStore{t: t, address: "127.0.0.1:0", objects: gofakes3.New(s3mem.New(), gofakes3.WithAutoBucket(true)).Server()}
	s.listen()
	t.Cleanup(func() {
		s.came.Wait()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.server.Close()
	})
	return s
}

func (s *objectStore) listen() {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", s.address)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address = listener.Addr().String()
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go s.server.Serve(listener)
}

func (s *objectStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		s.goAway()
	}
	s.objects.ServeHTTP(w, r)
}

// goAway closes every connection, refuses new ones for the time of the outage, and ends the request that came in.
func (s *objectStore) goAway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outage == 0 {
		return
	}
	outage := s.outage
	s.outage, s.away = 0, true
	s.server.Close()
	s.came.Go(func() {
		time.Sleep(outage)
		s.listen()
	})
	panic(http.ErrAbortHandler)
}

func (s *objectStore) breakNextPut(outage time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outage = outage
}

func (s *objectStore) wentAway() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away
}

func (s *objectStore) url() string { return "s3://snapshots?prefix=test&endpoint=http://" + s.address }

// awsOfATester is what somebody has in the environment who tests slipher with AWS's tools. Nothing may go to that address.
func awsOfATester(t *testing.T) []string {
	t.Helper()
	itself := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s went to AWS_ENDPOINT_URL", r.Method, r.URL.Path)
	}))
	t.Cleanup(itself.Close)
	return []string{
		"AWS_ENDPOINT_URL=" + itself.URL, "AWS_ENDPOINT_URL_S3=" + itself.URL, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
	}
}

// TestObjectStore keeps snapshots in a store that speaks S3, and has it go away in the middle of a save.
func TestObjectStore(t *testing.T) {
	t.Parallel()
	store := serveObjects(t)
	p := serveIn(t, awsOfATester(t), "--snapshots", store.url())
	owner := p.client("default")
	createCluster(t, owner, "sales")
	count, sum := loadRows(t, p, "sales", owner)

	store.breakNextPut(time.Second)
	createSnapshot(t, owner, "sales", "monday")
	if !store.wentAway() {
		t.Fatal("the save put nothing")
	}
	if _, err := owner.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{
		ClusterIdentifier: aws.String("copy"), SnapshotIdentifier: aws.String("monday")}); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, awaitRestored(t, owner, "copy"))
	gotCount, gotSum := query1[int64](t, conn, "select count(*) from facts"), query1[int64](t, conn, "select sum(noise)::bigint from facts")
	if gotCount != count || gotSum != sum {
		t.Errorf("the restored cluster has %d rows that sum up to %d, want %d and %d", gotCount, gotSum, count, sum)
	}
}

// TestStoreRefused wants slipher not to start on a store that it cannot use, and to say which and why.
func TestStoreRefused(t *testing.T) {
	t.Parallel()
	forbids := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		w.Write([]byte("<Error><Code>SignatureDoesNotMatch</Code><Message>wrong secret</Message></Error>"))
	}))
	t.Cleanup(forbids.Close)
	for name, test := range map[string]struct{ store, want string }{
		"forbidden":      {"s3://snapshots?endpoint=" + forbids.URL, "s3://snapshots at " + forbids.URL + " refuses"},
		"unknown":        {"ftp://host", "write file:///folder"},
		"without_memory": {"mem://", "end with the process"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), binary, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--snapshots", test.store)
			cmd.Env = append(cmd.Environ(), awsOfATester(t)...)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.want) {
				t.Errorf("got %v and\n%s\nwant %q", err, out, test.want)
			}
		})
	}
}
