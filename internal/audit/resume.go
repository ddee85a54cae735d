package audit

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"
)

// resume finds the last line. Usually that is the kept end; lines behind it that hold were written just before slipher was killed.
func (l *Log) resume() error {
	kept, known, err := l.config.Chain.kept()
	switch {
	case errors.Is(err, errEndAltered) || err == nil && !known:
		return l.resumeWithout(err)
	case err != nil:
		return err
	}
	l.end = kept
	if err := l.goOn(kept.File, kept.Size); err != nil {
		return err
	}
	names, err := fileNames(l.config.Dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name > kept.File {
			if err := l.goOn(name, 0); err != nil {
				return err
			}
		}
	}
	l.state.Line = l.end.Last.Line
	return nil
}

// resumeWithout begins a chain. If there are lines of one whose end was lost, it leaves a number out for ever: nobody knows how many lines were lost with it.
func (l *Log) resumeWithout(cause error) error {
	l.end = end{First: 1}
	names, err := fileNames(l.config.Dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		err := eachLine(l.path(name), 0, func(line []byte) bool {
			object, found, ok := linked(line)
			if ok && found.Line > l.end.Last.Line && l.config.Chain.holds(found, name, object) {
				l.end.Last = found
			}
			return true
		})
		if err != nil && !errors.Is(err, errLongLine) {
			return err
		}
	}
	if l.end.Last.Line == 0 && cause == nil {
		return nil
	}
	l.config.Log.Error("end of the audit record is lost: run slipher doctor", "dir", l.config.Dir, "cause", cause)
	l.end.Last = link{Line: l.end.Last.Line + 1}
	l.state.Line = l.end.Last.Line
	return nil
}

// goOn takes the lines of a file behind offset that continue the chain. What follows them is cut off: a killed slipher had not finished writing it.
func (l *Log) goOn(name string, offset int64) error {
	size, err := sizeOf(l.path(name))
	if err != nil || size <= offset {
		return err
	}
	var rest []byte
	at := offset
	err = eachLine(l.path(name), offset, func(line []byte) bool {
		object, found, ok := linked(line)
		if !ok || found.Previous != l.end.Last.MAC || found.Line != l.end.Last.Line+1 || !l.config.Chain.holds(found, name, object) {
			rest = slices.Clone(line)
			return false
		}
		at += int64(len(line))
		l.end.Last, l.end.File, l.end.Size = found, name, at
		return true
	})
	if err != nil && !errors.Is(err, errLongLine) {
		return err
	}
	if at == size {
		return nil
	}
	if err := os.Truncate(l.path(name), at); err != nil {
		return err
	}
	l.tellOfRest(name, size-at, rest)
	return nil
}

// tellOfRest records what was cut off, and how it began.
func (l *Log) tellOfRest(name string, size int64, began []byte) {
	l.config.Log.Warn("unfinished end of the audit record cut off", "file", l.path(name), "bytes", size)
	l.Record(Event{
		UserIdentity: Identity{Type: "AWSService"}, EventSource: "slipher", EventName: "AuditLineCutOff", EventType: "AwsServiceEvent",
		EventID: uuid.NewString(), AdditionalEventData: map[string]any{"file": name, "bytes": size, "text": cut(string(began))},
	})
}

// Read gives the objects of the lines with greater numbers than after to take, in their order, until that answers false. It does not ask whether they hold:
// Verify does. Lines that are added meanwhile may be among them.
func Read(dir string, after int64, take func(number int64, object json.RawMessage) bool) error {
	names, err := chainedFiles(dir)
	if err != nil {
		return err
	}
	going := true
	for i, file := range names {
		if i+1 < len(names) && names[i+1].begins <= after+1 {
			continue
		}
		err := eachLine(file.path, 0, func(line []byte) bool {
			object, found, ok := linked(line)
			if ok && found.Line > after {
				after = found.Line
				going = take(found.Line, object)
			}
			return going
		})
		if err != nil && !errors.Is(err, errLongLine) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !going {
			return nil
		}
	}
	return nil
}

// chainedFile is a file with lines of the chain.
type chainedFile struct {
	name, path string
	begins     int64 // the number of its first line
}

// chainedFiles are in the order of their first lines.
func chainedFiles(dir string) ([]chainedFile, error) {
	names, err := fileNames(dir)
	if err != nil {
		return nil, err
	}
	var found []chainedFile
	for _, name := range names {
		path := filepath.Join(dir, name)
		first, chained, err := firstLink(path)
		if err != nil {
			return nil, err
		}
		if chained {
			found = append(found, chainedFile{name: name, path: path, begins: first.Line})
		}
	}
	slices.SortStableFunc(found, func(a, b chainedFile) int { return cmp.Compare(a.begins, b.begins) })
	return found, nil
}
