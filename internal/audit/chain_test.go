package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// newChain keeps the end in memory.
func newChain(name string) Chain {
	var mu sync.Mutex
	var kept []byte
	return Chain{
		Name: name, Key: bytes.Repeat([]byte{7}, 32),
		Kept: func() ([]byte, error) { mu.Lock(); defer mu.Unlock(); return kept, nil },
		Keep: func(text []byte) error { mu.Lock(); defer mu.Unlock(); kept = bytes.Clone(text); return nil },
	}
}

// written is a record of two days: lines 1 to 4 in one file, 5 and 6 in the next.
func written(t *testing.T, change func(*Config)) *Log {
	t.Helper()
	log, clock := openLog(t, change)
	for _, name := range []string{"a", "b", "c", "d"} {
		record(log, name)
		log.Flush()
	}
	clock.at = clock.at.Add(24 * time.Hour)
	record(log, "e", "f")
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return log
}

const monday, tuesday = "2026-01-05.000.jsonl", "2026-01-06.000.jsonl"

// edit changes the lines of a file.
func edit(t *testing.T, log *Log, name string, change func(lines []string) []string) {
	t.Helper()
	body, err := os.ReadFile(log.path(name))
	if err != nil {
		t.Fatal(err)
	}
	lines := change(strings.Split(strings.TrimSuffix(string(body), "\n"), "\n"))
	text := strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(log.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, log *Log) Verified {
	t.Helper()
	found, err := Verify(log.config.Dir, log.config.Chain)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantProblems wants exactly these, each with file, line and a part of what is said; the files' folder is left out.
func wantProblems(t *testing.T, log *Log, want ...string) {
	t.Helper()
	found := verify(t, log)
	var got []string
	for _, problem := range found.Problems {
		got = append(got, strings.TrimPrefix(problem.String(), log.config.Dir+string(filepath.Separator)))
	}
	same := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		same = same && strings.HasPrefix(got[i], want[i])
	}
	if !same {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	t.Run("finds_nothing_where_nothing_was_done", func(t *testing.T) {
		t.Parallel()
		log := written(t, nil)
		if found := verify(t, log); found.Lines != 6 || len(found.Problems) > 0 || found.Unfinished != "" {
			t.Errorf("got %+v", found)
		}
	})
	for name, test := range map[string]struct {
		change func(t *testing.T, log *Log)
		want   []string
	}{
		"an_altered_line": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string {
				lines[1] = strings.Replace(lines[1], `"eventName":"b"`, `"eventName":"x"`, 1)
				return lines
			})
		}, []string{monday + ", line 2: was altered or inserted"}},
		"a_line_whose_place_is_altered": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string {
				lines[2] = strings.Replace(lines[2], `"chain":{"line":3,`, `"chain":{"line":2,`, 1)
				return lines
			})
		}, []string{monday + ", line 3: was altered or inserted"}},
		"a_removed_line": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string { return append(lines[:1], lines[2:]...) })
		}, []string{monday + ", line 2: line 2 of the chain is missing before it"}},
		"lines_in_another_order": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string { lines[1], lines[2] = lines[2], lines[1]; return lines })
		}, []string{monday + ", line 2: line 2 of the chain is missing before it", monday + ", line 3: stands here again"}},
		"an_inserted_line": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string {
				return []string{lines[0], `{"eventName":"x"}`, lines[1], lines[2], lines[3]}
			})
		}, []string{monday + ", line 2: was altered or inserted"}},
		"a_repeated_line": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string { return append(lines, lines[3]) })
		}, []string{monday + ", line 5: stands here again"}},
		"a_first_line_that_is_gone": {func(t *testing.T, log *Log) {
			edit(t, log, monday, func(lines []string) []string { return lines[1:] })
		}, []string{monday + ", line 1: line 1 of the chain is missing before it"}},
		"an_end_that_is_cut_off": {func(t *testing.T, log *Log) {
			edit(t, log, tuesday, func(lines []string) []string { return lines[:1] })
		}, []string{"the record's end is cut off: line 6 of the chain is missing"}},
		"an_end_that_is_cut_off_after_a_restart": {func(t *testing.T, log *Log) {
			edit(t, log, tuesday, func(lines []string) []string { return lines[:1] })
			again, err := Open(log.config)
			if err != nil {
				t.Fatal(err)
			}
			record(again, "g")
			again.Close()
		}, []string{"2026-01-06.001.jsonl, line 1: line 6 of the chain is missing before it"}},
		"a_removed_file": {func(t *testing.T, log *Log) { os.Remove(log.path(monday)) },
			[]string{tuesday + ", line 1: lines 1 to 4 of the chain are missing before it"}},
		"a_record_that_is_gone": {func(t *testing.T, log *Log) { os.RemoveAll(log.config.Dir) },
			[]string{"the record's end is cut off: lines 1 to 6 of the chain are missing"}},
		"a_renamed_file": {func(t *testing.T, log *Log) { os.Rename(log.path(monday), log.path("2020-01-05.000.jsonl")) }, []string{
			"2020-01-05.000.jsonl, line 1: was", "2020-01-05.000.jsonl, line 2: was", "2020-01-05.000.jsonl, line 3: was", "2020-01-05.000.jsonl, line 4: was",
		}},
		"lines_of_another_record": {func(t *testing.T, log *Log) {
			other := written(t, func(c *Config) { c.Chain = newChain("other") })
			body, _ := os.ReadFile(other.path(tuesday))
			os.WriteFile(log.path(tuesday), body, 0o600)
		}, []string{tuesday + ", line 1: was altered", tuesday + ", line 2: was altered"}},
		"a_file_without_a_chain_among_those_with_one": {func(t *testing.T, log *Log) {
			os.WriteFile(log.path("2026-01-05.001.jsonl"), []byte(`{"eventName":"x"}`+"\n"), 0o600)
		}, []string{"2026-01-05.001.jsonl, line 1: no line of this file has a place"}},
		"an_end_that_is_not_kept": {func(t *testing.T, log *Log) { log.config.Chain.Keep(nil) }, []string{"the record's end was kept nowhere"}},
		"an_end_that_is_not_kept_after_a_restart": {func(t *testing.T, log *Log) {
			log.config.Chain.Keep(nil)
			again, err := Open(log.config)
			if err != nil {
				t.Fatal(err)
			}
			record(again, "g")
			again.Close()
		}, []string{"2026-01-06.001.jsonl, line 1: line 7 of the chain is missing before it"}},
		"an_end_that_is_altered": {func(t *testing.T, log *Log) {
			kept, _ := log.config.Chain.Kept()
			log.config.Chain.Keep(bytes.Replace(kept, []byte(`"line":6`), []byte(`"line":5`), 1))
		}, []string{"what was kept of the record's end was altered"}},
		"an_older_copy_that_went_on": {func(t *testing.T, log *Log) {
			older, _ := os.ReadFile(log.path(tuesday))
			again, err := Open(log.config)
			if err != nil {
				t.Fatal(err)
			}
			record(again, "g", "h")
			again.Close()
			newer, _ := os.ReadFile(log.path(tuesday))
			fork := log.config
			fork.Chain = newChain("calls")
			fork.Dir = t.TempDir()
			for name, body := range map[string][]byte{monday: nil, tuesday: older} {
				if body == nil {
					body, _ = os.ReadFile(log.path(monday))
				}
				os.WriteFile(filepath.Join(fork.Dir, name), body, 0o600)
			}
			kept := end{First: 1, File: tuesday, Size: int64(len(older))}
			eachLine(filepath.Join(fork.Dir, tuesday), 0, func(line []byte) bool { _, kept.Last, _ = linked(line); return true })
			fork.Chain.keep(kept)
			other, err := Open(fork)
			if err != nil {
				t.Fatal(err)
			}
			record(other, "x")
			other.Close()
			body, _ := os.ReadFile(filepath.Join(fork.Dir, tuesday))
			os.WriteFile(log.path(tuesday), append(body, newer[bytes.LastIndexByte(newer[:len(newer)-1], '\n')+1:]...), 0o600)
		}, []string{tuesday + ", line 4: does not follow the line before it"}},
	} {
		t.Run("finds_"+name, func(t *testing.T) {
			t.Parallel()
			log := written(t, nil)
			test.change(t, log)
			wantProblems(t, log, test.want...)
		})
	}
	t.Run("takes_a_line_for_altered_whichever_byte_changes", func(t *testing.T) {
		t.Parallel()
		log := written(t, nil)
		body, err := os.ReadFile(log.path(tuesday))
		if err != nil {
			t.Fatal(err)
		}
		for at := range bytes.IndexByte(body, '\n') {
			changed := bytes.Clone(body)
			changed[at] ^= 1
			os.WriteFile(log.path(tuesday), changed, 0o600)
			if found := verify(t, log); len(found.Problems) == 0 {
				t.Fatalf("byte %d (%q) changed, and nobody noticed", at, body[at])
			}
		}
	})
	t.Run("says_of_very_many_how_many", func(t *testing.T) {
		t.Parallel()
		log := written(t, nil)
		edit(t, log, monday, func(lines []string) []string { return append(lines, strings.Split(strings.Repeat("{} ", 30), " ")...) })
		if found := verify(t, log); len(found.Problems) != 10 || found.More == 0 {
			t.Errorf("got %d and %d more", len(found.Problems), found.More)
		}
	})
}

