// Package engine keeps one cluster's database: sessions, prepared statements, rows as Go values, bulk appends, checkpoints and the
// gate through which a snapshot reads the files of a database in use. It is the only package that touches DuckDB, and knows nothing of
// Redshift, of the wire protocol or of where snapshots go.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	// The bindings under the database/sql driver: the driver neither streams results nor hands out JSON as it was written. Do not upgrade
	// to 2.x of the driver, whose static libraries are not to be had through the module proxy.
	bindings "github.com/duckdb/duckdb-go-bindings"

	"slipher/internal/engine/ondisk"
	"slipher/internal/reserve"
)

// Config is what it takes to open a database.
type Config struct {
	Dir         string // the data directory; holds the database file, its WAL and the lock file
	View        string // a mount through which the engine sees the files of Dir until LeaveView, if not empty; writes go through it at once
	TempDir     string // for what does not fit into memory
	Database    string // the database's name, and the stem of its file
	Note        string // the file, outside of Dir, in which is noted what was committed; empty notes and checks nothing
	Create      bool   // make the database when there never was one; otherwise one that is missing is damage
	MemoryLimit string // e.g. "2GB"
	Threads     int
	Prelude     []string // statements that define functions and views outside the database file, in the catalog named Helpers
	SearchPath  []string // schemas of the database in which a new session looks up names, before Helpers
	Log         *slog.Logger
	Now         func() time.Time // tells how long it has been quiet
}

// Helpers is the in-memory catalog that holds what Config.Prelude defines.
const Helpers = "slipher"

// Database is an open database. Its methods may be called at the same time.
type Database struct {
	config   Config
	instance bindings.Database
	guard    *os.File // holds the data directory's lock
	file     *os.File // read-only; closing any descriptor of the file would drop the engine's own fcntl lock, so it stays open to the end
	gate     gate
	keeper   *ondisk.Keeper // of the note; nil keeps none
	viewLeft bool           // guarded by the gate's turn
	spooled  atomic.Int64   // bytes of rows that wait on disk
	memory   memory
	reserve  *reserve.File // of the disk, for what makes room
	freed    atomic.Bool   // a statement was begun that frees room, which the next checkpoint does

	interrupts int // before a call that does not look at them costs the process

	poisonOnce sync.Once
	poisoned   chan struct{}
}

// interruptsAtMost are those of 10 s: functions over long strings do not look at them.
const interruptsAtMost = int(10 * time.Second / interruptAgain)

// reserved are names of catalogs that every instance of the engine has.
var reserved = []string{"memory", "system", "temp", Helpers}

// Open opens the database in config.Dir. It refuses by an ondisk.Damage what has lost something that was committed, and makes a new database
// only where there never was one. Another process that is just ending may hold the data directory for a moment, so Open waits for some seconds
// before it gives up.
func Open(ctx context.Context, config Config) (*Database, error) {
	if slices.Contains(reserved, config.Database) || config.Database != filepath.Base(config.Database) {
		return nil, fmt.Errorf("the database name %q is reserved or no name for a file: choose another", config.Database)
	}
	for _, dir := range []string{config.Dir, config.TempDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the database's folders: %w", err)
		}
	}
	guard, err := lockDirectory(ctx, config.Dir)
	if err != nil {
		return nil, err
	}
	d := &Database{config: config, guard: guard, poisoned: make(chan struct{}), interrupts: interruptsAtMost}
	if err := errors.Join(d.memory.watch(config.MemoryLimit), d.open(ctx)); err != nil {
		bindings.Close(&d.instance)
		guard.Close()
		return nil, err
	}
	d.keep()
	d.reserve = reserve.Open(filepath.Join(config.TempDir, "reserve"), reserveBytes)
	d.gate.run(d)
	return d, nil
}

// Close ends the checkpoint scheduler, writes a last checkpoint and closes the files. All sessions must be closed before.
func (d *Database) Close() error {
	d.gate.stop(d.poisoned)
	err := d.checkpoint()
	if busy(err) {
		err = nil // a session was left open: the WAL holds what the checkpoint would have written
	}
	d.memory.stop()
	d.reserve.End()
	bindings.Close(&d.instance)
	err = errors.Join(err, d.endKeeping())
	if d.viewLeft {
		err = errors.Join(err, os.Remove(d.config.View))
	}
	return errors.Join(err, d.file.Close(), d.guard.Close())
}

// Poisoned is closed once the engine has reported an internal or fatal error. The instance may then be in any state: the process
// must end and a new one open the files, which the write-ahead log has kept consistent.
func (d *Database) Poisoned() <-chan struct{} { return d.poisoned }

// Bytes is the size of the database's files.
func (d *Database) Bytes() int64 {
	return sizeOf(d.path()) + d.walBytes()
}

// FileName is the name of a database's file within the data directory; FileName(name) + ".wal" is its write-ahead log.
func FileName(database string) string { return ondisk.FileName(database) }

// path is the database file's. It stays good when the view has been left, for then the view is a link to Dir.
func (d *Database) path() string {
	return filepath.Join(cmp.Or(d.config.View, d.config.Dir), FileName(d.config.Database))
}

func (d *Database) walPath() string { return d.path() + ".wal" }

