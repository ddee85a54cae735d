// Package audit keeps the record of what was asked of slipher: one JSON line for each event, in one file for each day, closed to
// others.
//
// It promises that recording never waits for the disk and never fails: lines wait in memory, are written each second and at the
// end, and those that find no room there are counted, and the record says so itself. When slipher or the machine is killed, at
// most the last second is lost. Lines form a chain, by which Verify finds every line that was altered, removed, inserted or put
// elsewhere, and an end that was cut off. It refuses to know what the events are about.
package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Config says where the record is. The zero value of a number means the default.
type Config struct {
	Dir  string // made with mode 0700
	Now  func() time.Time
	Log  *slog.Logger // nil discards
	Days int          // files older than so many days are removed; 0 keeps all

	Chain      Chain
	MaxFile    int64 // bytes after which a day's next file begins; 64 MiB
	MaxWaiting int   // bytes that may wait for the disk; 16 MiB

	open func(path string) (file, error) // nil: of the operating system
}

const (
	defaultMaxFile    = 64 << 20
	defaultMaxWaiting = 16 << 20
	flushBytes        = 256 << 10 // written before the second is over
	flushEvery        = time.Second
)

// Log is an open record.
type Log struct {
	config Config
	full   chan struct{} // so much waits that it should be written now

	mu      sync.Mutex
	waiting []batch
	size    int // bytes in waiting, and of what is being written
	state   State
	told    int64 // lost events that the record tells of

	writing sync.Mutex // the rest belongs to who writes
	current *dayFile
	end     end
	cleaned string // the day on which old files were removed
}

// batch is objects of one day, one a line, that have no links yet.
type batch struct {
	day     string
	objects []byte
	count   int
}

// State is how the record fares.
type State struct {
	Written int64  // events
	Waiting int64  // events that are not on disk
	Lost    int64  // events for which there was no room while the disk took none
	Trouble string // why the last write failed; empty when it did not

	Line       int64  // the number of the last line on disk
	EndTrouble string // why the end could not be kept; empty when it was
}

// Open makes the folder if it is not there, goes on behind the last line and removes what is too old. What a killed slipher left of a line is cut off,
// and the record says so.
func Open(config Config) (*Log, error) {
	if config.Dir == "" || config.Now == nil {
		return nil, errors.New("the audit record needs a folder and a clock")
	}
	if err := config.Chain.check(); err != nil {
		return nil, err
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.MaxFile == 0 {
		config.MaxFile = defaultMaxFile
	}
	if config.MaxWaiting == 0 {
		config.MaxWaiting = defaultMaxWaiting
	}
	if config.open == nil {
		config.open = openFile
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the audit record: %w", err)
	}
	l := &Log{config: config, full: make(chan struct{}, 1)}
	if err := l.resume(); err != nil {
		return nil, fmt.Errorf("go on with the audit record in %s: %w", config.Dir, err)
	}
	l.clean(l.day())
	return l, nil
}

func (l *Log) day() string { return l.config.Now().UTC().Format(time.DateOnly) }

// Record adds an event at the time of the clock.
func (l *Log) Record(event Event) {
	now := l.config.Now().UTC()
	event.EventTime = now.Format(timeLayout)
	object, err := json.Marshal(event.bounded())
	if err != nil {
		l.config.Log.Error("audit event not recorded", "event", event.EventName, "cause", err)
		return
	}
	l.Append(object)
}

// Append adds a JSON object that is on one line and has members, under the day of the clock.
func (l *Log) Append(object []byte) {
	if l.add(l.day(), object) {
		select {
		case l.full <- struct{}{}:
		default:
		}
	}
}

// add says whether so much waits that it should be written now. While the disk takes nothing, each second is often enough.
func (l *Log) add(day string, object []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+len(object)+1 > l.config.MaxWaiting {
		l.state.Lost++
		return false
	}
	if last := len(l.waiting) - 1; last < 0 || l.waiting[last].day != day {
		l.waiting = append(l.waiting, batch{day: day})
	}
	last := &l.waiting[len(l.waiting)-1]
	last.objects = append(append(last.objects, object...), '\n')
	last.count++
	l.size += len(object) + 1
	l.state.Waiting++
	return l.size >= flushBytes && l.state.Trouble == ""
}

// Run writes what waits, each second and whenever there is much, until ctx ends, and then once more.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		l.Flush()
		select {
		case <-tick.C:
		case <-l.full:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// State answers how the record fares.
func (l *Log) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// Close writes what waits and ends the record.
func (l *Log) Close() error {
	l.Flush()
	l.writing.Lock()
	defer l.writing.Unlock()
	err := l.closeFile()
	if trouble := l.State().Trouble; trouble != "" {
		err = errors.Join(err, fmt.Errorf("the audit record is incomplete: %s", trouble))
	}
	return err
}
