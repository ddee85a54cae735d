package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// printMachine says what the figures depend on.
func printMachine(ctx context.Context, set settings) {
	load, _ := os.ReadFile("/proc/loadavg")
	version, err := exec.CommandContext(ctx, filepath.Join(set.postgres, "postgres"), "--version").Output()
	if err != nil {
		version = []byte("no PostgreSQL")
	}
	fmt.Printf("date:     %s\n", time.Now().UTC().Format(time.DateOnly))
	fmt.Printf("command:  %s\n", strings.Join(os.Args, " "))
	fmt.Printf("machine:  %d cores, load before: %s\n", runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:min(3, len(strings.Fields(string(load))))], " "))
	fmt.Printf("versions: %s, %s\n", runtime.Version(), strings.TrimSpace(string(version)))
	fmt.Printf("method:   TPC-H at scale %g, the least processor time of %d turns of each side\n\n", set.scale, set.rounds)
}

func printHead(sides []side) {
	fmt.Printf("| query |")
	for _, s := range sides {
		fmt.Printf(" %s |", s.name())
	}
	for _, s := range sides[1:] {
		fmt.Printf(" %s / %s |", sides[0].name(), s.name())
	}
	fmt.Printf("\n|---|%s\n", strings.Repeat("--:|", 2*len(sides)-1))
}

func printRow(name string, costs []time.Duration, ours time.Duration) {
	fmt.Printf("| %s |", name)
	for _, cost := range costs {
		fmt.Printf(" %s |", milliseconds(cost))
	}
	for _, cost := range costs[1:] {
		fmt.Printf(" %.2f |", ours.Seconds()/cost.Seconds())
	}
	fmt.Println()
}

// printMeans prints the geometric means of what slipher takes of the time of each other side.
func printMeans(ratios [][]float64) {
	fmt.Printf("| geometric mean |%s", strings.Repeat(" |", len(ratios)))
	for _, of := range ratios[1:] {
		fmt.Printf(" %.3f |", geometricMean(of))
	}
	fmt.Println()
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}
