package vault

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testKeys(t testing.TB) keyring {
	t.Helper()
	keys, err := deriveKeys(bytes.Repeat([]byte{1}, keySize))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func noise(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size)}).Read(content)
	return content
}

// letters cannot be found again, but are few.
func letters(size int) []byte {
	content := noise(size)
	for i, b := range content {
		content[i] = "etaoinshrdlucmfw"[b%16]
	}
	return content
}

func TestGrid(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, gridHeaders - 1, gridHeaders, gridHeaders + 1, blockSize, blockSize + 1, gridHeaders + 3*blockSize, 10_000_001} {
		for _, isGrid := range []bool{false, true} {
			g, next := gridOf(size, isGrid), int64(0)
			for number := range int(g.pieces()) {
				offset, length := g.piece(number)
				if offset != next || length <= 0 || length > blockSize {
					t.Errorf("size %d, grid %v: piece %d is %d bytes at %d, want it at %d", size, isGrid, number, length, offset, next)
				}
				if isGrid && number > 0 && (offset-gridHeaders)%blockSize != 0 {
					t.Errorf("size %d: piece %d begins off the grid, at %d", size, number, offset)
				}
				next = offset + int64(length)
			}
			if next != size {
				t.Errorf("size %d, grid %v: the pieces end at %d", size, isGrid, next)
			}
		}
	}
	if pieces := gridOf(math.MaxInt64, true).pieces(); pieces <= 0 {
		t.Errorf("the largest file has %d pieces", pieces)
	}
}

func TestCompress(t *testing.T) {
	t.Parallel()
	keys := testKeys(t)
	writer, reader := newBlockWriter(keys), newBlockReader(keys)
	for name, test := range map[string]struct {
		plain []byte
		want  codec
	}{
		"noise":         {noise(blockSize), codecRaw},
		"little_noise":  {noise(10), codecRaw},
		"one_byte":      {[]byte{0}, codecRaw},
		"zeros":         {make([]byte, blockSize), codecS2},
		"repeated_text": {[]byte(strings.Repeat("the same again ", 10_000)), codecS2},
		"few_letters":   {letters(blockSize), codecZstd},
		"short_letters": {letters(60_000), codecZstd},
	} {
		by, packed := writer.compress(test.plain)
		if by != test.want {
			t.Errorf("%s: codec %d, want %d", name, by, test.want)
		}
		rec := record{id: writer.id(test.plain), plain: uint32(len(test.plain)), codec: by}
		if plain, err := reader.unpack(rec, packed); err != nil || !bytes.Equal(plain, test.plain) {
			t.Errorf("%s: unpacked to other bytes (%v)", name, err)
		}
	}
}

func TestSealedObject(t *testing.T) {
	t.Parallel()
	keys, name := testKeys(t), [nameSize]byte{1, 2, 3}
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 7} {
		content := noise(size)
		sealed := keys.sealObject(nil, kindIndex, name, content)
		if len(sealed) != sealedSize(size) {
			t.Errorf("%d bytes seal to %d, want %d", size, len(sealed), sealedSize(size))
		}
		if opened, err := keys.openWhole(kindIndex, name, sealed); err != nil || !bytes.Equal(opened, content) {
			t.Errorf("%d bytes: opened to other bytes (%v)", size, err)
		}
		for what, altered := range map[string][]byte{
			"longer":            append(slices.Clone(sealed), 0),
			"without_last_byte": sealed[:len(sealed)-1],
			"header_only":       sealed[:headerSize],
			"whole_chunks_only": sealed[:headerSize+(size/(chunkSize+1))*(chunkSize+tagSize)],
		} {
			if _, err := keys.openWhole(kindIndex, name, altered); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d bytes, %s: got %v", size, what, err)
			}
		}
		if _, err := keys.openWhole(kindManifest, name, sealed); !errors.Is(err, ErrDamaged) {
			t.Errorf("opened as another kind: %v", err)
		}
		if _, err := keys.openWhole(kindIndex, [nameSize]byte{4}, sealed); !errors.Is(err, ErrDamaged) {
			t.Errorf("opened under another name: %v", err)
		}
	}
	if bytes.Equal(keys.sealObject(nil, kindIndex, name, nil), keys.sealObject(nil, kindIndex, name, nil)) {
		t.Error("sealed twice under one salt")
	}
}

func exampleManifest() Manifest {
	return Manifest{ID: "snapshot", Files: []StoredFile{
		{Name: "dev.db", Size: gridHeaders + blockSize + 9, Grid: true, Blocks: []BlockID{{1}, {2}, {3}}, Hints: []Hint{0, 77, 0}},
		{Name: "folder/dev.db.wal", Size: 5, Blocks: []BlockID{{4}}},
		{Name: "empty"},
	}}
}

