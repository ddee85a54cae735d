package sqllog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// SpoolConfig says where a node's spool is. The zero value of a number means the default.
type SpoolConfig struct {
	Dir     string // made with mode 0700
	Cluster string
	Now     func() time.Time
	Log     *slog.Logger // nil discards

	MaxFile    int64 // bytes after which the next file begins; 1 MiB
	MaxFiles   int64 // bytes of all files, beyond which records are left out until some are gathered; 64 MiB
	MaxWaiting int   // bytes that may wait for the disk; 4 MiB
}

const (
	defaultMaxFile    = 1 << 20
	defaultMaxFiles   = 64 << 20
	defaultMaxWaiting = 4 << 20
	syncEvery         = time.Second
)

// Spool takes records, and writes them as fast as the disk takes them. The methods of a nil Spool do nothing.
type Spool struct {
	config SpoolConfig
	more   chan struct{}

	mu      sync.Mutex
	waiting [][]byte // objects without ids
	size    int      // bytes of waiting
	lost    int64    // since the last record that said so

	// The rest belongs to Run.
	file    *os.File
	name    int64 // of the file: the time when it began
	written int64 // bytes of the file
	lines   int64 // of the file
	dirty   bool
	full    bool // too much lies there to be gathered
	trouble bool
}

// OpenSpool makes the folder. Nothing is written before Run.
func OpenSpool(config SpoolConfig) (*Spool, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.MaxFile == 0 {
		config.MaxFile = defaultMaxFile
	}
	if config.MaxFiles == 0 {
		config.MaxFiles = defaultMaxFiles
	}
	if config.MaxWaiting == 0 {
		config.MaxWaiting = defaultMaxWaiting
	}
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for the SQL logs: %w", err)
	}
	return &Spool{config: config, more: make(chan struct{}, 1)}, nil
}

// Add takes a record at the time of the clock.
func (s *Spool) Add(record Record) {
	if s == nil {
		return
	}
	record = record.bounded()
	record.RecordTime, record.Cluster = s.config.Now().UTC(), s.config.Cluster
	object, err := json.Marshal(record)
	if err != nil {
		s.config.Log.Error("SQL log record not written", "cause", err)
		return
	}
	s.mu.Lock()
	if s.size+len(object) > s.config.MaxWaiting {
		s.lost++
	} else {
		s.waiting = append(s.waiting, object)
		s.size += len(object)
	}
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// Run writes until ctx ends, and then once more.
func (s *Spool) Run(ctx context.Context) {
	if s == nil {
		return
	}
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.more:
			if s.trouble || s.full { // once a second is often enough
				continue
			}
			s.write()
		case <-tick.C:
			s.write()
			s.sync()
		case <-ctx.Done():
			s.write()
			s.sync()
			s.close()
			return
		}
	}
}

// write moves what waits into the file.
func (s *Spool) write() {
	for _, object := range s.take() {
		err := s.put(object)
		if s.trouble = s.troubled(err); s.trouble {
			s.mu.Lock()
			s.lost++
			s.mu.Unlock()
		}
	}
}

// take empties the queue, behind a record of how many there was no room for. While there is no room, it counts them.
func (s *Spool) take() [][]byte {
	if s.crowded() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lost += int64(len(s.waiting))
		s.waiting, s.size = nil, 0
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.waiting
	s.waiting, s.size = nil, 0
	if s.lost > 0 {
		notice, _ := json.Marshal(Record{Log: notices, RecordTime: s.config.Now().UTC(), Cluster: s.config.Cluster,
			Event: strconv.FormatInt(s.lost, 10) + " records left out, as there was no room for them"})
		taken = append(taken, notice)
		s.lost = 0
	}
	return taken
}

// crowded asks the folder when a new file is due, and as long as there was no room.
func (s *Spool) crowded() bool {
	if s.file != nil && s.written < s.config.MaxFile && !s.full {
		return false
	}
	total := int64(0)
	for _, file := range spooled(s.config.Dir) {
		if info, err := os.Stat(file.path); err == nil {
			total += info.Size()
		}
	}
	was := s.full
	if s.full = total >= s.config.MaxFiles; s.full && !was {
		s.config.Log.Error("SQL log records are left out, as those that were written are not gathered", "dir", s.config.Dir, "bytes", total)
	}
	return s.full
}

func (s *Spool) put(object []byte) error {
	if err := s.prepare(); err != nil {
		return err
	}
	line := fmt.Appendf(nil, `{"id":"%020d-%d",%s`+"\n", s.name, s.lines+1, object[1:])
	if _, err := s.file.Write(line); err != nil {
		return errors.Join(err, s.file.Truncate(s.written))
	}
	s.written += int64(len(line))
	s.lines++
	s.dirty = true
	return nil
}

// prepare opens the next file when one is due. Its name is greater than all others, so that the greatest is the one that is written.
func (s *Spool) prepare() error {
	if s.file != nil && s.written < s.config.MaxFile {
		return nil
	}
	s.sync()
	s.close()
	name := max(s.config.Now().UnixNano(), s.name+1)
	for _, file := range spooled(s.config.Dir) {
		name = max(name, file.began+1)
	}
	opened, err := os.OpenFile(filepath.Join(s.config.Dir, fmt.Sprintf("%020d.jsonl", name)), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	s.file, s.name, s.written, s.lines = opened, name, 0, 0
	return nil
}

func (s *Spool) sync() {
	if s.file != nil && s.dirty {
		s.dirty = s.troubled(s.file.Sync())
	}
}

func (s *Spool) close() {
	if s.file != nil {
		s.troubled(s.file.Close())
		s.file = nil
	}
}

// troubled reports a failure once, however often it comes again.
func (s *Spool) troubled(err error) bool {
	if err != nil && !s.trouble {
		s.config.Log.Error("SQL log records not written", "cause", err)
	}
	return err != nil
}

// spoolFile is one file of a spool.
type spoolFile struct {
	path  string
	began int64
}

var spoolForm = regexp.MustCompile(`^[0-9]{20}\.jsonl$`)

// spooled are the files of a spool in the order in which they were written.
func spooled(dir string) (files []spoolFile) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if !spoolForm.MatchString(entry.Name()) || !entry.Type().IsRegular() {
			continue
		}
		if began, err := strconv.ParseInt(entry.Name()[:20], 10, 64); err == nil {
			files = append(files, spoolFile{path: filepath.Join(dir, entry.Name()), began: began})
		}
	}
	return files
}
