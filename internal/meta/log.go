package meta

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// SQLite reads its write-ahead log up to the first frame that does not check, takes that for the end that a crash has torn, and forgets the rest.
// A torn end has nothing behind it. What is read here is the format of "WAL File Format" in SQLite's documentation: a header of 32 bytes, then
// frames of 24 bytes and a page. Each has the salts of the header and a checksum that goes on from the one before.

// ErrLogDamaged says that the write-ahead log has changes behind a place that does not check. SQLite would forget them without a word.
var ErrLogDamaged = errors.New("the database's log is damaged")

const (
	logHeaderSize   = 32
	frameHeaderSize = 24
	logMagic        = 0x377f0682 // its last bit says that the words of checksums are big-endian
)

// logFrame is what counts of a frame's header.
type logFrame struct {
	salts    [8]byte
	checksum [2]uint32
}

// logScan is a write-ahead log that is read from its beginning.
type logScan struct {
	file  io.ReaderAt
	order binary.ByteOrder // of the words that are summed
	page  int64
	salts [8]byte
	sum   [2]uint32
}

// checkLog looks at the write-ahead log of a database that nobody has open. It answers nil for one that is whole or has a torn end.
func checkLog(database string) error {
	_, err := soundLog(database + "-wal")
	if errors.Is(err, ErrLogDamaged) {
		err = fmt.Errorf("%w: bring %s and %s-wal back from one copy, or give up what was changed from there on with slipher doctor --accept-loss",
			err, database, database)
	}
	return err
}

// soundLog answers the length of what can be used of the log, and ErrLogDamaged if there is more behind it.
func soundLog(path string) (length int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.Size() <= logHeaderSize {
		return 0, err
	}
	scan := logScan{file: file}
	if !scan.begin() {
		return 0, fmt.Errorf("%w: the beginning of %s does not check", ErrLogDamaged, path)
	}
	end := scan.soundEnd(info.Size())
	if at, ok := scan.beyond(end, info.Size()); ok {
		return end, fmt.Errorf("%w: %s does not check at byte %d, and has changes behind that, at byte %d", ErrLogDamaged, path, end, at)
	}
	return end, nil
}

// begin reads the header, and answers whether it checks.
func (l *logScan) begin() bool {
	header := make([]byte, logHeaderSize)
	if _, err := l.file.ReadAt(header, 0); err != nil {
		return false
	}
	magic := binary.BigEndian.Uint32(header)
	l.order = binary.LittleEndian
	if magic&1 == 1 {
		l.order = binary.BigEndian
	}
	l.page = int64(binary.BigEndian.Uint32(header[8:]))
	copy(l.salts[:], header[16:24])
	l.add(header[:24])
	return magic&^1 == logMagic && l.page >= 512 && l.page <= 1<<16 && l.sum == words(header[24:])
}

func words(b []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// add goes on with the checksum.
func (l *logScan) add(content []byte) {
	for ; len(content) >= 8; content = content[8:] {
		l.sum[0] += l.order.Uint32(content) + l.sum[1]
		l.sum[1] += l.order.Uint32(content[4:]) + l.sum[0]
	}
}

func (l *logScan) frameSize() int64 { return frameHeaderSize + l.page }

// soundEnd is where the first frame is that does not check.
func (l *logScan) soundEnd(size int64) int64 {
	at := int64(logHeaderSize)
	frame := make([]byte, l.frameSize())
	for ; at+l.frameSize() <= size; at += l.frameSize() {
		if _, err := l.file.ReadAt(frame, at); err != nil {
			break
		}
		l.add(frame[:8])
		l.add(frame[frameHeaderSize:])
		if header := parseFrame(frame); header.salts != l.salts || header.checksum != l.sum {
			break
		}
	}
	return at
}

func parseFrame(frame []byte) logFrame {
	header := logFrame{checksum: words(frame[16:])}
	copy(header.salts[:], frame[8:16])
	return header
}

// beyond finds a frame of this log behind the one that does not check. Those of earlier logs in the same file have other salts.
func (l *logScan) beyond(end, size int64) (at int64, found bool) {
	header := make([]byte, frameHeaderSize)
	for at := end + l.frameSize(); at+frameHeaderSize <= size; at += l.frameSize() {
		if _, err := l.file.ReadAt(header, at); err != nil {
			return 0, false
		}
		if parseFrame(header).salts == l.salts {
			return at, true
		}
	}
	return 0, false
}

// AcceptLoss has a database whose log is damaged open again, without the changes from the damaged place on. The log as it was stays beside it, under
// the name that is answered; empty if there was no damage.
func AcceptLoss(path string, now time.Time) (kept string, err error) {
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	log := path + "-wal"
	end, err := soundLog(log)
	if !errors.Is(err, ErrLogDamaged) {
		return "", err
	}
	kept = log + ".damaged-" + now.UTC().Format("20060102T150405Z")
	if err := copyFile(kept, log); err != nil {
		return "", err
	}
	return kept, os.Truncate(log, end)
}
