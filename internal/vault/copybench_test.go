package vault_test

import (
	"context"
	"testing"

	"slipher/internal/vault"
)

func benchAbroad(b *testing.B) vault.Vault {
	b.Helper()
	v := abroad(openFolder(b))
	v.PackBytes = 0
	return v
}

// BenchmarkCopyAbroad copies a whole snapshot into another scope: compare it with BenchmarkSaveFirst and BenchmarkRestore.
func BenchmarkCopyAbroad(b *testing.B) {
	file, from := benchFile(b), benchVault(b)
	benchSave(b, from, benchRequest(b, file, "first", ""))
	for b.Loop() {
		b.StopTimer()
		to := benchAbroad(b)
		b.StartTimer()
		copied := copySnapshot(b, to, from, "first", "copy")
		b.ReportMetric(float64(copied.StoredBytes)/float64(copied.TotalBytes), "stored/byte")
		b.StopTimer()
		sweepAll(b, to)
		b.StartTimer()
	}
}

// BenchmarkCopyUnchanged copies a snapshot that has nothing new: with the earlier copy known, and with every block read and named.
func BenchmarkCopyUnchanged(b *testing.B) {
	for name, earlier := range map[string][]vault.Copied{"earlier": {{Source: "first", Copy: "copy-1"}}, "read": nil} {
		b.Run(name, func(b *testing.B) {
			file, from, to := benchFile(b), benchVault(b), benchAbroad(b)
			benchSave(b, from, benchRequest(b, file, "first", ""))
			benchSave(b, from, benchRequest(b, file, "second", "first"))
			copySnapshot(b, to, from, "first", "copy-1")
			for b.Loop() {
				copySnapshot(b, to, from, "second", "copy-2", earlier...)
				b.StopTimer()
				if _, err := to.Sweep(context.Background(), keeping("copy-1")); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}
