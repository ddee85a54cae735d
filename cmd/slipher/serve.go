package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/audit"
	"slipher/internal/awsapi"
	"slipher/internal/confine"
	"slipher/internal/control"
	"slipher/internal/fleet"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/secrets"
	"slipher/internal/service/iam"
	"slipher/internal/service/kms"
	"slipher/internal/service/secretsmanager"
	"slipher/internal/sqllog"
	"slipher/internal/vault/store"

	"golang.org/x/sync/errgroup"
)

// firstAccount owns what a newcomer creates; its root credentials are the profile "default".
const firstAccount = "111111111111"

type serveCommand struct {
	Data          string            `required:"" type:"path" placeholder:"DIR" help:"Where everything is kept; made if missing."`
	Listen        string            `default:"127.0.0.1:8480" help:"Address of the AWS API."`
	Snapshots     string            `placeholder:"URL" help:"Where snapshots are kept: file:///folder, s3://bucket, gs://bucket or azblob://container (default: DIR/snapshots)."`
	SnapshotsIn   map[string]string `mapsep:"none" placeholder:"REGION=URL" help:"Where a region's own snapshots are kept, if not with the others; may be repeated."`
	RootKey       string            `placeholder:"URL" help:"What wraps the key of all keys: file:///folder/name.key, or a key of a KMS: awskms://, gcpkms://, azurekeyvault:// or hashivault:// (default: a file in your configuration folder, made by the first start)."`
	Bandwidth     byteRate          `default:"0" placeholder:"RATE" help:"Cap on all save and restore traffic together, like 20MB/s (0: none)."`
	ManualQuota   int               `name:"manual-snapshots" default:"20" placeholder:"NUMBER" help:"How many manual snapshots an account may have in a region, final ones and copies included."`
	AuditDays     int               `name:"audit-days" default:"90" placeholder:"DAYS" help:"How long the record of API calls is kept (0: for ever)."`
	LogBuckets    string            `name:"log-buckets" placeholder:"URL" help:"Where the buckets of EnableLogging are: a URL with {bucket} in the place of the name, like s3://{bucket}?region=eu-central-1, or a place in which each is a folder (default: DIR/buckets)."`
	AdvertiseHost string            `placeholder:"HOST" help:"Put every SQL endpoint on this one host, with a port each, instead of a loopback address each."`
	tlsOptions    `embed:""`
	doorOptions   `embed:""`
	LogLevel      slog.Level `default:"INFO" help:"DEBUG, INFO, WARN or ERROR."`
}

// Run starts everything from the bottom floor up, says that it is ready, and stops it in the opposite order when ctx ends.
func (c serveCommand) Run(ctx context.Context) error {
	if err := confine.Hide(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	for _, location := range append(slices.Collect(maps.Values(c.SnapshotsIn)), c.Snapshots) {
		if strings.HasPrefix(location, "mem:") {
			return errors.New("a snapshot store mem:// is for tests: snapshots in memory end with the process that saved them")
		}
	}
	if err := errors.Join(c.tlsOptions.check(), c.doorOptions.check()); err != nil {
		return err
	}
	if c.ManualQuota < 1 {
		return fmt.Errorf("--manual-snapshots is %d: an account needs room for at least one", c.ManualQuota)
	}
	if c.AuditDays < 0 {
		return fmt.Errorf("--audit-days is %d: give a number of days, or 0 to keep the record for ever", c.AuditDays)
	}
	if err := os.Setenv(ignoreEndpointsVariable, "true"); err != nil {
		return err
	}
	s := &slipher{command: c, data: folder(c.Data), log: log}
	if err := s.open(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	err := s.serve(ctx)
	return errors.Join(err, s.close())
}

// slipher is the running program: what is open, from the bottom floor up.
type slipher struct {
	command serveCommand
	data    folder
	log     *slog.Logger
	runDir  string

	store    *meta.Store
	ring     *keys.Ring
	accounts *accounts.Directory
	audit    *audit.Log
	sqlLogs  *sqllog.Gatherer
	// logBucket opens a bucket to which SQL logs are delivered.
	logBucket func(ctx context.Context, name string) (store.Bucket, error)
	given     *certificateFiles // --tls-cert; nil shows certificates of slipher's own authority
	kms       *kms.Service
	secrets   *secrets.Safe
	fleet     *fleet.Fleet
	control   *control.Control
	services  []api.Service
	listener  net.Listener

	profiles sync.Mutex     // held while an account and its profile are added
	opened   []func() error // what close has to undo, in order of opening
}

func (s *slipher) open(ctx context.Context) error {
	if err := os.MkdirAll(string(s.data), 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	// The address first: a second slipher by mistake should fail before it touches anything.
	var err error
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.command.Listen); err != nil {
		return fmt.Errorf("listen on %s (choose another address with --listen): %w", s.command.Listen, err)
	}
	s.onClose(func() error { s.listener.Close(); return nil })
	if s.store, err = meta.Open(ctx, meta.Config{Path: s.data.path("meta.db"), Now: time.Now, Log: s.log}); err != nil {
		return err
	}
	s.onClose(s.store.Close)
	s.data.sweepSockets()
	if s.ring, err = s.openKeys(ctx); err != nil {
		return err
	}
	if err = s.openAudit(ctx); err != nil {
		return err
	}
	if s.kms, err = kms.New(kms.Config{Store: s.store, Keys: s.ring, Now: time.Now, Log: s.log}); err != nil {
		return err
	}
	if s.secrets, err = secrets.New(secrets.Config{Store: s.store, Keys: s.ring, Now: time.Now}); err != nil {
		return err
	}
	s.accounts = &accounts.Directory{Store: s.store, Sealer: s.ring, Now: time.Now}
	if err := s.firstAccount(ctx); err != nil {
		return err
	}
	if s.fleet, err = s.openFleet(); err != nil {
		return err
	}
	s.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return s.fleet.Close(ctx)
	})
	if s.control, err = control.New(s.controlConfig()); err != nil {
		return err
	}
	s.onClose(s.control.Close)
	return s.joinServices()
}

