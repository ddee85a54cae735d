// Package meta is slipher's memory: records, and the jobs that carry them from state to state, in one
// SQLite database.
//
// It promises that a transaction is durable once Update returns nil, that a job is enqueued if and only
// if the state it belongs to was committed, and that readers and the writer never wait for each other.
// It knows kinds, keys and JSON, and refuses to know what a cluster, a snapshot or an account is.
package meta

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	_ "modernc.org/sqlite" // the "sqlite" driver of database/sql
)

// Config says where the database is and what it shares with the rest of the program.
type Config struct {
	Path string           // created with mode 0600 when it does not exist
	Now  func() time.Time // decides when jobs of the future and retries are due
	Log  *slog.Logger     // nil discards
}

// Store is an open database. One process at a time may have it open.
type Store struct {
	now     func() time.Time
	log     *slog.Logger
	release func() error // ends the hold on the database
	writer  *sql.DB      // nil after Look; one connection
	readers *sql.DB
	writes  *statements // of the writer
	reads   *statements // of the readers
	turn    turn
	group   *group        // open; whoever has the turn may use it
	writing atomic.Uint64 // the goroutine inside a change
	news    news
	opening string // random, so that nothing has to be written for it: a full disk must not be in the way

	workers *river.Workers         // filled by Handle
	river   *river.Client[*sql.Tx] // only inserts and deletes; Run has its own
	bell    bell
	rest    time.Duration // between two looks for jobs that have become due
}

// Open opens the database, creates it if needed, and brings its tables up to date. It refuses a database
// that another process has open or that a newer slipher has written.
func Open(ctx context.Context, config Config) (*Store, error) {
	if config.Now == nil {
		return nil, errors.New("open the database: Config.Now is missing")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	lock, err := lockFile(config.Path + ".lock")
	if err != nil {
		return nil, err
	}
	store := &Store{
		now: config.Now, log: config.Log, release: lock.Close,
		workers: river.NewWorkers(), turn: make(turn, 1), bell: make(bell, 1), rest: longestRest,
		opening: rand.Text(),
	}
	if err := store.open(ctx, config); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", config.Path, err), store.Close())
	}
	return store, nil
}

func (s *Store) open(ctx context.Context, config Config) error {
	if err := makePrivate(config.Path); err != nil {
		return err
	}
	var err error
	if s.writer, err = connect(config.Path, "_txlock=immediate"); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	s.writes = newStatements(s.writer)
	// The readers are unlimited, so that a View inside a View cannot starve.
	if s.readers, err = connect(config.Path, "_pragma=query_only(1)"); err != nil {
		return err
	}
	s.readers.SetMaxIdleConns(8)
	s.reads = newStatements(s.readers)
	if err := migrate(ctx, s.writer); err != nil {
		return err
	}
	if err := migrateRiver(ctx, s.writer, s.driver(), s.riverLog()); err != nil {
		return err
	}
	s.river, err = river.NewClient(s.driver(), s.inserts())
	return err
}

func connect(path, options string) (*sql.DB, error) {
	const pragmas = "&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	file := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: options + pragmas}
	return sql.Open("sqlite", file.String())
}

// makePrivate creates the database file before SQLite does; its companions inherit the mode.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Close())
}

// Close releases the database. Run must have returned before.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.release())...)
}

// View runs read in a transaction that sees one state of the database from its first look to its end.
func (s *Store) View(ctx context.Context, read func(tx *Tx) error) error {
	sqlTx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer s.reads.prepare()
	defer sqlTx.Rollback()
	return read(&Tx{session: s.reads.session(sqlTx)})
}

// Update runs change alone among all writers and commits. When change returns an error or panics, or when the context has ended,
// nothing of it remains. Changes of several goroutines may share one commit, and are undone together if that fails; none of them
// returns before it, nor does one that failed after it could see the others'. An Update inside an Update of the same store would
// wait for itself: it panics. A View inside an Update sees the last state that was committed.
func (s *Store) Update(ctx context.Context, change func(tx *Tx) error) error {
	if s.writer == nil {
		return errors.New("the database was opened only to look at it")
	}
	if s.writing.Load() == goroutine() {
		panic("meta: Update called inside Update: pass the Tx on")
	}
	if err := s.turn.take(ctx); err != nil {
		return fmt.Errorf("begin writing: %w", err)
	}
	tx := &Tx{store: s}
	joined, err := s.join(ctx, tx, change)
	if joined == nil {
		return err
	}
	if err := s.settle(joined); err != nil {
		return err
	}
	if err == nil && tx.ring {
		s.bell.ring()
	}
	return err
}

// Tx is a transaction. It ends with the function it was given to.
type Tx struct {
	session *session
	store   *Store // nil in a View
	ring    bool   // jobs wait for the commit
}

func (tx *Tx) mustWrite() {
	if tx.store == nil {
		panic("meta: a View only reads: use Update")
	}
}

func (tx *Tx) exec(statement string, args ...any) (sql.Result, error) {
	return tx.session.exec(statement, args...)
}

func (tx *Tx) query(query string, args ...any) (*sql.Rows, error) {
	return tx.session.query(query, args...)
}

func (tx *Tx) queryRow(query string, args ...any) *sql.Row {
	return tx.session.queryRow(query, args...)
}
