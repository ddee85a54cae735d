package ondisk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// The engine writes a database's catalogue into free parts of blocks that the last checkpoint uses too, so a checkpoint writes over blocks in place.
// A process that is killed within such a write leaves half a block, and the engine then opens nothing. So the blocks are kept beside the note
// before a checkpoint, and put back where the checkpoint did not come to its end.

const (
	journalMagic = 0x6b636f6c72696c73 // "slirlock"
	journalHead  = 40
)

func journalOf(place Place) string { return place.Note + ".blocks" }

// KeepBlocks keeps these blocks of the database as they are at its last checkpoint, durably, in the place of those that were kept before. The next
// checkpoint must not have begun.
func KeepBlocks(place Place, blocks []int64) error {
	header, _, err := headerOf(place)
	if err != nil {
		return err
	}
	database, err := os.Open(place.seen(FileName(place.Database)))
	if err != nil {
		return fmt.Errorf("open the database file: %w", err)
	}
	defer database.Close()
	content := make([]byte, journalHead, journalHead+len(blocks)*(8+BlockBytes)+checksumBytes)
	binary.LittleEndian.PutUint64(content, journalMagic)
	copy(content[8:], header.Identity[:])
	binary.LittleEndian.PutUint64(content[24:], header.Iteration)
	kept := uint64(0)
	for _, number := range blocks {
		block := make([]byte, BlockBytes)
		if _, err := database.ReadAt(block, offsetOf(number)); err != nil {
			return fmt.Errorf("read block %d of the database: %w", number, err)
		}
		if !Sound(block) {
			continue // nothing to go back to
		}
		content = append(binary.LittleEndian.AppendUint64(content, uint64(number)), block...)
		kept++
	}
	binary.LittleEndian.PutUint64(content[32:], kept)
	return writeJournal(journalOf(place), binary.LittleEndian.AppendUint64(content, Checksum(content)))
}

// writeJournal writes over the file, so that it takes no more room than it has: one that is half written is of a checkpoint that did not begin.
func writeJournal(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("keep the blocks that a checkpoint writes over: %w", err)
	}
	_, err = file.WriteAt(content, 0)
	if err := errors.Join(err, file.Truncate(int64(len(content))), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keep the blocks that a checkpoint writes over: %w", err)
	}
	return nil
}

// PutBack writes the blocks back that a checkpoint has left half written, and says how many they are. It leaves a database alone whose checkpoint
// has ended, or whose blocks are whole. The engine must not have the database open.
func PutBack(place Place) (blocks int, err error) {
	content, err := os.ReadFile(journalOf(place))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the blocks that a checkpoint wrote over: %w", err)
	}
	kept, of, ok := decodeJournal(content)
	header, _, err := headerOf(place)
	if !ok || err != nil || header != of {
		return 0, nil // what is wrong with the headers, Check says
	}
	database, err := os.OpenFile(place.seen(FileName(place.Database)), os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("open the database file: %w", err)
	}
	defer database.Close()
	there := make([]byte, BlockBytes)
	for ; len(kept) > 0; kept = kept[8+BlockBytes:] {
		at := offsetOf(int64(binary.LittleEndian.Uint64(kept)))
		if n, _ := database.ReadAt(there, at); n == BlockBytes && Sound(there) {
			continue
		}
		if _, err := database.WriteAt(kept[8:8+BlockBytes], at); err != nil {
			return blocks, fmt.Errorf("put a block back that a checkpoint has left half written: %w", err)
		}
		blocks++
	}
	return blocks, database.Sync()
}

// decodeJournal answers the numbers and contents of the blocks, and the header of the database that they belong to.
func decodeJournal(content []byte) (blocks []byte, of Header, ok bool) {
	end := len(content) - checksumBytes
	if end < journalHead || binary.LittleEndian.Uint64(content) != journalMagic || binary.LittleEndian.Uint64(content[end:]) != Checksum(content[:end]) {
		return nil, of, false
	}
	of = Header{Identity: Identity(content[8:]), Iteration: binary.LittleEndian.Uint64(content[24:])}
	blocks = content[journalHead:end]
	return blocks, of, uint64(len(blocks)) == binary.LittleEndian.Uint64(content[32:])*(8+BlockBytes)
}

func offsetOf(block int64) int64 { return HeadersBytes + block*BlockBytes }
