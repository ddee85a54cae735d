package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// findRestic installs restic from Debian when it is missing and this user may.
func findRestic(ctx context.Context, name string) (string, error) {
	if found, err := exec.LookPath(name); err == nil {
		return found, nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Getuid() != 0 || name != "restic" {
		return "", fmt.Errorf("%s is missing: install restic (on Debian: apt-get install restic)", name)
	}
	for _, args := range [][]string{{"update", "-q"}, {"install", "-qy", "restic"}} {
		if out, err := exec.CommandContext(ctx, "apt-get", args...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("install restic: %w\n%s", err, out)
		}
	}
	return exec.LookPath(name)
}

// printMachine says what a figure depends on.
func printMachine(ctx context.Context, set settings) error {
	restic, err := exec.CommandContext(ctx, set.restic, "version").Output()
	if err != nil {
		return fmt.Errorf("run restic: %w", err)
	}
	fmt.Printf("date:     %s\n", time.Now().UTC().Format(time.DateOnly))
	fmt.Printf("command:  %s\n", strings.Join(os.Args, " "))
	fmt.Printf("machine:  %d cores (%s), %s of memory\n", runtime.NumCPU(), fieldOf("/proc/cpuinfo", "model name"), fieldOf("/proc/meminfo", "MemTotal"))
	fmt.Printf("disk:     %s\n", say(ctx, "df", "-h", "--output=source,fstype,size,avail", set.dir))
	fmt.Printf("versions: %s, %s, %s\n", runtime.Version(), strings.TrimSpace(string(restic)), say(ctx, "uname", "-sr"))
	return nil
}

// say returns the last line that a program prints, and nothing when there is no such program.
func say(ctx context.Context, name string, args ...string) string {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "unknown"
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(strings.Fields(lines[len(lines)-1]), " ")
}

// fieldOf finds "name : value" in a file of /proc.
func fieldOf(file, name string) string {
	content, _ := os.ReadFile(file)
	for line := range strings.Lines(string(content)) {
		if key, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// dropCache empties the page cache, so that the next reader finds everything on the disk. Only root may.
func dropCache(ctx context.Context) error {
	if err := exec.CommandContext(ctx, "sync").Run(); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("3\n"), 0o200)
}

// canDropCache says whether the cold variants can be measured.
func canDropCache() bool {
	caches, err := os.OpenFile("/proc/sys/vm/drop_caches", os.O_WRONLY, 0)
	return errors.Join(err, caches.Close()) == nil
}
