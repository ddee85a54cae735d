package engine

import (
	"context"
	"fmt"

	"slipher/internal/reserve"
)

const (
	// reserveBytes is more than it takes to drop a table and to make the checkpoint that frees its blocks.
	reserveBytes = 8 << 20
	// besidesRows is room for what a checkpoint writes that is no rows of tables, and for what others take of the disk meanwhile.
	besidesRows = 2 << 20
)

// errNoRoom puts a checkpoint off: one that fails for want of room would cost the process. The log goes on holding what it would have written.
var errNoRoom = &Error{Code: diskFull, Message: opaque[diskFull]}

// MakeRoom is called before a statement that frees room: on a full disk it gets some to do so. A checkpoint soon afterwards takes it back.
func (s *Session) MakeRoom() {
	s.database.reserve.Spend()
	s.database.freed.Store(true)
}

// roomToCheckpoint says no where a checkpoint might fail half-way. Until rows are dropped it writes about what was logged; afterwards much of
// that may be gone, and the checkpoint that frees the blocks of what was dropped has to be dared with less.
func (d *Database) roomToCheckpoint(logged int64) bool {
	room, err := reserve.RoomAt(d.path())
	if err != nil || room >= logged {
		return true
	}
	if !d.freed.Load() || room < besidesRows {
		return false
	}
	rows, err := d.unwritten(context.Background())
	return err == nil && room >= besidesRows+rows
}

// unwritten is at most how many bytes of the tables' rows are in memory and in the log only.
func (d *Database) unwritten(ctx context.Context) (bytes int64, err error) {
	session, err := d.connect()
	if err != nil {
		return 0, err
	}
	defer session.Close()
	tables, err := session.tables(ctx, d.config.Database)
	if err != nil {
		return 0, err
	}
	for _, table := range tables {
		rows, err := session.query(ctx, fmt.Sprintf(unwrittenRows, QuoteText(Quote(d.config.Database)+"."+table.quoted())))
		if err != nil {
			return 0, err
		}
		bytes += rows[0][0].(int64)
	}
	return bytes, nil
}

// unwrittenRows counts a column of a row group as a whole, since it is written as a whole, once something of it was added or changed. A
// segment is a block at most, but for strings that have blocks of their own; no other value is wider than 16 bytes.
const unwrittenRows = `SELECT coalesce(sum(bytes), 0)::BIGINT FROM (
	SELECT sum(CASE WHEN width > 4096 THEN count * width ELSE least(count * width, 262144) END) AS bytes
	FROM (SELECT *, coalesce(try_cast(regexp_extract(stats, 'Max String Length: (\d+)', 1) AS BIGINT),
		CASE segment_type WHEN 'VARCHAR' THEN 4096 WHEN 'BLOB' THEN 4096 ELSE 16 END) AS width FROM pragma_storage_info(%s))
	GROUP BY row_group_id, column_id HAVING bool_or(NOT persistent OR has_updates))`
