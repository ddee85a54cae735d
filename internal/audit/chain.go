package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strconv"
)

// Chain makes a record tamper-evident: each line carries its number, the code of the line before and its own, which nobody can compute without the
// key, and the end of it all is kept elsewhere.
type Chain struct {
	Name string // of the record: a line of one is no line of another
	Key  []byte // 32 bytes

	// Kept is what Keep was given last, or nil.
	Kept func() ([]byte, error)
	// Keep stores a text durably, beyond the reach of who can write into the record's folder.
	Keep func(text []byte) error
}

func (c Chain) check() error {
	if c.Name == "" || len(c.Key) != sha256.Size || c.Kept == nil || c.Keep == nil {
		return errors.New("the chain of an audit record needs a name, a key of 32 bytes, and a place for its end")
	}
	return nil
}

// code is a message authentication code, HMAC-SHA256.
type code [sha256.Size]byte

func (c code) MarshalText() ([]byte, error) {
	return base64.RawStdEncoding.AppendEncode(nil, c[:]), nil
}

func (c *code) UnmarshalText(text []byte) error {
	decoded, err := base64.RawStdEncoding.AppendDecode(nil, text)
	if err == nil && len(decoded) != len(c) {
		err = errors.New("not of 32 bytes")
	}
	copy(c[:], decoded)
	return err
}

// link is the last member of every line.
type link struct {
	Line     int64 `json:"line"` // from 1, through all files
	Previous code  `json:"previous"`
	MAC      code  `json:"mac"`
}

const linkBegins = `,"chain":{"line":`

// follow makes the link of the line that comes after another one. The file is part of it: a file under another name would be removed at another time.
func (c Chain) follow(last link, file string, object []byte) link {
	next := link{Line: last.Line + 1, Previous: last.MAC}
	next.MAC = c.codeOf(next, file, object)
	return next
}

func (c Chain) codeOf(l link, file string, object []byte) code {
	number := binary.BigEndian.AppendUint64(nil, uint64(l.Line))
	return c.sum("line", []byte(c.Name), []byte(file), number, l.Previous[:], object)
}

// sum separates its parts by their lengths, so that no two lists of parts look the same.
func (c Chain) sum(purpose string, parts ...[]byte) (sum code) {
	mac := hmac.New(sha256.New, c.Key)
	for _, part := range append([][]byte{[]byte(purpose)}, parts...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write(part)
	}
	mac.Sum(sum[:0])
	return sum
}

// appendTo writes an object with its link behind its other members, and the line's end.
func (l link) appendTo(lines, object []byte) []byte {
	lines = append(lines, object[:len(object)-1]...)
	lines = append(lines, linkBegins...)
	lines = strconv.AppendInt(lines, l.Line, 10)
	lines = append(lines, `,"previous":"`...)
	lines = base64.RawStdEncoding.AppendEncode(lines, l.Previous[:])
	lines = append(lines, `","mac":"`...)
	lines = base64.RawStdEncoding.AppendEncode(lines, l.MAC[:])
	return append(lines, "\"}}\n"...)
}

// parted is the inverse of appendTo; ok is false for a line that has no link, or not in exactly this form. The line has no end.
func parted(line []byte) (object []byte, l link, ok bool) {
	at := bytes.LastIndex(line, []byte(linkBegins))
	if at < 1 || !bytes.HasSuffix(line, []byte("}}")) {
		return nil, link{}, false
	}
	const before = len(`,"chain":`)
	if json.Unmarshal(line[at+before:len(line)-1], &l) != nil {
		return nil, link{}, false
	}
	object = append(append(make([]byte, 0, at+1), line[:at]...), '}')
	written := l.appendTo(nil, object)
	return object, l, bytes.Equal(written[:len(written)-1], line)
}

// holds says whether a line is one that was written with the key, in that file.
func (c Chain) holds(l link, file string, object []byte) bool {
	sum := c.codeOf(l, file, object)
	return hmac.Equal(sum[:], l.MAC[:])
}

// end is what is kept of a record elsewhere.
type end struct {
	First int64  // the first line that has to be there: what was before it has become too old
	Last  link   // the last line that is known to be on disk
	File  string // that it is in
	Size  int64  // of that file, up to the line's end
}

type keptEnd struct {
	End end
	MAC code
}

func (c Chain) keep(e end) error {
	text, err := json.Marshal(keptEnd{End: e, MAC: c.codeOfEnd(e)})
	if err != nil {
		return err
	}
	return c.Keep(text)
}

var errEndAltered = errors.New("what is kept of the record's end was altered")

// kept is false when no end was kept so far.
func (c Chain) kept() (e end, known bool, err error) {
	text, err := c.Kept()
	if err != nil || text == nil {
		return end{}, false, err
	}
	var kept keptEnd
	if json.Unmarshal(text, &kept) != nil {
		return end{}, true, errEndAltered
	}
	if sum := c.codeOfEnd(kept.End); !hmac.Equal(sum[:], kept.MAC[:]) {
		return end{}, true, errEndAltered
	}
	return kept.End, true, nil
}

func (c Chain) codeOfEnd(e end) code {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // numbers and texts only
	}
	return c.sum("end", []byte(c.Name), text)
}
