package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// file is what the record needs of a file.
type file interface {
	io.Writer
	Truncate(size int64) error
	Sync() error
	Close() error
}

func openFile(path string) (file, error) {
	opened, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// dayFile is the file that is written, and how long it is.
type dayFile struct {
	file
	name string
	day  string
	size int64
}

// Files are named by their day and their number within it, so that they sort by time.
var nameForm = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})\.[0-9]{3,}\.jsonl$`)

func fileName(day string, number int) string { return fmt.Sprintf("%s.%03d.jsonl", day, number) }

func (l *Log) path(name string) string { return filepath.Join(l.config.Dir, name) }

// write appends a batch to its day's file, waits for the disk, and keeps the record's new end. After a failure the file is as it was.
func (l *Log) write(b batch) error {
	if b.day != l.cleaned {
		l.clean(b.day)
	}
	if err := l.prepare(b.day); err != nil {
		return err
	}
	lines, last := l.chained(b.objects)
	_, err := l.current.Write(lines)
	if err == nil {
		err = l.current.Sync()
	}
	if err != nil {
		return errors.Join(err, l.current.Truncate(l.current.size), l.closeFile())
	}
	l.current.size += int64(len(lines))
	l.end.Last, l.end.File, l.end.Size = last, l.current.name, l.current.size
	l.keepEnd()
	return nil
}

// chained writes objects, one a line, with their links.
func (l *Log) chained(objects []byte) (lines []byte, last link) {
	last = l.end.Last
	for object := range bytes.Lines(objects) {
		object = object[:len(object)-1]
		last = l.config.Chain.follow(last, l.current.name, object)
		lines = last.appendTo(lines, object)
	}
	return lines, last
}

// keepEnd does not fail: the lines are on disk, and each proves that it belongs there.
func (l *Log) keepEnd() {
	err := l.config.Chain.keep(l.end)
	l.mu.Lock()
	known := l.state.EndTrouble != ""
	l.state.EndTrouble, l.state.Line = "", l.end.Last.Line
	if err != nil {
		l.state.EndTrouble = err.Error()
	}
	l.mu.Unlock()
	if err != nil && !known {
		l.config.Log.Error("end of the audit record not kept: until it is, nobody would notice that the last lines are cut off", "cause", err)
	}
}

// prepare opens the file that the day's next lines belong in.
func (l *Log) prepare(day string) error {
	if l.current != nil && l.current.day == day && l.current.size < l.config.MaxFile {
		return nil
	}
	if err := l.closeFile(); err != nil {
		return err
	}
	if named := nameForm.FindStringSubmatch(l.end.File); named != nil && named[1] == day && l.end.Size < l.config.MaxFile {
		size, err := sizeOf(l.path(l.end.File))
		if err != nil {
			return err
		}
		if size >= l.end.Size {
			return l.use(l.end.File, day, l.end.Size)
		}
		l.config.Log.Error("audit record was cut while slipher wrote it: run slipher doctor", "file", l.path(l.end.File))
	}
	name, err := l.unused(day)
	if err != nil {
		return err
	}
	if err := l.use(name, day, 0); err != nil {
		return err
	}
	return syncFolder(l.config.Dir)
}

// use opens a file for lines behind its first size bytes.
func (l *Log) use(name, day string, size int64) error {
	opened, err := l.config.open(l.path(name))
	if err != nil {
		return err
	}
	l.current = &dayFile{file: opened, name: name, day: day, size: size}
	if err := opened.Truncate(size); err != nil {
		return errors.Join(err, l.closeFile())
	}
	return nil
}

// unused names the day's next file.
func (l *Log) unused(day string) (string, error) {
	for number := 0; ; number++ {
		name := fileName(day, number)
		size, err := sizeOf(l.path(name))
		if err != nil || size == 0 {
			return name, err
		}
	}
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (l *Log) closeFile() error {
	if l.current == nil {
		return nil
	}
	err := l.current.Close()
	l.current = nil
	return err
}

// clean removes the files of days that are too long ago. What cannot be removed is reported and tried again the next day.
func (l *Log) clean(today string) {
	l.cleaned = today
	if l.config.Days == 0 {
		return
	}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return
	}
	oldest := now.AddDate(0, 0, -l.config.Days).Format(time.DateOnly)
	if err := l.removeBefore(oldest); err != nil {
		l.config.Log.Error("old audit records not removed", "cause", err)
	}
}

// removeBefore has the kept end allow for the removal before it removes anything.
func (l *Log) removeBefore(oldest string) error {
	names, err := fileNames(l.config.Dir)
	if err != nil {
		return err
	}
	var old []string
	first := l.end.Last.Line + 1
	for _, name := range names {
		if name[:len(time.DateOnly)] < oldest {
			old = append(old, name)
			continue
		}
		if begins, chained, err := firstLink(l.path(name)); err != nil {
			return err
		} else if chained {
			first = min(first, begins.Line)
		}
	}
	if len(old) == 0 {
		return nil
	}
	l.end.First = max(l.end.First, first)
	if err := l.config.Chain.keep(l.end); err != nil {
		return err
	}
	var failed []error
	for _, name := range old {
		failed = append(failed, os.Remove(l.path(name)))
	}
	return errors.Join(failed...)
}

// fileNames are the record's files in the order of their days.
func fileNames(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries {
		if nameForm.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, err
}

// Expire removes what is too old, for a record to which nothing is added any more.
func (l *Log) Expire() {
	l.writing.Lock()
	defer l.writing.Unlock()
	if today := l.day(); today != l.cleaned {
		l.clean(today)
	}
}
