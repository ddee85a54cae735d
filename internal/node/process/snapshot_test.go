package process

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"slipher/internal/nodeapi"
)

func storeIn(dir string) nodeapi.Store {
	return nodeapi.Store{URL: "file://" + filepath.ToSlash(dir), Scope: "cluster/key", Key: bytes.Repeat([]byte{7}, 32)}
}

// Four sessions commit numbered batches while snapshots are saved. A node restored from any of them has, for every writer, whole batches
// from 1 to n, with n no less than what was acknowledged before the save.
func TestSaveUnderWrites(t *testing.T) {
	t.Parallel()
	r := opened(t)
	store := storeIn(t.TempDir())
	execute(t, r.connect(), "CREATE TABLE log (writer int, batch int, n int, filler varchar(100)) DISTKEY(writer)")
	const writers, batchRows = 4, 50
	var acknowledged [writers]struct {
		sync.Mutex
		last int
	}
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	for w := range writers {
		conn := r.connect()
		group.Go(func() {
			for batch := 1; ctx.Err() == nil; batch++ {
				values := make([]string, batchRows)
				for n := range values {
					values[n] = fmt.Sprintf("(%d, %d, %d, 'filler of %d')", w, batch, n, batch)
				}
				if _, err := conn.Exec(context.Background(), "INSERT INTO log VALUES "+strings.Join(values, ", ")); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				acknowledged[w].Lock()
				acknowledged[w].last = batch
				acknowledged[w].Unlock()
			}
		})
	}
	parent := ""
	for i := range 3 {
		var before [writers]int
		for w := range writers {
			acknowledged[w].Lock()
			before[w] = acknowledged[w].last
			acknowledged[w].Unlock()
		}
		manifest := fmt.Sprintf("snapshot-%d", i)
		saved := r.save(store, manifest, parent)
		if saved.TotalBytes == 0 || saved.Blocks == 0 || saved.BeganUnixMS == 0 {
			t.Errorf("save %d: got %+v", i, saved)
		}
		parent = manifest

		restored := restoredFrom(t, store, manifest)
		conn := restored.connect()
		for w := range writers {
			count, last := value[int](t, conn, "SELECT count(*) FROM log WHERE writer = $1", w), value[int](t, conn, "SELECT coalesce(max(batch), 0) FROM log WHERE writer = $1", w)
			if last < before[w] || count != last*batchRows {
				t.Errorf("snapshot %d, writer %d: %d rows up to batch %d, %d were acknowledged", i, w, count, last, before[w])
			}
		}
		if got := value[string](t, conn, "SELECT diststyle FROM svv_table_info WHERE \"table\" = 'log'"); got != "KEY(writer)" {
			t.Errorf("snapshot %d: diststyle %q", i, got)
		}
	}
}

func (r *running) save(store nodeapi.Store, manifest, parent string) nodeapi.Saved {
	r.t.Helper()
	events := r.transfer(nodeapi.PathSave, nodeapi.SaveRequest{Store: store, Manifest: manifest, Parent: parent})
	last := events[len(events)-1]
	if !last.Done || last.Saved == nil {
		r.t.Fatalf("save: got %+v", last)
	}
	return *last.Saved
}

func restoredFrom(t *testing.T, store nodeapi.Store, manifest string) *running {
	t.Helper()
	r := start(t, t.TempDir())
	events := r.transfer(nodeapi.PathRestore, nodeapi.RestoreRequest{Store: store, Manifest: manifest})
	if last := events[len(events)-1]; !last.Done || last.Progress == nil || last.Progress.DoneBytes != last.Progress.TotalBytes {
		t.Fatalf("restore: got %+v", last)
	}
	r.open()
	return r
}

func TestSaveTwiceIsIdempotent(t *testing.T) {
	t.Parallel()
	r := opened(t)
	store := storeIn(t.TempDir())
	execute(t, r.connect(), "CREATE TABLE t AS SELECT 1 AS n")
	first := r.save(store, "one", "")
	second := r.save(store, "one", "")
	if first.Blocks == 0 || second.Blocks != first.Blocks || second.NewBlocks != 0 || second.StoredBytes != 0 {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

// The cap of a transfer under way can be lifted.
func TestBandwidth(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	execute(t, conn, "CREATE TABLE t (n bigint)")
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"t"}, []string{"n"}, pgx.CopyFromSlice(300000, func(i int) ([]any, error) {
		return []any{int64(i) * int64(i)}, nil
	})); err != nil {
		t.Fatal(err)
	}
	store := storeIn(t.TempDir())
	r.liftCap(nodeapi.PathSave, nodeapi.SaveRequest{Store: store, Manifest: "whole", BytesPerSecond: 1000})
	table := tableRequest(store, "t", "again")
	table.BytesPerSecond = 1000
	r.liftCap(nodeapi.PathTable, table)
}

// liftCap begins a transfer, and lifts its cap after its first event.
func (r *running) liftCap(path string, request any) {
	t := r.t
	t.Helper()
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	response, err := r.client.Post("http://node"+path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lifted := false
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		var event nodeapi.Event
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			t.Fatal(err)
		}
		switch {
		case event.Error != "":
			t.Fatal(event.Error)
		case event.Done:
			if !lifted {
				t.Errorf("%s at 1000 bytes a second was done before its cap was lifted", path)
			}
			return
		case !lifted:
			r.must(nodeapi.PathBandwidth, nodeapi.Bandwidth{}, nil)
			lifted = true
		}
	}
	t.Errorf("%s ended without a last event", path)
}
