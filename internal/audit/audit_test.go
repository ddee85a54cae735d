package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func openLog(t *testing.T, change func(*Config)) (*Log, *clock) {
	t.Helper()
	moving := &clock{time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
	config := Config{Dir: filepath.Join(t.TempDir(), "audit"), Now: moving.now, Chain: newChain("calls")}
	if change != nil {
		change(&config)
	}
	log, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	return log, moving
}

func record(log *Log, names ...string) {
	for _, name := range names {
		log.Record(Event{EventName: name})
	}
}

// recorded are the names of the events of each file, in order.
func recorded(t *testing.T, log *Log) map[string][]string {
	t.Helper()
	entries, err := os.ReadDir(log.config.Dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, entry := range entries {
		file, err := os.Open(filepath.Join(log.config.Dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for lines := bufio.NewScanner(file); lines.Scan(); {
			var event Event
			if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
				event.EventName = "torn"
			}
			found[entry.Name()] = append(found[entry.Name()], event.EventName)
		}
	}
	return found
}

func want(t *testing.T, log *Log, file string, names ...string) {
	t.Helper()
	if got := recorded(t, log)[file]; !slices.Equal(got, names) {
		t.Errorf("%s: got %v, want %v", file, got, names)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	t.Run("one_for_each_day_and_closed_to_others", func(t *testing.T) {
		t.Parallel()
		log, clock := openLog(t, nil)
		record(log, "a", "b")
		clock.at = clock.at.Add(24 * time.Hour)
		record(log, "c")
		log.Flush()
		record(log, "d")
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		want(t, log, "2026-01-05.000.jsonl", "a", "b")
		want(t, log, "2026-01-06.000.jsonl", "c", "d")
		for path, mode := range map[string]fs.FileMode{log.config.Dir: 0o700, log.path("2026-01-05.000.jsonl"): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s has mode %v, want %v", path, info.Mode(), mode)
			}
		}
	})
	t.Run("another_when_one_is_large", func(t *testing.T) {
		t.Parallel()
		log, _ := openLog(t, func(c *Config) { c.MaxFile = 700 })
		for _, name := range []string{"a", "b", "c", "d"} {
			record(log, name)
			log.Flush()
		}
		want(t, log, "2026-01-05.000.jsonl", "a", "b")
		want(t, log, "2026-01-05.001.jsonl", "c", "d")
	})
	t.Run("go_when_they_are_too_old", func(t *testing.T) {
		t.Parallel()
		log, clock := openLog(t, func(c *Config) { c.Days = 2 })
		foreign := filepath.Join(log.config.Dir, "2020-01-01.txt")
		if err := os.WriteFile(foreign, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, day := range []string{"5", "6", "7", "8"} {
			record(log, day)
			log.Flush()
			clock.at = clock.at.Add(24 * time.Hour)
		}
		var days []string
		for name := range recorded(t, log) {
			days = append(days, name[:10])
		}
		slices.Sort(days)
		if got := strings.Join(days, " "); got != "2026-01-06 2026-01-07 2026-01-08" {
			t.Errorf("kept %s, want today's and two days' before", got)
		}
		if _, err := os.Stat(foreign); err != nil {
			t.Errorf("a file of somebody else's is gone: %v", err)
		}
	})
}

// sick is a disk that takes so many bytes, and no more until it is healed.
type sick struct {
	mu   sync.Mutex
	room int
}

type sickFile struct {
	file
	disk *sick
}

func (d *sick) open(path string) (file, error) {
	opened, err := openFile(path)
	return sickFile{opened, d}, err
}

func (d *sick) heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = 1 << 30
}

func (f sickFile) Write(lines []byte) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	n, err := f.file.Write(lines[:min(len(lines), f.disk.room)])
	f.disk.room -= n
	if n < len(lines) {
		err = errors.Join(err, errors.New("no space left on device"))
	}
	return n, err
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("keeps_what_waits_and_writes_it_once", func(t *testing.T) {
		t.Parallel()
		disk := &sick{room: 1000}
		log, clock := openLog(t, func(c *Config) { c.open = disk.open })
		record(log, "a", "b")
		log.Flush()
		record(log, "c", "d")
		log.Flush()
		clock.at = clock.at.Add(24 * time.Hour)
		record(log, "e")
		log.Flush()
		want(t, log, "2026-01-05.000.jsonl", "a", "b")
		if state := log.State(); state.Written != 2 || state.Waiting != 3 || state.Lost != 0 || !strings.Contains(state.Trouble, "no space") {
			t.Errorf("got %+v", state)
		}
		disk.heal()
		log.Flush()
		want(t, log, "2026-01-05.000.jsonl", "a", "b", "c", "d")
		want(t, log, "2026-01-06.000.jsonl", "e")
		if state := log.State(); state != (State{Written: 5, Line: 5}) {
			t.Errorf("got %+v, want 5 written and nothing else", state)
		}
	})
	t.Run("loses_what_has_no_room_and_says_so", func(t *testing.T) {
		t.Parallel()
		disk := &sick{}
		log, _ := openLog(t, func(c *Config) { c.open, c.MaxWaiting = disk.open, 1000 })
		for i := range 10 {
			record(log, fmt.Sprint(i))
			log.Flush()
		}
		lost := log.State().Lost
		if lost < 5 || log.State().Waiting+lost != 10 {
			t.Errorf("got %+v", log.State())
		}
		if err := log.Close(); err == nil || !strings.Contains(err.Error(), "no space") {
			t.Errorf("closed with %v, want to hear of the disk", err)
		}
		disk.heal()
		log.Flush() // writes what waited, and adds what is missing
		log.Flush()
		names := recorded(t, log)["2026-01-05.000.jsonl"]
		if names[len(names)-1] != "AuditEventsLost" || len(names) != 10-int(lost)+1 {
			t.Errorf("got %v", names)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	log, _ := openLog(t, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				record(log, "call")
			}
		})
	}
	for range 20 {
		log.Flush()
	}
	all.Wait()
	log.Close()
	if got := len(recorded(t, log)["2026-01-05.000.jsonl"]); got != 1600 {
		t.Errorf("%d events, want 1600", got)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200<<10)
	event := Event{UserAgent: long, ErrorMessage: long, RequestParameters: json.RawMessage(`"` + long + `"`)}.bounded()
	if len(event.UserAgent) != 1024 || len(event.ErrorMessage) != 1024 || event.RequestParameters != nil {
		t.Errorf("got %d, %d and %d bytes", len(event.UserAgent), len(event.ErrorMessage), len(event.RequestParameters))
	}
	if got := event.AdditionalEventData["requestParametersOmittedBytes"]; got != 200<<10+2 {
		t.Errorf("the event tells of %v omitted bytes", got)
	}
}

func BenchmarkRecord(b *testing.B) {
	log, err := Open(Config{Dir: b.TempDir(), Now: time.Now, Chain: newChain("calls")})
	if err != nil {
		b.Fatal(err)
	}
	event := Event{EventName: "AuthorizeSnapshotAccess", RequestParameters: json.RawMessage(`{"snapshotIdentifier":"monday"}`)}
	for b.Loop() {
		log.Record(event)
		if log.State().Waiting > 10000 {
			log.Flush()
		}
	}
}
