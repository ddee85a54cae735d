package audit

import (
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
	day  string
	size int64
}

// Files are named by their day and their number within it, so that they sort by time.
var nameForm = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})\.[0-9]{3,}\.jsonl$`)

func (l *Log) path(day string, number int) string {
	return filepath.Join(l.config.Dir, fmt.Sprintf("%s.%03d.jsonl", day, number))
}

// write appends a batch to its day's file and waits for the disk. After a failure the file is as it was.
func (l *Log) write(b batch) error {
	if b.day != l.cleaned {
		l.clean(b.day)
	}
	if err := l.prepare(b.day); err != nil {
		return err
	}
	_, err := l.current.Write(b.lines)
	if err == nil {
		err = l.current.Sync()
	}
	if err != nil {
		return errors.Join(err, l.current.Truncate(l.current.size), l.closeFile())
	}
	l.current.size += int64(len(b.lines))
	return nil
}

// prepare opens the file that the day's next lines belong in.
func (l *Log) prepare(day string) error {
	if l.current != nil && l.current.day == day && l.current.size < l.config.MaxFile {
		return nil
	}
	if err := l.closeFile(); err != nil {
		return err
	}
	for number := 0; ; number++ {
		path := l.path(day, number)
		size, err := sizeOf(path)
		if err != nil {
			return err
		}
		if size >= l.config.MaxFile {
			continue
		}
		opened, err := l.config.open(path)
		if err != nil {
			return err
		}
		l.current = &dayFile{file: opened, day: day, size: size}
		if err := l.endTornLine(path); err != nil {
			return errors.Join(err, l.closeFile())
		}
		return nil
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

// endTornLine gives the line that a killed slipher left unfinished its end, so that it spoils no other.
func (l *Log) endTornLine(path string) error {
	if l.current.size == 0 {
		return nil
	}
	whole, err := os.Open(path)
	if err != nil {
		return err
	}
	defer whole.Close()
	last := make([]byte, 1)
	if _, err := whole.ReadAt(last, l.current.size-1); err != nil || last[0] == '\n' {
		return err
	}
	if _, err := l.current.Write([]byte("\n")); err != nil {
		return err
	}
	l.current.size++
	return nil
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
	entries, err := os.ReadDir(l.config.Dir)
	if err != nil {
		l.config.Log.Error("old audit records not removed", "cause", err)
		return
	}
	for _, entry := range entries {
		named := nameForm.FindStringSubmatch(entry.Name())
		if named == nil || named[1] >= oldest {
			continue
		}
		if err := os.Remove(filepath.Join(l.config.Dir, entry.Name())); err != nil {
			l.config.Log.Error("old audit record not removed", "cause", err)
		}
	}
}
