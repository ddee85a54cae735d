package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxLine bounds what a reader takes for a line. What is written here has a tenth of it.
const maxLine = 4 << 20

var errLongLine = fmt.Errorf("a line of more than %d bytes", maxLine)

// eachLine gives the lines from an offset on to take, with their ends, until that answers false. Only the last line may lack its end.
func eachLine(path string, offset int64, take func(line []byte) bool) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		if !take(lines.Bytes()) {
			return nil
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return errLongLine
	}
	return lines.Err()
}

func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if at := bytes.IndexByte(data, '\n'); at >= 0 {
		return at + 1, data[:at+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// linked parts a line as eachLine gives it.
func linked(line []byte) (object []byte, l link, ok bool) {
	text, complete := bytes.CutSuffix(line, []byte("\n"))
	if !complete {
		return nil, link{}, false
	}
	return parted(text)
}

// firstLink is the first one in a file; chained is false for an empty file, and for one of a time when there was no chain.
func firstLink(path string) (first link, chained bool, err error) {
	err = eachLine(path, 0, func(line []byte) bool {
		_, first, chained = linked(line)
		return !chained
	})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errLongLine) {
		err = nil
	}
	return first, chained, err
}
