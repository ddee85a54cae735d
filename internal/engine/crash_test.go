package engine

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

const crashDir = "SLIPHER_ENGINE_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		act := writeUntilKilled
		switch os.Getenv(crashPoint) {
		case "":
		case sideBySide:
			act = writeSideBySide
		default:
			act = leaveUntilKilled
		}
		if err := act(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled commits transactions and prints the number of each once the engine has acknowledged it.
func writeUntilKilled(dir string) error {
	ctx := context.Background()
	d, err := Open(ctx, testConfig(dir))
	if err != nil {
		return err
	}
	s, err := d.Session(ctx)
	if err != nil {
		return err
	}
	if err := s.Exec(ctx, "CREATE TABLE IF NOT EXISTS t (k BIGINT, j BIGINT)"); err != nil {
		return err
	}
	for k := 1; ; k++ {
		if err := s.Exec(ctx, fmt.Sprintf("INSERT INTO t SELECT (SELECT coalesce(max(k), 0) + 1 FROM t), j FROM range(%d) r(j)", 100)); err != nil {
			return err
		}
		if k%20 == 0 {
			if err := d.Checkpoint(ctx); err != nil {
				return err
			}
		}
		fmt.Println(k)
	}
}

func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	committed := int64(0)
	for round := range 4 {
		acknowledged := int64(killAfter(t, dir, 25+7*round))
		d, err := Open(t.Context(), testConfig(dir))
		if err != nil {
			t.Fatalf("round %d: open after the kill: %v", round, err)
		}
		s, err := d.Session(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := all(t, s, "SELECT count(*), count(DISTINCT k), max(k) FROM t")[0]
		n := got[2].(int64)
		if n < committed+acknowledged {
			t.Errorf("round %d: the last transaction is %d, but %d were acknowledged", round, n, committed+acknowledged)
		}
		if got[0] != n*100 || got[1] != n {
			t.Errorf("round %d: %v rows of %v transactions, want %d of %d", round, got[0], got[1], n*100, n)
		}
		committed = n
		s.Close()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a writing process and kills it once it has acknowledged n transactions. It returns how many it heard of in all.
func killAfter(t *testing.T, dir string, n int) int {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), crashDir+"="+dir)
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if last == n {
			command.Process.Kill()
		}
	}
	if err := command.Wait(); err == nil || last < n {
		t.Fatalf("the writer ended by itself after %d transactions: %v", last, err)
	}
	return last
}
