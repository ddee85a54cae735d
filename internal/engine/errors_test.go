package engine

import (
	"log/slog"
	"testing"
)

// What clients hear of the machine's troubles says what to do about them, and no path.
func TestOpaqueFailures(t *testing.T) {
	t.Parallel()
	database := &Database{config: Config{Log: slog.New(slog.DiscardHandler)}}
	for message, want := range map[string]Error{
		`IO Error: Could not write file "/data/dev.duckdb": No space left on device`: {Code: "53100", Message: "disk full: the cluster's storage has no room for the statement"},
		`IO Error: Could not write file "/data/dev.duckdb": Input/output error`:      {Code: "58030", Message: "the cluster's storage reported an error"},
		`Out of Memory Error: failed to allocate data of size 1 GiB`:                 {Code: "53200", Message: "out of memory: the statement needs more than the cluster's memory limit"},
	} {
		if got := database.failure(message); *got != want {
			t.Errorf("%s: got %+v, want %+v", message, *got, want)
		}
	}
}
