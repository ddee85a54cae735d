package vault

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
)

// Manifest is a snapshot: its files, each with its blocks in order.
type Manifest struct {
	ID    string
	Files []StoredFile
}

// StoredFile is a file of a manifest. Hints stand beside Blocks when the file has a grid.
type StoredFile struct {
	Name   string
	Size   int64
	Grid   bool
	Blocks []BlockID
	Hints  []Hint
}

// TotalBytes is what a restore writes.
func (m Manifest) TotalBytes() (total int64) {
	for _, file := range m.Files {
		total += file.Size
	}
	return total
}

func (m Manifest) blocks() (total int) {
	for _, file := range m.Files {
		total += len(file.Blocks)
	}
	return total
}

const (
	longestName = 1 << 10
	mostFiles   = 1 << 16
	flagGrid    = 1
)

// encode appends the manifest to content.
func (m Manifest) encode(content []byte) []byte {
	content = slices.Grow(content, m.encodedSize())
	content = appendText(content, m.ID)
	content = binary.LittleEndian.AppendUint64(content, uint64(m.TotalBytes()))
	content = binary.LittleEndian.AppendUint32(content, uint32(len(m.Files)))
	for _, file := range m.Files {
		content = file.encode(content)
	}
	return content
}

func (m Manifest) encodedSize() int {
	size := 2 + len(m.ID) + 8 + 4
	for _, file := range m.Files {
		size += 2 + len(file.Name) + 1 + 8 + len(file.Blocks)*32 + len(file.Hints)*8
	}
	return size
}

func (f StoredFile) encode(content []byte) []byte {
	content = appendText(content, f.Name)
	flags := byte(0)
	if f.Grid {
		flags = flagGrid
	}
	content = append(content, flags)
	content = binary.LittleEndian.AppendUint64(content, uint64(f.Size))
	for i, id := range f.Blocks {
		content = append(content, id[:]...)
		if f.Grid {
			content = binary.LittleEndian.AppendUint64(content, uint64(f.Hints[i]))
		}
	}
	return content
}

func appendText(content []byte, text string) []byte {
	content = binary.LittleEndian.AppendUint16(content, uint16(len(text)))
	return append(content, text...)
}

// decodeManifest reads to the end of content, and so sees to it that all of a sealed manifest is authentic.
func decodeManifest(content io.Reader) (Manifest, error) {
	in := newDecoder(content)
	manifest, files := in.manifestHead()
	names := map[string]bool{}
	for ; files > 0 && in.err == nil; files-- {
		file := in.file()
		if names[file.Name] {
			in.refuse("two files of one name")
		}
		names[file.Name] = true
		manifest.Files = append(manifest.Files, file)
	}
	in.end()
	return manifest, in.err
}

// decoder reads little-endian fields until the first error, which it keeps.
type decoder struct {
	reader *bufio.Reader
	total  int64 // bytes that the files seen so far may still have
	err    error
}

func newDecoder(content io.Reader) *decoder {
	return &decoder{reader: bufio.NewReader(content)}
}

func (d *decoder) manifestHead() (Manifest, uint32) {
	id := d.text()
	d.total = int64(d.uint64())
	files := d.uint32()
	if d.total < 0 || files > mostFiles {
		d.refuse("manifest of impossible size")
	}
	return Manifest{ID: id}, files
}

func (d *decoder) file() StoredFile {
	file := StoredFile{Name: d.text()}
	flags := d.bytes(1)[0]
	file.Size, file.Grid = int64(d.uint64()), flags&flagGrid != 0
	switch {
	case d.err != nil:
		return file
	case checkName(file.Name) != nil:
		d.refuse("impossible file name")
	case flags&^flagGrid != 0:
		d.refuse("unknown file flags")
	case file.Size < 0 || file.Size > largestFile || file.Size > d.total:
		d.refuse("file of impossible size")
	}
	d.total -= file.Size
	d.blocks(&file)
	return file
}

// blocks grows its slices with what really arrives, not with what the size promises.
func (d *decoder) blocks(file *StoredFile) {
	for left := gridOf(file.Size, file.Grid).pieces(); left > 0 && d.err == nil; left-- {
		file.Blocks = append(file.Blocks, BlockID(d.bytes(32)))
		if file.Grid {
			file.Hints = append(file.Hints, Hint(d.uint64()))
		}
	}
}

func (d *decoder) end() {
	if d.err != nil {
		return
	}
	if d.total != 0 {
		d.refuse("sizes do not add up")
		return
	}
	switch _, err := d.reader.ReadByte(); {
	case err == nil:
		d.refuse("bytes after the end")
	case !errors.Is(err, io.EOF):
		d.err = err
	}
}

func (d *decoder) refuse(why string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrDamaged, why)
	}
}

var noBytes [32]byte

// bytes returns zeros after an error. n is at most 32.
func (d *decoder) bytes(n int) []byte {
	if d.err != nil {
		return noBytes[:n]
	}
	read, err := d.reader.Peek(n)
	if err != nil {
		d.err = shortened(err)
		return noBytes[:n]
	}
	_, d.err = d.reader.Discard(n)
	return read
}

func (d *decoder) uint32() uint32 { return binary.LittleEndian.Uint32(d.bytes(4)) }
func (d *decoder) uint64() uint64 { return binary.LittleEndian.Uint64(d.bytes(8)) }

func (d *decoder) text() string {
	length := binary.LittleEndian.Uint16(d.bytes(2))
	if length > longestName {
		d.refuse("name too long")
	}
	if d.err != nil {
		return ""
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(d.reader, text); err != nil {
		d.err = shortened(err)
	}
	return string(text)
}

// checkName refuses names that would leave the folder of a restore, or that a restore itself uses there.
func checkName(name string) error {
	switch {
	case name == "" || name == "." || !filepath.IsLocal(name) || filepath.ToSlash(filepath.Clean(name)) != name:
		return fmt.Errorf("file name %q is not a clean relative path", name)
	case len(name) > longestName:
		return fmt.Errorf("file name of %d bytes is too long", len(name))
	case filepath.Ext(name) == partialSuffix, filepath.Ext(name) == blocksSuffix:
		return fmt.Errorf("file name %q ends in %s, which marks an unfinished restore", name, filepath.Ext(name))
	}
	return nil
}

// partialSuffix marks a file that a restore has not finished.
const partialSuffix = ".partial"
