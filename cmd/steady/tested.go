package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// tested is a package that has tests, as go list describes it.
type tested struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
}

func listPackages(ctx context.Context, patterns []string) (found []tested, err error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p tested
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		if len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
			found = append(found, p)
		}
	}
}

// hold answers how many of the rounds failed. The package is built once, before the cores are made busy.
func (p tested) hold(ctx context.Context, set settings) (failed int, err error) {
	name := strings.ReplaceAll(p.ImportPath, "/", "-")
	program := filepath.Join(set.dir, name+".test")
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, p.ImportPath).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	defer os.Remove(program)
	defer keepBusy()()
	for round := 1; round <= set.rounds; round++ {
		began := time.Now()
		out, err := p.round(ctx, set, program)
		if ctx.Err() != nil {
			return failed, ctx.Err()
		}
		if took := time.Since(began); took > time.Minute {
			fmt.Printf("  round %d of %s took %s\n", round, p.ImportPath, took.Round(time.Second))
		}
		if err == nil {
			continue
		}
		failed++
		kept := filepath.Join(set.dir, fmt.Sprintf("%s-%d.txt", name, round))
		if err := os.WriteFile(kept, out, 0o600); err != nil {
			return failed, err
		}
		fmt.Printf("  round %d of %s: %s (%v), see %s\n", round, p.ImportPath, whatFailed(out), err, kept)
	}
	return failed, nil
}

// round runs the tests in a process group of their own, so that what they have started ends with them when steady is ended.
func (p tested) round(ctx context.Context, set settings, program string) (output []byte, err error) {
	tests := exec.CommandContext(ctx, program, "-test.run", set.run, "-test.timeout", set.patience.String(), "-test.paniconexit0")
	tests.Dir = p.Dir
	tests.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	tests.Cancel = func() error { return syscall.Kill(-tests.Process.Pid, syscall.SIGTERM) }
	tests.WaitDelay = 10 * time.Second
	return tests.CombinedOutput()
}

var failures = regexp.MustCompile(`(?m)^\s*(?:--- FAIL: (\S+)|(panic: .*|fatal error: .*))`)

// whatFailed names the tests that an output says have failed, and a panic.
func whatFailed(output []byte) string {
	all := failures.FindAllStringSubmatch(string(output), -1)
	names := make([]string, 0, len(all))
	for _, found := range all {
		names = append(names, found[1]+found[2])
	}
	return strings.Join(names, ", ")
}
