package meta

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// What River needs of us, and nothing else, is in this file.

// driver is River's for SQLite, except that news of jobs comes from a bell in this process, at once,
// and not from a table that is polled.
type driver struct {
	*riversqlite.Driver
	bell    bell
	replica string // that works jobs; empty for one that only enqueues them
}

func (d *driver) GetExecutor() riverdriver.Executor {
	if d.replica == "" {
		return d.Driver.GetExecutor()
	}
	return &fence{Executor: d.Driver.GetExecutor(), replica: d.replica}
}

func (d *driver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return &listener{bell: d.bell}
}

func (d *driver) SupportsListenNotify() bool { return false }

// bell rings when jobs have been committed. Ringing it twice before it is heard is ringing it once.
type bell chan struct{}

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// bells are those of all control planes of this process.
type bells struct {
	mu  sync.Mutex
	all []bell
}

func (b *bells) add(one bell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, one)
}

func (b *bells) remove(one bell) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = slices.DeleteFunc(b.all, func(other bell) bool { return other == one })
}

func (b *bells) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, one := range b.all {
		one.ring()
	}
}

type listener struct{ bell bell }

func (l *listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-l.bell:
		return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + river.QueueDefault + `"}`}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (*listener) Connect(context.Context) error          { return nil }
func (*listener) Close(context.Context) error            { return nil }
func (*listener) Ping(context.Context) error             { return nil }
func (*listener) Listen(context.Context, string) error   { return nil }
func (*listener) Unlisten(context.Context, string) error { return nil }
func (*listener) Schema() string                         { return "" }
func (*listener) SetAfterConnectExec(string)             {}

// migrateRiver brings River's own tables up to date, and refuses those of a newer River.
func migrateRiver(ctx context.Context, db *sql.DB, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("read the migrations of jobs: %w", err)
	}
	all := migrator.AllVersions()
	newest := int64(all[len(all)-1].Version)
	current, err := riverVersion(ctx, db)
	if err != nil {
		return fmt.Errorf("read the version of jobs: %w", err)
	}
	if current > newest {
		return tooNew(current, newest)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// riverVersion asks the table itself: the migrator has no answer for versions it does not know.
func riverVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	var migrated bool
	err = db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'river_migration'`).Scan(&migrated)
	if err != nil || !migrated {
		return 0, err
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM river_migration WHERE line = 'main'`).Scan(&version)
	return version, err
}

// clock is our time as River takes it.
type clock func() time.Time

func (c clock) Now() time.Time { return c() }

func (c clock) NowOrNil() *time.Time {
	now := c()
	return &now
}

// soon is for failures that never reached a handler, such as arguments that do not decode. It stays
// below River's five seconds, so that the job remains available.
type soon struct{ now func() time.Time }

func (s soon) NextRetry(*rivertype.JobRow) time.Time { return s.now().Add(3 * time.Second) }

// atLeastWarn keeps River's daily news out of the log.
type atLeastWarn struct{ slog.Handler }

func (h atLeastWarn) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h atLeastWarn) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeastWarn{h.Handler.WithAttrs(attrs)}
}

func (h atLeastWarn) WithGroup(name string) slog.Handler {
	return atLeastWarn{h.Handler.WithGroup(name)}
}
