package ondisk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Note is what is known to be committed.
type Note struct {
	Identity  Identity
	Iteration uint64     // of the database file when it was last looked at
	Size      int64      // that it had then; it only grows until the next iteration
	Logs      [2]LogNote // the write-ahead log, and the one that follows it while the engine checkpoints
}

// LogNote says how long the log that belongs to an iteration of the file is at least; of length 0 there need not be one.
type LogNote struct {
	Iteration uint64
	Length    int64
}

// A note is kept twice, and written in turns, so that one of the two is whole at any time.
const (
	noteMagic = 0x65746f6e72696c73 // "slirnote"
	noteBytes = 88
	slotBytes = 4 << 10
)

// encode ends with a checksum. turn counts how often the note was written.
func (n Note) encode(turn uint64) []byte {
	into := make([]byte, 0, noteBytes)
	into = binary.LittleEndian.AppendUint64(into, noteMagic)
	into = binary.LittleEndian.AppendUint64(into, turn)
	into = append(into, n.Identity[:]...)
	into = binary.LittleEndian.AppendUint64(into, n.Iteration)
	into = binary.LittleEndian.AppendUint64(into, uint64(n.Size))
	for _, log := range n.Logs {
		into = binary.LittleEndian.AppendUint64(into, log.Iteration)
		into = binary.LittleEndian.AppendUint64(into, uint64(log.Length))
	}
	return binary.LittleEndian.AppendUint64(into, Checksum(into))
}

func decodeNote(slot []byte) (n Note, turn uint64, ok bool) {
	if len(slot) < noteBytes || binary.LittleEndian.Uint64(slot) != noteMagic ||
		binary.LittleEndian.Uint64(slot[noteBytes-8:]) != Checksum(slot[:noteBytes-8]) {
		return n, 0, false
	}
	word := func(at int) uint64 { return binary.LittleEndian.Uint64(slot[at:]) }
	n.Identity, n.Iteration, n.Size = Identity(slot[16:]), word(32), int64(word(40))
	for i := range n.Logs {
		n.Logs[i] = LogNote{word(48 + 16*i), int64(word(56 + 16*i))}
	}
	return n, word(8), true
}

// ReadNote answers fs.ErrNotExist where nothing was ever noted.
func ReadNote(path string) (Note, error) {
	note, _, err := readNote(path)
	return note, err
}

func readNote(path string) (latest Note, turn uint64, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return latest, 0, fmt.Errorf("read the note of what was committed: %w", err)
	}
	found := false
	for at := 0; at+noteBytes <= len(content); at += slotBytes {
		note, noted, ok := decodeNote(content[at:])
		if ok && (!found || noted > turn) {
			latest, turn, found = note, noted, true
		}
	}
	if !found {
		return latest, 0, damage("the note of what was committed is damaged")
	}
	return latest, turn, nil
}

// openNote opens a note to write the next ones in its place, which takes no room; nil where there is none that could be.
func openNote(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the note of what was committed: %w", err)
	}
	if stat, err := file.Stat(); err == nil && stat.Size() == 2*slotBytes {
		return file, nil
	}
	return nil, file.Close()
}

// makeNote writes a note that lasts, and opens it for the next ones. There is the former note, or the new one.
func makeNote(path string, note Note, turn uint64) (file *os.File, err error) {
	fresh := path + ".new"
	if file, err = os.OpenFile(fresh, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close(), os.Remove(fresh))
			file = nil
		}
	}()
	content := make([]byte, 2*slotBytes) // whole, so that a full disk never keeps a later note from being written
	copy(content[slotOf(turn):], note.encode(turn))
	if _, err = file.Write(content); err != nil {
		return file, err
	}
	if err = file.Sync(); err != nil {
		return file, err
	}
	if err = os.Rename(fresh, path); err != nil {
		return file, err
	}
	return file, syncFolder(filepath.Dir(path))
}

func slotOf(turn uint64) int64 { return int64(turn%2) * slotBytes }

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