// TestExpiry shows that the removal of what is too old is no tampering, also when slipher is killed in between.
func TestExpiry(t *testing.T) {
	t.Parallel()
	log, clock := openLog(t, func(c *Config) { c.Days = 2 })
	var oldest []byte
	for _, day := range []string{"5", "6", "7", "8", "9"} {
		record(log, day)
		log.Flush()
		if day == "5" {
			oldest, _ = os.ReadFile(log.path(monday))
		}
		clock.at = clock.at.Add(24 * time.Hour)
	}
	if _, err := os.Stat(log.path(monday)); err == nil {
		t.Fatal("the oldest file is still there")
	}
	wantProblems(t, log)
	os.WriteFile(log.path(monday), oldest, 0o600)
	wantProblems(t, log)

	os.Remove(log.path("2026-01-07.000.jsonl"))
	wantProblems(t, log, "2026-01-08.000.jsonl, line 1: line 3 of the chain is missing")

	clock.at = clock.at.Add(20 * 24 * time.Hour)
	again, err := Open(log.config)
	if err != nil {
		t.Fatal(err)
	}
	wantProblems(t, again)
	record(again, "a")
	again.Close()
	if found := verify(t, again); found.Lines != 1 || len(found.Problems) > 0 {
		t.Errorf("got %+v", found)
	}
}

