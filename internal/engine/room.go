package engine

import "slipher/internal/reserve"

const (
	// reserveBytes is more than it takes to drop a table and to make the checkpoint that frees its blocks.
	reserveBytes = 8 << 20
	// afterFreeing is room for a checkpoint after a statement that freed some, whatever the log holds of what is gone now.
	afterFreeing = 2 << 20
)

// errNoRoom puts a checkpoint off: one that fails for want of room would cost the process. The log goes on holding what it would have written.
var errNoRoom = &Error{Code: diskFull, Message: opaque[diskFull]}

// MakeRoom is called before a statement that frees room: on a full disk it gets some to do so. A checkpoint soon afterwards takes it back.
func (s *Session) MakeRoom() {
	s.database.reserve.Spend()
	s.database.freed.Store(true)
}

func (d *Database) roomToCheckpoint(logged int64) bool {
	room, err := reserve.RoomAt(d.path())
	if d.freed.Load() {
		logged = min(logged, afterFreeing)
	}
	return err != nil || room >= logged
}
