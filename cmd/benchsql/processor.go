package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what a process has used, all threads together, as its own clock has it: /proc counts in hundredths of a second.
func processorTime(process int) (time.Duration, error) {
	var spent unix.Timespec
	clock := int32(^process)<<3 | 2 // as clock_getcpuclockid makes it
	if err := unix.ClockGettime(clock, &spent); err != nil {
		return 0, fmt.Errorf("read the processor time of process %d: %w", process, err)
	}
	return time.Duration(spent.Nano()), nil
}

// family is a process with all that it has started.
func family(process int) []int {
	members := []int{process}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", process))
	for _, list := range lists {
		children, _ := os.ReadFile(list) // a thread that has ended has none
		for _, word := range bytes.Fields(children) {
			if child, err := strconv.Atoi(string(word)); err == nil {
				members = append(members, family(child)...)
			}
		}
	}
	return members
}

func familyTime(process int) (total time.Duration, err error) {
	for _, member := range family(process) {
		spent, err := processorTime(member)
		if err != nil {
			return 0, err
		}
		total += spent
	}
	return total, nil
}
