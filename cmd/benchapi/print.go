package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// printMachine says what the figures depend on.
func printMachine(ctx context.Context, set settings) {
	load, _ := os.ReadFile("/proc/loadavg")
	version, err := exec.CommandContext(ctx, set.python, "-c", "import moto, platform; print('moto', moto.__version__, 'on Python', platform.python_version())").Output()
	if err != nil {
		version = []byte("no moto")
	}
	fmt.Printf("date:     %s\n", time.Now().UTC().Format(time.DateOnly))
	fmt.Printf("command:  %s\n", strings.Join(os.Args, " "))
	fmt.Printf("machine:  %d cores, load before: %s\n", runtime.NumCPU(), strings.Join(strings.Fields(string(load))[:min(3, len(strings.Fields(string(load))))], " "))
	fmt.Printf("versions: %s, %s\n", runtime.Version(), strings.TrimSpace(string(version)))
	fmt.Printf("method:   %d connections (%d to share) in this process, %d turns of %s each\n", set.connections, set.sharing, set.rounds, set.turn)
}

func printHead(beside bool) {
	fmt.Printf("| calls | slipher, a second | median | 99 %% |")
	if beside {
		fmt.Printf(" moto, a second | median | slipher / moto |")
	}
	fmt.Printf("\n|---|--:|--:|--:|")
	if beside {
		fmt.Printf("--:|--:|--:|")
	}
	fmt.Println()
}

func printRow(name string, mine, other figure, beside bool) {
	fmt.Printf("| %s | %s | %s | %s |", name, perSecond(mine), milliseconds(mine, 50), milliseconds(mine, 99))
	switch {
	case !beside:
	case other.spent == 0 && !other.slow:
		fmt.Printf(" – | – | – |")
	case len(other.took) == 0:
		fmt.Printf(" no answer in time | – | – |")
	default:
		fmt.Printf(" %s | %s | %.0f |", perSecond(other), milliseconds(other, 50), mine.rate()/other.rate())
	}
	fmt.Println()
}

func perSecond(f figure) string {
	if f.rate() < 10 {
		return fmt.Sprintf("%.2f", f.rate())
	}
	return fmt.Sprintf("%.0f", f.rate())
}

func milliseconds(f figure, percent int) string {
	return fmt.Sprintf("%.1f ms", float64(f.percentile(percent).Microseconds())/1000)
}
