package engine

/*
#include <malloc.h>
#include <stddef.h>

// The engine's own allocator, where it was built with it.
int duckdb_je_mallctl(const char *name, void *oldp, size_t *oldlenp, void *newp, size_t newlen) __attribute__((weak));

static void give_back(void) {
	if (duckdb_je_mallctl)
		duckdb_je_mallctl("arena.4096.purge", NULL, NULL, NULL, 0); // 4096 are all arenas
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
*/
import "C"

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

const (
	rlimitData = 2 // RLIMIT_DATA, which package syscall leaves out
	// dataSpare is what may still be had when the engine is refused more: Go's runtime cannot do without.
	dataSpare = 64 << 20
)

// giveBack returns freed memory to the system, which the allocators would keep for later.
func giveBack() { C.give_back() }

// residentBytes is the memory that the process has for itself.
func residentBytes() int64 { return statm(1) - statm(2) }

// statm is a number of pages from the system's account of the process, in bytes.
func statm(field int) int64 {
	account, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(account)
	if len(fields) <= field {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[field]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// holdData makes the system refuse the process more memory than it has and a little, or lets it have what it wants again.
func holdData(hold bool) {
	var limit syscall.Rlimit
	if syscall.Getrlimit(rlimitData, &limit) != nil {
		return
	}
	limit.Cur = limit.Max
	if hold {
		limit.Cur = min(uint64(statm(5)+dataSpare), limit.Max)
	}
	_ = syscall.Setrlimit(rlimitData, &limit) // without it, a statement that goes on growing ends with its process
}
