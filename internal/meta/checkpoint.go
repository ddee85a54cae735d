package meta

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// quietFor is how long nothing is committed before the write-ahead log is emptied. What is in the log is lost together when a part of it is damaged;
// under load SQLite moves it into the database by itself, each thousand pages.
const quietFor = time.Second

// busyTimeout is how long a connection waits for others.
const busyTimeout = "PRAGMA busy_timeout(10000)"

// housekeeping empties the write-ahead log whenever it is quiet.
type housekeeping struct {
	mu     sync.Mutex
	timer  *time.Timer // nil before the first commit
	closed bool
	works  sync.WaitGroup
}

// later has the log emptied when it is quiet.
func (h *housekeeping) later(empty func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
	case h.timer != nil:
		h.timer.Reset(quietFor)
	default:
		h.timer = time.AfterFunc(quietFor, func() {
			if h.begin() {
				defer h.works.Done()
				empty()
			}
		})
	}
}

func (h *housekeeping) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.works.Add(1)
	return true
}

func (h *housekeeping) close() {
	h.mu.Lock()
	h.closed = true
	if h.timer != nil {
		h.timer.Stop()
	}
	h.mu.Unlock()
	h.works.Wait()
}

// emptyLog moves the log into the database, unless somebody writes or still reads what was before: then the next commit has it tried again.
func (d *database) emptyLog() {
	ctx := context.Background()
	select {
	case d.turn <- struct{}{}:
		defer d.turn.give()
	default:
		return // a commit follows
	}
	if d.group != nil {
		return
	}
	conn, err := d.writer.Conn(ctx)
	if err == nil {
		err = errors.Join(truncateLog(ctx, conn), conn.Close())
	}
	if err != nil {
		d.log.Warn("the database's log was not emptied", "error", err)
	}
}

// truncateLog waits for nobody: the writer's turn is held meanwhile.
func truncateLog(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout(0)"); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	_, again := conn.ExecContext(ctx, busyTimeout)
	return errors.Join(err, again)
}