// resolveView says the view's path as the engine and the system do.
func (d *Database) resolveView() error {
	if d.config.View == "" {
		return nil
	}
	view, err := realPath(d.config.View)
	if err != nil {
		return fmt.Errorf("find the view of the database's files: %w", err)
	}
	dir, err := realPath(d.config.Dir)
	if err != nil {
		return fmt.Errorf("find the data directory: %w", err)
	}
	d.config.Dir = dir
	if d.config.View = view; view == dir {
		d.config.View = "" // an earlier process has left it
	}
	return nil
}

func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

func (d *Database) open(ctx context.Context) error {
	if err := d.resolveView(); err != nil {
		return err
	}
	if err := d.check(); err != nil {
		return err
	}
	if err := d.start(); err != nil {
		return err
	}
	session, err := d.connect()
	if err != nil {
		return err
	}
	defer session.Close()
	if err := session.Exec(ctx, d.attach()); err != nil {
		return fmt.Errorf("attach the database: %w", d.unattached(err))
	}
	for _, statement := range d.setup() {
		if err := session.Exec(ctx, statement); err != nil {
			return fmt.Errorf("set up the database: %w", err)
		}
	}
	d.file, err = os.Open(d.path())
	if err != nil {
		return fmt.Errorf("open the database file for snapshots: %w", err)
	}
	return nil
}

func (d *Database) start() error {
	var config bindings.Config
	if bindings.CreateConfig(&config) == bindings.StateError {
		return errors.New("configure the engine: out of memory")
	}
	defer bindings.DestroyConfig(&config)
	for _, option := range d.options() {
		if bindings.SetConfig(config, option.name, option.value) == bindings.StateError {
			return fmt.Errorf("configure the engine: it refuses %s = %q", option.name, option.value)
		}
	}
	var message string
	if bindings.OpenExt("", &d.instance, config, &message) == bindings.StateError {
		return fmt.Errorf("start the engine: %s", message)
	}
	return nil
}

type option struct{ name, value string }

func (d *Database) options() []option {
	return []option{
		{"duckdb_api", "slipher"},
		{"memory_limit", d.config.MemoryLimit},
		{"threads", fmt.Sprint(max(d.config.Threads, 1))},
		{"temp_directory", d.config.TempDir},
		{"autoinstall_known_extensions", "false"},
		{"autoload_known_extensions", "false"},
		{"allow_community_extensions", "false"},
		{"allow_persistent_secrets", "false"},
		{"integer_division", "true"},
		{"default_null_order", "nulls_last_on_asc_first_on_desc"},
		// Only our own scheduler checkpoints: a snapshot must never race with one.
		{"checkpoint_threshold", "1TB"},
	}
}

func (d *Database) attach() string {
	return fmt.Sprintf("ATTACH %s AS %s (STORAGE_VERSION 'latest')", QuoteText(d.path()), Quote(d.config.Database))
}

// setup returns the statements that make the instance ready once the file is attached. The helpers live beside the database, not in it, so that a snapshot holds
// nothing but the user's data and a new version of slipher brings its own helpers. External access ends with them.
func (d *Database) setup() []string {
	statements := []string{"ATTACH ':memory:' AS " + Helpers}
	for _, schema := range d.config.SearchPath {
		statements = append(statements, fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %s.%s", Quote(d.config.Database), Quote(schema)))
	}
	statements = append(statements, d.searchPath(d.config.SearchPath))
	statements = append(statements, d.config.Prelude...)
	return append(statements,
		"SET TimeZone = 'UTC'",
		"SET allowed_configs = ['TimeZone']",
		"SET allowed_paths = "+d.ownFiles(),
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	)
}

// ownFiles are the files that the engine makes and opens while it runs. It allows itself those of the path under which it was given the
// database, and when the view has become a link to Dir, it looks at where the link leads.
func (d *Database) ownFiles() string {
	places := []string{d.path(), filepath.Join(d.config.Dir, FileName(d.config.Database))}
	suffixes := []string{"", ".wal", ".wal.checkpoint", ".wal.recovery"}
	paths := make([]string, 0, len(places)*len(suffixes))
	for _, path := range places {
		for _, suffix := range suffixes {
			paths = append(paths, QuoteText(path+suffix))
		}
	}
	return "[" + strings.Join(paths, ", ") + "]"
}

// searchPath makes the statement that lets a session look up names in the given schemas and then among the helpers. Without a schema it is the
// database's main one, which has nothing in it: otherwise new schemas would go to the helpers.
func (d *Database) searchPath(schemas []string) string {
	if len(schemas) == 0 {
		schemas = []string{"main"}
	}
	path := make([]string, 0, len(schemas)+1)
	for _, schema := range schemas {
		path = append(path, Quote(d.config.Database)+"."+Quote(schema))
	}
	path = append(path, Helpers+".main")
	return "SET search_path = " + QuoteText(strings.Join(path, ","))
}

// Quote makes an SQL identifier of name.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// QuoteText makes an SQL literal of text.
func QuoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (d *Database) poison(err error) {
	d.poisonOnce.Do(func() {
		d.config.Log.Error("engine failed", "database", d.config.Database, "err", err)
		close(d.poisoned)
	})
}
