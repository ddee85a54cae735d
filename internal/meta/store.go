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
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the "sqlite" driver of database/sql
)

// Config says where the database is and what it shares with the rest of the program.
type Config struct {
	Path string           // created with mode 0600 when it does not exist
	Now  func() time.Time // decides when jobs of the future and retries are due
	Log  *slog.Logger     // nil discards
}

// database is what all control planes of this process share. One process at a time may have it open.
type database struct {
	now         func() time.Time
	log         *slog.Logger
	release     func() error // ends the hold on the database
	opening     string       // random, so that nothing has to be written for it: a full disk must not be in the way
	writer      *sql.DB      // nil after Look; one connection
	readers     *sql.DB
	writes      *statements // of the writer
	reads       *statements // of the readers
	turn        turn
	group       *group        // open; whoever has the turn may use it
	writing     atomic.Uint64 // the goroutine inside a change
	news        news
	bells       bells
	generations generations

	house housekeeping
	codes codes

	looking sync.Mutex // held while all rows are looked at
	soundAt time.Time  // when none was damaged

	places atomic.Int64 // stores that are not closed yet
	named  atomic.Int64 // stores that were ever made
}

// Store is one control plane's place at a database.
type Store struct {
	*database
	name string

	workers *river.Workers         // filled by Handle
	river   *river.Client[*sql.Tx] // only inserts and deletes; Run has its own
	bell    bell                   // rings for jobs
	beats   bell                   // rings when a clock was moved
	rest    time.Duration          // between two looks for jobs that have become due
	renew   time.Duration          // between two renewals of the replica
	kept    kept
	runs    atomic.Int64
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
	opened := &database{now: config.Now, log: config.Log, release: lock.Close, opening: rand.Text(), turn: make(turn, 1)}
	opened.places.Add(1)
	store, err := opened.open(ctx, config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", config.Path, err), opened.leave())
	}
	return store, nil
}

func (d *database) open(ctx context.Context, config Config) (*Store, error) {
	if err := makePrivate(config.Path); err != nil {
		return nil, err
	}
	err := checkLog(config.Path)
	if err != nil {
		return nil, err
	}
	if d.writer, err = connect(config.Path, "_txlock=immediate"); err != nil {
		return nil, err
	}
	d.writer.SetMaxOpenConns(1)
	d.writes = newStatements(d.writer)
	// The readers are unlimited, so that a View inside a View cannot starve.
	if d.readers, err = connect(config.Path, "_pragma=query_only(1)"); err != nil {
		return nil, err
	}
	d.readers.SetMaxIdleConns(8)
	d.reads = newStatements(d.readers)
	if err := migrate(ctx, d.writer); err != nil {
		return nil, err
	}
	if err := migrateRiver(ctx, d.writer, &driver{Driver: riversqlite.New(d.writer)}, riverLog(d.log)); err != nil {
		return nil, err
	}
	if err := d.readSealed(ctx); err != nil {
		return nil, err
	}
	if err := d.readGenerations(ctx); err != nil {
		return nil, err
	}
	d.codes.damage.log = d.log
	return newStore(d)
}

// newStore makes another place at the database.
func newStore(d *database) (store *Store, err error) {
	store = &Store{
		database: d, name: fmt.Sprintf("%s.%d", d.opening, d.named.Add(1)),
		workers: river.NewWorkers(), bell: make(bell, 1), beats: make(bell, 1), rest: longestRest, renew: renewAfter,
	}
	d.bells.add(store.bell)
	store.river, err = river.NewClient(store.driver(""), store.inserts())
	return store, err
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

// Close gives the place up, and with the last place releases the database. Run must have returned before.
func (s *Store) Close() error {
	s.bells.remove(s.bell)
	return s.leave()
}

func (d *database) leave() error {
	if d.places.Add(-1) > 0 {
		return nil
	}
	d.house.close()
	var errs []error
	for _, db := range []*sql.DB{d.readers, d.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, d.release())...)
}

// View runs read in a transaction that sees one state of the database from its first look to its end.
func (s *Store) View(ctx context.Context, read func(tx *Tx) error) error {
	sqlTx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin reading: %w", brokenOff(ctx, err))
	}
	defer s.reads.prepare()
	defer sqlTx.Rollback()
	return brokenOff(ctx, read(&Tx{session: s.reads.session(sqlTx), codes: &s.codes}))
}

const interrupted = 9 // SQLite's code

// brokenOff tells that the context has ended where the driver has words of its own for it: a look was interrupted, or came after the transaction that
// the context took with it.
func brokenOff(ctx context.Context, err error) error {
	failure, ofDriver := errors.AsType[interface {
		error
		Code() int
	}](err)
	if ctx.Err() != nil && (errors.Is(err, sql.ErrTxDone) || ofDriver && failure.Code() == interrupted) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
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
	tx := &Tx{store: s, codes: &s.codes}
	joined, err := s.join(ctx, tx, change)
	if joined == nil {
		return err
	}
	if err := s.settle(joined); err != nil {
		return err
	}
	if err == nil && tx.ring {
		s.bells.ring()
	}
	return err
}

// Tx is a transaction. It ends with the function it was given to.
type Tx struct {
	session *session
	store   *Store // nil in a View
	codes   *codes
	ring    bool             // jobs wait for the commit
	raised  map[string]int64 // generations
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
