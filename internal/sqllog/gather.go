package sqllog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"slipher/internal/audit"
)

// Config is what a Gatherer needs of its surroundings.
type Config struct {
	Clusters string // the folder that has a folder for each cluster, in which the spool is named SpoolFolder
	Records  string // the folder for the audit records of all clusters
	// Open opens the audit record of a cluster in a folder.
	Open func(cluster, dir string) (*audit.Log, error)
	// Forget is told that a record is gone: all that was in it was too old, and its cluster is no more.
	Forget func(cluster string) error
	Now    func() time.Time
	Log    *slog.Logger
}

// SpoolFolder is the name of a spool in its cluster's folder.
const SpoolFolder = "log"

const (
	gatherEvery = time.Second
	chunk       = 1 << 20 // bytes that are gathered before the disk is waited for
	maxLine     = 512 << 10
)

// Gatherer moves records from the clusters' spools into their audit records.
type Gatherer struct {
	config Config

	mu    sync.Mutex
	open  map[string]*gathered
	swept string // the day on which records that are too old were looked for
}

// gathered is one cluster's record.
type gathered struct {
	mu   sync.Mutex
	log  *audit.Log
	file int64 // the spool file that is read
	at   int64 // how far
	skip int64 // lines of the file that a run before this one has gathered
}

// NewGatherer gathers nothing before Run, End or Drain.
func NewGatherer(config Config) *Gatherer {
	return &Gatherer{config: config, open: map[string]*gathered{}}
}