// TestKilled restarts after a kill at every point of a write.
func TestKilled(t *testing.T) {
	t.Parallel()
	log, clock := openLog(t, nil)
	record(log, "a", "b")
	log.Flush()
	kept, _ := log.config.Chain.Kept()
	before, _ := os.ReadFile(log.path(monday))
	record(log, "c", "d")
	log.Flush()
	after, _ := os.ReadFile(log.path(monday))
	second := bytes.IndexByte(after[len(before):], '\n') + 1

	for size := len(before); size <= len(after); size += 7 {
		if size+7 > len(after) {
			size = len(after)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, monday), after[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		config := Config{Dir: dir, Now: clock.now, Chain: newChain("calls")}
		config.Chain.Keep(kept)
		torn := size != len(before) && size != len(before)+second && size != len(after)
		if found, err := Verify(dir, config.Chain); err != nil || len(found.Problems) > 0 || (found.Unfinished != "") != torn {
			t.Fatalf("%d bytes of %d: got %+v, %v", size, len(after), found, err)
		}
		again, err := Open(config)
		if err != nil {
			t.Fatal(err)
		}
		record(again, "e")
		again.Close()
		names := recorded(t, again)[monday]
		want := []string{"a", "b"}
		if size >= len(before)+second {
			want = append(want, "c")
		}
		if size == len(after) {
			want = append(want, "d")
		}
		if torn {
			want = append(want, "AuditLineCutOff")
		}
		want = append(want, "e")
		if fmt.Sprint(names) != fmt.Sprint(want) {
			t.Fatalf("%d bytes: got %v, want %v", size, names, want)
		}
		wantProblems(t, again)
	}
}

// TestKilledInANewFile has slipher killed in the first line of a file, and before the end of two files was kept.
func TestKilledInANewFile(t *testing.T) {
	t.Parallel()
	refused := false
	log, clock := openLog(t, func(c *Config) {
		keep := c.Chain.Keep
		c.Chain.Keep = func(text []byte) error {
			if refused {
				return errors.New("the store is closed")
			}
			return keep(text)
		}
	})
	record(log, "a")
	log.Flush()
	refused = true
	record(log, "b")
	clock.at = clock.at.Add(24 * time.Hour)
	record(log, "c")
	log.Flush()
	if state := log.State(); state.EndTrouble != "the store is closed" || state.Trouble != "" || state.Line != 3 {
		t.Errorf("got %+v", state)
	}
	refused = false
	os.WriteFile(log.path("2026-01-07.000.jsonl"), []byte(`{"eventVer`), 0o600)
	if found := verify(t, log); len(found.Problems) > 0 || found.Lines != 3 || !strings.HasSuffix(found.Unfinished, "2026-01-07.000.jsonl, line 1") {
		t.Errorf("got %+v", found)
	}
	again, err := Open(log.config)
	if err != nil {
		t.Fatal(err)
	}
	record(again, "d")
	again.Close()
	want(t, again, tuesday, "c", "AuditLineCutOff", "d")
	wantProblems(t, again)
}

// TestUpgrade shows that lines of a time without a chain stay readable, and are told apart.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	log, _ := openLog(t, nil)
	os.WriteFile(log.path(monday), []byte("{\"eventName\":\"old\"}\n"), 0o600)
	record(log, "a")
	log.Close()
	want(t, log, monday, "old")
	want(t, log, "2026-01-05.001.jsonl", "a")
	wantProblems(t, log)
	if found := verify(t, log); found.Unchained != 1 || found.Lines != 1 {
		t.Errorf("got %+v", found)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	log := written(t, func(c *Config) { c.MaxFile = 700 })
	for after := range int64(7) {
		var got []string
		err := Read(log.config.Dir, after, func(number int64, object json.RawMessage) bool {
			var event Event
			if err := json.Unmarshal(object, &event); err != nil {
				t.Error(err)
			}
			got = append(got, event.EventName)
			return number < 5
		})
		want := strings.Split("a b c d e", " ")[min(after, 5):]
		if after == 5 {
			want = []string{"f"}
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("after %d: got %v, want %v, %v", after, got, want, err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	log, err := Open(Config{Dir: dir, Now: time.Now, Chain: newChain("calls")})
	if err != nil {
		b.Fatal(err)
	}
	for range 100_000 {
		log.Record(Event{EventName: "AuthorizeSnapshotAccess", RequestParameters: json.RawMessage(`{"snapshotIdentifier":"monday"}`)})
		if log.State().Waiting > 10000 {
			log.Flush()
		}
	}
	log.Close()
	for b.Loop() {
		if found, err := Verify(dir, log.config.Chain); err != nil || found.Lines != 100_000 {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
