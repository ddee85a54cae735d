package engine

import "testing"

// TestWritten has changes counted once each, whether they are in the log, moved into the file or written past the log.
func TestWritten(t *testing.T) {
	t.Parallel()
	d := open(t)
	s := session(t, d)
	run(t, s, "CREATE TABLE t (id BIGINT, filler VARCHAR)")
	before := d.Written()
	grown := func(what string, least, most int64) {
		t.Helper()
		now := d.Written()
		if by := now - before; by < least || by > most {
			t.Errorf("%s: %d bytes more, want %d to %d", what, by, least, most)
		}
		before = now
	}
	run(t, s, "INSERT INTO t SELECT i, md5(i::VARCHAR) FROM range(90000) r(i)")
	grown("a small insert", 2<<20, 8<<20)
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	grown("its checkpoint", 0, 4<<20)
	run(t, s, "SELECT count(*) FROM t")
	grown("a query", 0, 0)
	run(t, s, "INSERT INTO t SELECT i, md5(i::VARCHAR) FROM range(1500000) r(i)")
	grown("a large insert, which writes past the log", 20<<20, 120<<20)
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	grown("its checkpoint", 0, 20<<20)
	run(t, s, "UPDATE t SET filler = filler || 'x' WHERE id < 50000")
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	grown("an update", 1<<20, 60<<20)
}