// Run gathers each second until ctx ends.
func (g *Gatherer) Run(ctx context.Context) error {
	tick := time.NewTicker(gatherEvery)
	defer tick.Stop()
	for {
		g.Gather()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Gather moves what lies in all spools, and once a day removes what is too old.
func (g *Gatherer) Gather() {
	clusters, err := os.ReadDir(g.config.Clusters)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		g.config.Log.Error("SQL logs not gathered", "cause", err)
		return
	}
	for _, cluster := range clusters {
		if err := g.Drain(cluster.Name()); err != nil {
			g.config.Log.Error("SQL logs not gathered", "cluster", cluster.Name(), "cause", err)
		}
	}
	g.sweep()
}

// Drain moves what lies in a cluster's spool. When it returns nil, it is in the cluster's audit record and on disk.
func (g *Gatherer) Drain(cluster string) error {
	if len(spooled(g.spool(cluster))) == 0 {
		return nil
	}
	record, err := g.record(cluster)
	if err != nil {
		return err
	}
	record.mu.Lock()
	defer record.mu.Unlock()
	files := spooled(g.spool(cluster)) // now that nobody else removes what was gathered
	if record.has(files) {
		return nil
	}
	for i, file := range files {
		ended := i < len(files)-1
		if err := record.read(file, ended); err != nil {
			return err
		}
		if ended {
			if err := os.Remove(file.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// has says that nothing was added since the last look, which is so nearly every second.
func (g *gathered) has(files []spoolFile) bool {
	if len(files) != 1 || files[0].began != g.file || g.skip > 0 || g.log.State().Waiting > 0 {
		return false
	}
	there, err := os.Stat(files[0].path)
	return err == nil && there.Size() == g.at
}

// End is the number of the last line of a cluster's record, with all that its spool had.
func (g *Gatherer) End(cluster string) (int64, error) {
	if err := g.Drain(cluster); err != nil {
		return 0, err
	}
	record, err := g.record(cluster)
	if err != nil {
		return 0, err
	}
	return record.log.State().Line, nil
}

// Read gives the records of the lines after one number up to another to take, until that answers an error.
func (g *Gatherer) Read(cluster string, after, upto int64, take func(number int64, record Record) error) error {
	var failed error
	err := audit.Read(g.dir(cluster), after, func(number int64, object json.RawMessage) bool {
		if number > upto {
			return false
		}
		var record Record
		if json.Unmarshal(object, &record) == nil && record.Log != "" {
			failed = take(number, record)
		}
		return failed == nil
	})
	return errors.Join(err, failed)
}

// Close gathers once more and ends all records.
func (g *Gatherer) Close() error {
	g.Gather()
	g.mu.Lock()
	defer g.mu.Unlock()
	failed := make([]error, 0, len(g.open))
	for _, record := range g.open {
		failed = append(failed, record.log.Close())
	}
	return errors.Join(failed...)
}

func (g *Gatherer) spool(cluster string) string {
	return filepath.Join(g.config.Clusters, cluster, SpoolFolder)
}

func (g *Gatherer) dir(cluster string) string { return filepath.Join(g.config.Records, cluster) }

// record opens a cluster's record, and finds out what was gathered last.
func (g *Gatherer) record(cluster string) (*gathered, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known := g.open[cluster]; known != nil {
		return known, nil
	}
	log, err := g.config.Open(cluster, g.dir(cluster))
	if err != nil {
		return nil, fmt.Errorf("open the record of the SQL logs: %w", err)
	}
	found := &gathered{log: log}
	if found.file, found.skip, err = lastGathered(g.dir(cluster), log.State().Line); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	g.open[cluster] = found
	return found, nil
}

// lastGathered is the spool file and the line in it that the record's last line came from. Slipher's own lines, which came from no spool, may follow it.
func lastGathered(dir string, line int64) (file, number int64, err error) {
	const own = 20
	err = audit.Read(dir, max(0, line-own), func(_ int64, object json.RawMessage) bool {
		var record struct{ ID string }
		if json.Unmarshal(object, &record) == nil && record.ID != "" {
			file, number = parted(record.ID)
		}
		return true
	})
	return file, number, err
}

func parted(id string) (file, number int64) {
	name, line, _ := strings.Cut(id, "-")
	file, _ = strconv.ParseInt(name, 10, 64)
	number, _ = strconv.ParseInt(line, 10, 64)
	return file, number
}

// read takes the whole lines of a spool's file from where it was left, and waits for the disk. Of a file that has ended it takes also what a killed node left
// of a line.
func (g *gathered) read(file spoolFile, ended bool) error {
	if file.began != g.file {
		g.file, g.at, g.skip = file.began, 0, 0
	}
	opened, err := os.Open(file.path)
	if errors.Is(err, fs.ErrNotExist) { // gone with its cluster, whose spool was drained before
		return nil
	}
	if err != nil {
		return err
	}
	defer opened.Close()
	if _, err := opened.Seek(g.at, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(opened, maxLine)
	since := 0
	for {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF && (len(line) == 0 || !ended) {
			return g.flush()
		}
		if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		g.at += int64(len(line))
		if g.skip > 0 {
			g.skip--
			continue
		}
		g.log.Append(sound(line))
		if since += len(line); since >= chunk {
			since = 0
			if err := g.flush(); err != nil {
				return err
			}
		}
	}
}

// flush waits for the disk. What it does not take stays in the record's memory and is not read again.
func (g *gathered) flush() error {
	g.log.Flush()
	if state := g.log.State(); state.Waiting > 0 {
		return errors.New(state.Trouble)
	}
	return nil
}

// sound is a line of a spool as an object, whatever the node wrote: what is none is shown as a text.
func sound(line []byte) []byte {
	line = bytes.TrimSpace(line)
	if len(line) > 2 && line[0] == '{' && json.Valid(line) {
		return line
	}
	notice, _ := json.Marshal(Record{Log: notices, Event: "a line that is no record", Query: cut(string(line), maxText)})
	return notice
}

// sweep has records that nothing is added to lose what is too old, and forgets those that are empty and whose cluster is gone.
func (g *Gatherer) sweep() {
	day := g.config.Now().UTC().Format(time.DateOnly)
	g.mu.Lock()
	done := g.swept == day
	g.swept = day
	g.mu.Unlock()
	if done {
		return
	}
	entries, err := os.ReadDir(g.config.Records)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		g.config.Log.Error("old SQL logs not removed", "cause", err)
	}
	for _, entry := range entries {
		if err := g.expire(entry.Name()); err != nil {
			g.config.Log.Error("old SQL logs not removed", "cluster", entry.Name(), "cause", err)
		}
	}
}

func (g *Gatherer) expire(cluster string) error {
	record, err := g.record(cluster)
	if err != nil {
		return err
	}
	record.mu.Lock()
	defer record.mu.Unlock()
	record.log.Expire()
	if _, err := os.Stat(filepath.Join(g.config.Clusters, cluster)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if left, err := os.ReadDir(g.dir(cluster)); err != nil || len(left) > 0 {
		return err
	}
	if err := errors.Join(record.log.Close(), g.config.Forget(cluster)); err != nil {
		return err
	}
	g.mu.Lock()
	delete(g.open, cluster)
	g.mu.Unlock()
	return os.Remove(g.dir(cluster))
}