func TestManifestFormat(t *testing.T) {
	t.Parallel()
	want := exampleManifest()
	got, err := decodeManifest(bytes.NewReader(want.encode(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	for what, change := range map[string]func(*Manifest){
		"leaving_name":   func(m *Manifest) { m.Files[0].Name = "../dev.db" },
		"absolute_name":  func(m *Manifest) { m.Files[0].Name = "/dev.db" },
		"empty_name":     func(m *Manifest) { m.Files[2].Name = "" },
		"same_name":      func(m *Manifest) { m.Files[2].Name = "dev.db" },
		"long_name":      func(m *Manifest) { m.Files[2].Name = strings.Repeat("x", longestName+1) },
		"negative_size":  func(m *Manifest) { m.Files[2].Size = -1 },
		"promised_size":  func(m *Manifest) { m.Files[2].Size = 1 << 45 },
		"missing_blocks": func(m *Manifest) { m.Files[1].Blocks = nil },
		"more_blocks":    func(m *Manifest) { m.Files[1].Blocks = make([]BlockID, 9) },
	} {
		manifest := exampleManifest()
		change(&manifest)
		if _, err := decodeManifest(bytes.NewReader(manifest.encode(nil))); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", what, err)
		}
	}
}

// boundsAllocation wants that a decoder of size bytes allocates in proportion to them, whatever they say.
func boundsAllocation(t *testing.T, size int, decode func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	decode()
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > uint64(20*size)+4<<20 {
		t.Errorf("%d bytes made the decoder allocate %d", size, allocated)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(exampleManifest().encode(nil))
	f.Add(Manifest{}.encode(nil))
	huge := exampleManifest()
	huge.Files[1].Size = largestFile
	f.Add(huge.encode(nil))
	f.Fuzz(func(t *testing.T, content []byte) {
		boundsAllocation(t, len(content), func() {
			manifest, err := decodeManifest(bytes.NewReader(content))
			if err != nil {
				return
			}
			if again := manifest.encode(nil); !bytes.Equal(again, content) {
				t.Errorf("%x decodes to %+v, which encodes to %x", content, manifest, again)
			}
			for _, file := range manifest.Files {
				if checkName(file.Name) != nil || int64(len(file.Blocks)) != gridOf(file.Size, file.Grid).pieces() {
					t.Errorf("accepted %+v", file)
				}
			}
		})
	})
}

func exampleIndex() index {
	return index{pack: packID{9}, records: []record{
		{id: BlockID{1}, plain: blockSize, sealed: blockSize + tagSize, codec: codecRaw},
		{id: BlockID{2}, plain: 1, sealed: 17, codec: codecRaw},
		{id: BlockID{3}, plain: 1000, sealed: 300, codec: codecZstd},
	}}
}

func TestIndexFormat(t *testing.T) {
	t.Parallel()
	got, err := decodeIndex(exampleIndex().encode(nil))
	if err != nil || !reflect.DeepEqual(got, exampleIndex()) {
		t.Errorf("got %+v, %v", got, err)
	}
	for what, change := range map[string]func(*record){
		"no_plain_bytes":   func(r *record) { r.plain = 0 },
		"a_larger_block":   func(r *record) { r.plain = blockSize + 1 },
		"no_sealed_bytes":  func(r *record) { r.sealed = tagSize },
		"a_larger_record":  func(r *record) { r.sealed = blockSize + tagSize + 1 },
		"an_unknown_codec": func(r *record) { r.codec = 3 },
	} {
		altered := exampleIndex()
		change(&altered.records[1])
		if _, err := decodeIndex(altered.encode(nil)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", what, err)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(exampleIndex().encode(nil))
	f.Add(index{}.encode(nil))
	f.Add(append(make([]byte, nameSize), 255, 255, 255, 255))
	f.Fuzz(func(t *testing.T, content []byte) {
		boundsAllocation(t, len(content), func() {
			decoded, err := decodeIndex(content)
			if err == nil && !bytes.Equal(decoded.encode(nil), content) {
				t.Errorf("%x decodes to %+v", content, decoded)
			}
			if err == nil && decoded.packSize() > largestPack+largestIndex {
				t.Errorf("accepted a pack of %d bytes", decoded.packSize())
			}
		})
	})
}

func FuzzTrailer(f *testing.F) {
	f.Add(trailer(100), int64(1000))
	f.Add(trailer(1<<31), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, end []byte, size int64) {
		offset, length, err := parseTrailer(end, size)
		if err == nil && (offset < headerSize || length < 0 || length > largestIndex || offset+int64(length)+trailerSize != size) {
			t.Errorf("trailer %x of %d bytes: index of %d bytes at %d", end, size, length, offset)
		}
	})
}

// FuzzBlock lets a block record decompress to what it never was: its seal holds, but its writer lied.
func FuzzBlock(f *testing.F) {
	writer := newBlockWriter(testKeys(f))
	for _, plain := range [][]byte{noise(100), make([]byte, blockSize), letters(60_000)} {
		by, packed := writer.compress(plain)
		f.Add(uint8(by), uint32(len(plain)), packed)
	}
	f.Add(uint8(codecS2), uint32(blockSize), []byte{255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, by uint8, plain uint32, packed []byte) {
		rec := record{codec: codec(by), plain: plain}
		reader := newBlockReader(testKeys(t))
		boundsAllocation(t, len(packed), func() {
			unpacked, err := reader.decompress(rec, packed)
			if err == nil && (len(unpacked) != int(plain) || codec(by) != codecRaw && len(unpacked) > blockSize) {
				t.Errorf("codec %d: %d bytes of %d", by, len(unpacked), plain)
			}
		})
	})
}

func FuzzSealedObject(f *testing.F) {
	f.Add(testKeys(f).sealObject(nil, kindManifest, [nameSize]byte{1}, exampleManifest().encode(nil)))
	f.Add(header(kindManifest, [saltSize]byte{}))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		boundsAllocation(t, len(sealed), func() {
			content, err := testKeys(t).openWhole(kindManifest, [nameSize]byte{1}, sealed)
			if err == nil {
				_, err = decodeManifest(bytes.NewReader(content))
			}
			if err == nil && len(sealed) == 0 {
				t.Error("opened nothing")
			}
		})
	})
}

func FuzzPin(f *testing.F) {
	name := pinName{3}
	f.Add(pin{turns: 7, manifest: objectName{1}}.encode(name))
	f.Add(header(kindPin, name))
	f.Fuzz(func(t *testing.T, content []byte) {
		decoded, err := decodePin(name, content)
		if err == nil && !bytes.Equal(decoded.encode(name), content) {
			t.Errorf("%x decodes to %+v", content, decoded)
		}
	})
}
