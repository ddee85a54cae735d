package vault_test

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"slipher/internal/vault"
)

// benchBytes is the length of the synthetic file. SLIPHER_BENCH_FILE names a real one to use instead.
const benchBytes = 256 << 20

// benchFile returns a file with a grid.
func benchFile(b *testing.B) *os.File {
	b.Helper()
	name := os.Getenv("SLIPHER_BENCH_FILE")
	if name == "" {
		name = filepath.Join(b.TempDir(), "columns.db")
		writeColumns(b, name, benchBytes)
	}
	file, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	return file
}

// writeColumns writes blocks such as a columnar engine does: sorted integers, few distinct words, prices, random keys.
func writeColumns(b *testing.B, name string, size int) {
	b.Helper()
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	chance := rand.New(rand.NewPCG(1, 2))
	if _, err := file.Write(make([]byte, gridHeaders)); err != nil {
		b.Fatal(err)
	}
	for written, kind := gridHeaders, 0; written < size; written, kind = written+blockSize, kind+1 {
		if _, err := file.Write(column(chance, kind)); err != nil {
			b.Fatal(err)
		}
	}
}

func column(chance *rand.Rand, kind int) []byte {
	words := []string{"shipped", "open", "returned", "closed"}
	block := binary.LittleEndian.AppendUint64(make([]byte, 0, blockSize+16), chance.Uint64())
	for row := uint64(0); len(block) < blockSize; row++ {
		switch kind % 4 {
		case 0:
			block = binary.LittleEndian.AppendUint32(block, uint32(row*3+row%7))
		case 1:
			block = append(block, words[chance.IntN(len(words))]...)
		case 2:
			block = binary.LittleEndian.AppendUint32(block, math.Float32bits(float32(chance.IntN(100_000))/100))
		case 3:
			block = binary.LittleEndian.AppendUint64(block, chance.Uint64())
		}
	}
	return block[:blockSize]
}

func benchRequest(b *testing.B, file *os.File, id, parent string) vault.SaveRequest {
	b.Helper()
	info, err := file.Stat()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	return vault.SaveRequest{
		Manifest: id, Parent: parent, TrustHints: true,
		Files: []vault.File{{Name: "dev.db", Content: file, Size: info.Size(), Grid: true}},
	}
}

func benchVault(b *testing.B) vault.Vault {
	b.Helper()
	v := newVault(openFolder(b))
	v.PackBytes = 0
	return v
}

func benchSave(b *testing.B, v vault.Vault, request vault.SaveRequest) vault.Saved {
	b.Helper()
	saved, err := v.Save(context.Background(), request)
	if err != nil {
		b.Fatal(err)
	}
	return saved
}

func BenchmarkSaveFirst(b *testing.B) {
	file := benchFile(b)
	for b.Loop() {
		b.StopTimer()
		v := benchVault(b)
		b.StartTimer()
		saved := benchSave(b, v, benchRequest(b, file, "first", ""))
		b.ReportMetric(float64(saved.StoredBytes)/float64(saved.TotalBytes), "stored/byte")
		b.StopTimer()
		sweepAll(b, v)
		b.StartTimer()
	}
}

func BenchmarkSaveUnchanged(b *testing.B) {
	for name, trust := range map[string]bool{"hints": true, "rehash": false} {
		b.Run(name, func(b *testing.B) {
			file, v := benchFile(b), benchVault(b)
			benchSave(b, v, benchRequest(b, file, "first", ""))
			for b.Loop() {
				request := benchRequest(b, file, "second", "first")
				request.TrustHints = trust
				benchSave(b, v, request)
				b.StopTimer()
				if _, err := v.Sweep(context.Background(), keeping("first")); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

func sweepAll(b *testing.B, v vault.Vault) {
	b.Helper()
	if _, err := v.Sweep(context.Background(), keeping()); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkVerify(b *testing.B) {
	file, v := benchFile(b), benchVault(b)
	benchSave(b, v, benchRequest(b, file, "first", ""))
	for b.Loop() {
		if err := v.Verify(context.Background(), "first", nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	file, v := benchFile(b), benchVault(b)
	benchSave(b, v, benchRequest(b, file, "first", ""))
	for b.Loop() {
		dir, err := os.MkdirTemp(b.TempDir(), "restore")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.Restore(context.Background(), "first", dir, nil); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkCopy is the yardstick: a plain copy, made durable.
func BenchmarkCopy(b *testing.B) {
	file := benchFile(b)
	benchRequest(b, file, "", "")
	for b.Loop() {
		copied, err := os.CreateTemp(b.TempDir(), "copy")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(copied, io.NewSectionReader(file, 0, math.MaxInt64)); err != nil {
			b.Fatal(err)
		}
		if err := copied.Sync(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = copied.Close()
		_ = os.Remove(copied.Name())
		b.StartTimer()
	}
}
