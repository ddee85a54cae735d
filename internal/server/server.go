// Package server is a whole slipher as a value: New opens everything from the bottom floor up, Run serves until it is told to stop, and Close ends what is
// open in the opposite order. The program and the tests build the same one. It decides nothing that a client could see: what the parts do is theirs.
package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/audit"
	"slipher/internal/fleet"
	"slipher/internal/installation"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/reserve"
	"slipher/internal/secretstore"
	"slipher/internal/service/kms"
	"slipher/internal/sqllog"
	"slipher/internal/warehouse"
)

// Server is what runs. Its exported parts are open from New to Close.
type Server struct {
	Store     *meta.Store
	Keys      *keys.Ring
	Accounts  *accounts.Directory
	Secrets   *secretstore.Safe
	KMS       *kms.Service
	Warehouse *warehouse.Warehouse
	Services  []api.Service // all that the API offers

	config   Config
	runDir   string // short path for sockets
	audit    *audit.Log
	sqlLogs  *sqllog.Gatherer
	given    *certificateFiles // --tls-cert; nil shows certificates of slipher's own authority
	fleet    *fleet.Fleet      // nil where nodes are given
	listener net.Listener      // nil answers no API

	reserve  *reserve.File  // of the data directory's disk
	profiles sync.Mutex     // held while an account and its profile are added
	opened   []func() error // what Close has to undo, in order of opening
}

// New opens a server, or answers an error and leaves nothing open.
func New(ctx context.Context, config Config) (*Server, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	s := &Server{config: config}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close stops what was opened, from the top floor down.
func (s *Server) Close() error {
	var errs []error
	for _, shut := range slices.Backward(s.opened) {
		errs = append(errs, shut())
	}
	s.opened = nil
	return errors.Join(errs...)
}

// onClose remembers how to stop what was just opened.
func (s *Server) onClose(shut func() error) { s.opened = append(s.opened, shut) }

// open has the address first: a second slipher by mistake should fail before it touches anything.
func (s *Server) open(ctx context.Context) error {
	if err := os.MkdirAll(string(s.config.Data), 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	for _, open := range []func(context.Context) error{
		s.listen, s.openReserve, s.openStore, s.openKeys, s.openAudit, s.openServices, s.openFirstAccount, s.openNodes, s.openWarehouse, s.joinServices,
	} {
		if err := open(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) listen(ctx context.Context) (err error) {
	if s.config.Listen == "" {
		return nil
	}
	if s.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", s.config.Listen); err != nil {
		return fmt.Errorf("listen on %s (choose another address with --listen): %w", s.config.Listen, err)
	}
	s.onClose(func() error { s.listener.Close(); return nil })
	if !isLoopback(s.config.Listen) && s.config.AdvertiseHost == "" {
		s.config.Log.Warn("SQL endpoints can be reached from this machine only; add --advertise-host HOST to put them on the network", "listen", s.config.Listen)
	}
	return nil
}

func (s *Server) openStore(ctx context.Context) (err error) {
	if s.Store = s.config.Store; s.Store != nil {
		return nil
	}
	if s.Store, err = meta.Open(ctx, meta.Config{Path: s.config.Data.Path("meta.db"), Now: s.config.Now, Log: s.config.Log}); err != nil {
		return err
	}
	s.onClose(s.Store.Close)
	s.config.Data.SweepSockets()
	return nil
}

func (s *Server) openKeys(ctx context.Context) (err error) {
	open := s.config.OpenKeys
	if open == nil {
		open = keys.Open
	}
	s.Keys, err = open(ctx, keys.Config{
		Store: s.Store, RootKeyFile: s.config.Data.RootKeyFile(), Now: s.config.Now,
		GrantLimit: s.config.GrantLimit, RequestsPerSecond: s.config.GrantsRate,
	})
	return err
}

func (s *Server) openServices(context.Context) (err error) {
	if s.KMS, err = kms.New(kms.Config{Store: s.Store, Keys: s.Keys, Now: s.config.Now, Log: s.config.Log}); err != nil {
		return err
	}
	if s.Secrets, err = secretstore.New(secretstore.Config{Store: s.Store, Keys: s.Keys, Now: s.config.Now}); err != nil {
		return err
	}
	s.Accounts = &accounts.Directory{Store: s.Store, Sealer: s.Keys, Now: s.config.Now}
	return nil
}

// openFirstAccount makes sure that the first account exists and that its credentials can be read. Where the file has lost them, or an earlier start was
// interrupted before it wrote them, the account gets a new key.
func (s *Server) openFirstAccount(ctx context.Context) error {
	written, err := s.config.Data.HasProfile("default")
	if err != nil {
		return err
	}
	key, err := s.Accounts.CreateAccount(ctx, installation.FirstAccount)
	if errors.Is(err, accounts.ErrExists) {
		if written {
			return nil
		}
		key, err = s.Accounts.ReplaceRootKey(ctx, installation.FirstAccount)
	}
	if err != nil {
		return err
	}
	if written {
		return fmt.Errorf("%s has a profile default of another installation: move the file away and start again", s.config.Data.Path("credentials"))
	}
	return s.config.Data.AddProfile("default", key.ID, key.Secret)
}

// Run answers until ctx ends or a part of the server fails.
func (s *Server) Run(ctx context.Context) error {
	admin, err := s.listenAdmin(ctx)
	if err != nil {
		return err
	}
	if err := s.Warehouse.Resume(ctx); err != nil {
		return fmt.Errorf("bring the clusters back: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.Store.Run(ctx) })
	group.Go(func() error { return s.keepReserve(ctx) })
	group.Go(func() error { return s.audit.Run(ctx) })
	group.Go(func() error { return s.sqlLogs.Run(ctx) })
	group.Go(func() error { return s.followCertificate(ctx) })
	group.Go(func() error { return serveHTTP(ctx, admin, s.adminDoor()) })
	if s.listener != nil {
		group.Go(func() error { return serveHTTP(ctx, s.secured(s.config.Door.bounded(s.listener)), s.door()) })
	}
	announced := installation.Running{
		PID: os.Getpid(), URL: s.URL(), Admin: admin.Addr().String(), Snapshots: s.config.snapshotsURL(), SnapshotsIn: s.config.SnapshotsIn,
	}
	if err := s.config.Data.Announce(announced); err != nil {
		return fmt.Errorf("announce slipher in the data directory: %w", err)
	}
	defer s.config.Data.Withdraw()
	if s.config.Ready != nil {
		s.config.Ready(announced.URL)
	}
	if err := group.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // asked to stop
}

// listenAdmin opens the admin socket in a folder that only this user can enter. Whoever can open it may do everything.
func (s *Server) listenAdmin(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", filepath.Join(s.runDir, "admin.sock"))
	if err != nil {
		return nil, fmt.Errorf("listen on the admin socket: %w", err)
	}
	return listener, nil
}

// stopTime is how long the nodes may take to end.
const stopTime = time.Minute
