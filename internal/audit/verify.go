package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Verified is what Verify found.
type Verified struct {
	Lines     int64 // that are in their place
	Unchained int64 // of a time when records had no chain: nobody can tell whether they were altered
	Problems  []Problem
	More      int // problems that are not listed

	// Unfinished is where the record ends in something that is no line of it, behind the end that was kept: a slipher that was killed leaves that,
	// and the next start cuts it off. Empty where the record is whole.
	Unfinished string
}

// Problem is something that slipher did not do to its record.
type Problem struct {
	File string // its path; empty for the record as a whole
	Line int64  // in the file, from 1
	What string
}

func (p Problem) String() string {
	if p.File == "" {
		return p.What
	}
	return fmt.Sprintf("%s, line %d: %s", p.File, p.Line, p.What)
}

const maxProblems = 10

// Verify reads a whole record, which may be written meanwhile. Files that become too old meanwhile look as if they were missing.
func Verify(dir string, chain Chain) (Verified, error) {
	kept, known, err := chain.kept()
	if err != nil && !errors.Is(err, errEndAltered) {
		return Verified{}, err
	}
	altered := err != nil
	w := &walk{chain: chain}
	files, err := chainedFiles(dir)
	if err != nil {
		return Verified{}, err
	}
	w.begin(files, kept, known, altered)
	if err := w.unchained(dir, files); err != nil {
		return Verified{}, err
	}
	for _, file := range files {
		if err := w.file(file); err != nil {
			return Verified{}, err
		}
	}
	w.finish()
	return w.found, nil
}

// walk goes from line to line.
type walk struct {
	chain Chain
	kept  *end // nil when it is lost
	found Verified

	next     int64 // the number that the next line has to have
	previous *code // of the line before; nil when it is not known
	strange  int64 // lines since the last one that was in its place: each may stand where one of ours was
}

func (w *walk) problem(path string, line int64, format string, args ...any) {
	if len(w.found.Problems) >= maxProblems {
		w.found.More++
		return
	}
	w.found.Problems = append(w.found.Problems, Problem{File: path, Line: line, What: fmt.Sprintf(format, args...)})
}

func (w *walk) begin(files []chainedFile, kept end, known, altered bool) {
	switch {
	case altered:
		w.problem("", 0, "what was kept of the record's end was altered: nobody can tell whether lines are missing there")
	case !known && len(files) > 0:
		w.problem("", 0, "the record's end was kept nowhere: nobody can tell whether lines are missing there")
	case known:
		w.kept = &kept
	}
	w.next = 1
	if w.kept != nil {
		w.next = max(1, w.kept.First)
	} else if len(files) > 0 {
		w.next = files[0].begins
	}
	if w.next == 1 {
		w.previous = &code{}
	}
}

func (w *walk) file(file chainedFile) error {
	number := int64(0)
	err := eachLine(file.path, 0, func(line []byte) bool {
		number++
		return w.line(file, number, line)
	})
	switch {
	case errors.Is(err, errLongLine):
		w.problem(file.path, number+1, "%v, which slipher never writes", err)
		return nil
	case errors.Is(err, fs.ErrNotExist): // it became too old
		return nil
	}
	return err
}

func (w *walk) line(file chainedFile, number int64, line []byte) bool {
	object, found, ok := linked(line)
	if !ok || !w.chain.holds(found, file.name, object) {
		return w.stranger(file, number)
	}
	switch missing := found.Line - w.next; {
	case w.kept != nil && found.Line < w.kept.First && w.found.Lines == 0: // too old, and not removed yet
		return true
	case missing < 0:
		w.problem(file.path, number, "stands here again, or out of its place")
		return true
	case missing > w.strange:
		w.problem(file.path, number, "%s missing before it", lines(w.next, found.Line-1))
	case missing == 0 && w.previous != nil && found.Previous != *w.previous:
		w.problem(file.path, number, "does not follow the line before it: an older copy of the record was put back, and went on")
	}
	if w.kept != nil && found.Line == w.kept.Last.Line && found.MAC != w.kept.Last.MAC {
		w.problem(file.path, number, "is another line than the one that slipher wrote here last")
	}
	w.next, w.previous, w.strange = found.Line+1, &found.MAC, 0
	w.found.Lines++
	return true
}

// stranger is a line that slipher did not write there.
func (w *walk) stranger(file chainedFile, number int64) bool {
	if w.kept != nil && w.next > w.kept.Last.Line {
		w.found.Unfinished = fmt.Sprintf("%s, line %d", file.path, number)
		return false
	}
	w.strange++
	w.problem(file.path, number, "was altered or inserted")
	return true
}

func (w *walk) finish() {
	if w.kept == nil {
		return
	}
	if last := w.kept.Last.Line; last-w.next+1 > w.strange {
		w.problem("", 0, "the record's end is cut off: %s missing; the last one was in %s", lines(w.next, last), w.kept.File)
	}
}

func lines(from, to int64) string {
	if from == to {
		return fmt.Sprintf("line %d of the chain is", from)
	}
	return fmt.Sprintf("lines %d to %d of the chain are", from, to)
}

// unchained counts the lines of files without a chain. There were none any more once the first file with one had begun.
func (w *walk) unchained(dir string, chained []chainedFile) error {
	names, err := fileNames(dir)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	first := ""
	for _, file := range chained {
		known[file.name] = true
		if first == "" || file.name < first {
			first = file.name
		}
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		path, count := filepath.Join(dir, name), int64(0)
		err := eachLine(path, 0, func([]byte) bool { count++; return true })
		switch {
		case errors.Is(err, fs.ErrNotExist) || err == nil && count == 0:
		case err != nil && !errors.Is(err, errLongLine):
			return err
		case w.kept != nil && name > w.kept.File && w.kept.File != "":
			w.found.Unfinished = path + ", line 1"
		case first != "" && name > first:
			w.problem(path, 1, "no line of this file has a place in the chain")
		default:
			w.found.Unchained += count
		}
	}
	return nil
}
