// Command transfer runs one operation of the vault in a process of its own, so that its time and memory can be compared with other
// programs'. It prints what it did as one line of JSON. `make bench-vault` runs it.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
)

// Outcome is the line that transfer prints.
type Outcome struct {
	StoredBytes int64 `json:"storedBytes"`
	NewBlocks   int   `json:"newBlocks"`
	BeforeKB    int64 `json:"beforeKB"` // memory of the process before it began: its code, and the drivers of all stores
	PeakKB      int64 `json:"peakKB"`   // the most memory that it had
}

func main() {
	store := flag.String("store", "", "URL of the snapshot store")
	key := flag.String("key", strings.Repeat("07", 32), "data key, in hexadecimal digits")
	parent := flag.String("parent", "", "save: the last snapshot of the same file")
	size := flag.Int64("size", 0, "save: how much of the file; all of it when 0")
	flag.Parse()
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) // as in a node
	outcome, err := run(context.Background(), *store, *key, saving{parent: *parent, size: *size}, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(outcome)
}

type saving struct {
	parent string
	size   int64
}

func run(ctx context.Context, location, key string, saving saving, args []string) (outcome Outcome, err error) {
	data, err := hex.DecodeString(key)
	if err != nil {
		return outcome, fmt.Errorf("key: %w", err)
	}
	bucket, err := store.Open(ctx, location, time.Now)
	if err != nil {
		return outcome, err
	}
	defer func() { err = errors.Join(err, bucket.Close()) }()
	v := vault.Vault{Bucket: bucket, Scope: "bench", Key: data, Now: time.Now}
	before := peakKB()
	switch {
	case len(args) == 3 && args[0] == "save":
		outcome, err = saving.save(ctx, v, args[1], args[2])
	case len(args) == 3 && args[0] == "restore":
		_, err = v.Restore(ctx, args[1], args[2], nil)
	case len(args) == 2 && args[0] == "verify":
		err = v.Verify(ctx, args[1], nil)
	default:
		err = errors.New("usage: transfer [flags] save ID FILE | restore ID FOLDER | verify ID")
	}
	outcome.BeforeKB, outcome.PeakKB = before, peakKB()
	return outcome, err
}

func (s saving) save(ctx context.Context, v vault.Vault, id, name string) (Outcome, error) {
	file, err := os.Open(name)
	if err != nil {
		return Outcome{}, err
	}
	defer file.Close()
	if s.size == 0 {
		info, err := file.Stat()
		if err != nil {
			return Outcome{}, err
		}
		s.size = info.Size()
	}
	saved, err := v.Save(ctx, vault.SaveRequest{
		Manifest: id, Parent: s.parent, TrustHints: s.parent != "",
		Files: []vault.File{{Name: "dev.duckdb", Content: file, Size: s.size, Grid: true}},
	})
	return Outcome{StoredBytes: saved.StoredBytes, NewBlocks: saved.NewBlocks}, err
}

// peakKB is this program's own high-water mark. The one that a parent is told of begins with the parent's own memory.
func peakKB() (peak int64) {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &peak); err == nil {
			return peak
		}
	}
	return 0
}