// joinServices refuses to start where a service is not whole.
func (s *slipher) joinServices() error {
	who := iam.New(s.accounts)
	for _, joined := range []func() (api.Service, error){
		s.control.Service, who.IAM, who.STS, s.kms.Service,
		func() (api.Service, error) { return secretsmanager.New(s.store, s.secrets) },
	} {
		service, err := joined()
		if err != nil {
			return err
		}
		s.services = append(s.services, service)
	}
	return nil
}

// firstAccount makes sure that the first account exists and that its credentials can be read. Where the file has lost them, or an earlier start was
// interrupted before it wrote them, the account gets a new key.
func (s *slipher) firstAccount(ctx context.Context) error {
	written, err := s.data.hasProfile("default")
	if err != nil {
		return err
	}
	key, err := s.accounts.CreateAccount(ctx, firstAccount)
	if errors.Is(err, accounts.ErrExists) {
		if written {
			return nil
		}
		key, err = s.accounts.ReplaceRootKey(ctx, firstAccount)
	}
	if err != nil {
		return err
	}
	if written {
		return fmt.Errorf("%s has a profile default of another installation: move the file away and start again", s.data.path("credentials"))
	}
	return s.data.addProfile("default", key.ID, key.Secret)
}

func (s *slipher) openFleet() (*fleet.Fleet, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find slipher's own program: %w", err)
	}
	if s.runDir, err = fleet.RunDir(); err != nil {
		return nil, err
	}
	s.onClose(func() error { return os.RemoveAll(s.runDir) })
	if err := s.openCertificates(); err != nil {
		return nil, fmt.Errorf("prepare TLS for the endpoints: %w", err)
	}
	stores, remote := store.Folders(append(slices.Sorted(maps.Values(s.command.SnapshotsIn)), s.snapshotsURL()))
	return fleet.Open(fleet.Config{
		Binary: binary, Dir: s.data.path("clusters"), RunDir: s.runDir,
		Stores: stores, RemoteStore: remote, Certificate: s.sqlCertificate, Sessions: s.command.SQLConnections,
		LogLevel: s.command.LogLevel.String(), NodeLog: os.Stderr, Log: s.log, Now: time.Now,
		Environment: nodeEnvironment(append(slices.Sorted(maps.Values(s.command.SnapshotsIn)), s.snapshotsURL()), os.Environ()),
		Ended:       s.sqlLogs.Drain,
	})
}

func (s *slipher) controlConfig() control.Config {
	return control.Config{
		Store:       s.store,
		Keys:        s.ring,
		Secrets:     s.secrets,
		Nodes:       s.fleet,
		Accounts:    s.accounts,
		Snapshots:   s.snapshotsURL(),
		SnapshotsIn: s.command.SnapshotsIn,
		Logs:        s.sqlLogs,
		LogBucket:   s.logBucket,
		Addresses:   control.Addresses{AdvertiseHost: s.command.AdvertiseHost, Loopback: runtime.GOOS == "linux" && s.command.AdvertiseHost == ""},
		Bandwidth:   int64(s.command.Bandwidth),
		Limits:      control.Limits{ManualSnapshots: s.command.ManualQuota},
		Now:         time.Now,
		Log:         s.log,
	}
}

func (s *slipher) snapshotsURL() string {
	return cmp.Or(s.command.Snapshots, s.data.snapshotsURL())
}

// serve answers until ctx ends or a part of slipher fails.
func (s *slipher) serve(ctx context.Context) error {
	admin, err := s.listenAdmin(ctx)
	if err != nil {
		return err
	}
	if err := s.control.Resume(ctx); err != nil {
		return fmt.Errorf("bring the clusters back: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.store.Run(ctx) })
	group.Go(func() error { return s.audit.Run(ctx) })
	group.Go(func() error { return s.sqlLogs.Run(ctx) })
	group.Go(func() error { return s.followCertificate(ctx) })
	group.Go(func() error { return serveHTTP(ctx, s.secured(s.command.bounded(s.listener)), s.door()) })
	group.Go(func() error { return serveHTTP(ctx, admin, s.adminDoor()) })

	address := s.url()
	if err := s.data.announce(running{PID: os.Getpid(), URL: address, Admin: admin.Addr().String(), Snapshots: s.snapshotsURL(), SnapshotsIn: s.command.SnapshotsIn}); err != nil {
		return fmt.Errorf("announce slipher in the data directory: %w", err)
	}
	defer s.data.withdraw()
	fmt.Printf("slipher ready at %s (credentials: %s)\n", address, s.data.path("credentials"))
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // asked to stop
}

func (s *slipher) url() string {
	scheme := "http://"
	if s.command.secures(s.command.Listen) {
		scheme = "https://"
	}
	return scheme + s.listener.Addr().String()
}

func (s *slipher) door() http.Handler {
	return awsapi.NewServer(awsapi.Config{
		Services: s.services,
		Keys:     s.accounts,
		Rates:    s.command.rates(),
		Now:      time.Now,
		Audit:    s.audit.Record,
		Log:      s.log,
	})
}

// serveHTTP serves until ctx ends, then lets the requests under way finish.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       withPeer,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// close stops what was opened, from the top floor down.
func (s *slipher) close() error {
	var errs []error
	for _, shut := range slices.Backward(s.opened) {
		errs = append(errs, shut())
	}
	return errors.Join(errs...)
}

// onClose remembers how to stop what was just opened.
func (s *slipher) onClose(shut func() error) { s.opened = append(s.opened, shut) }
