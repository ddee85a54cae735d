package meta

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// The test binary runs itself as the process that is killed, or that comes second.
const (
	childEnv     = "META_TEST_CHILD"
	childPathEnv = "META_TEST_PATH"
)

func TestMain(m *testing.M) {
	path := os.Getenv(childPathEnv)
	switch os.Getenv(childEnv) {
	case "open":
		_, err := Open(context.Background(), Config{Path: path, Now: time.Now})
		exit(err)
	case "work":
		exit(workUntilKilled(path))
	case "work together":
		exit(workTogetherUntilKilled(path))
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Every step writes a left and a right half and enqueues the job that writes the record of its being done.
type half struct{ Step int }

type finish struct{ Step int }

func (finish) Kind() string { return "finish" }

var (
	lefts  = Records[half]{Kind: "left"}
	rights = Records[half]{Kind: "right"}
	dones  = Records[half]{Kind: "done"}
)

func stepKey(step int) Key { return Key{ID: strconv.Itoa(step)} }

func doStep(tx *Tx, step int) error {
	if _, err := lefts.Insert(tx, stepKey(step), half{step}); err != nil {
		return err
	}
	if err := tx.Enqueue(finish{step}, EnqueueOptions{Unique: true}); err != nil {
		return err
	}
	_, err := rights.Insert(tx, stepKey(step), half{step})
	return err
}

// finishSteps may run twice for a step, as every job may.
func finishSteps(store *Store) func(ctx context.Context, job finish) error {
	return func(ctx context.Context, job finish) error {
		return store.Update(ctx, func(tx *Tx) error {
			if _, err := dones.Find(tx, stepKey(job.Step)); err == nil {
				return nil
			}
			_, err := dones.Insert(tx, stepKey(job.Step), half(job))
			return err
		})
	}
}

func workUntilKilled(path string) error {
	ctx := context.Background()
	store, err := Open(ctx, Config{Path: path, Now: time.Now})
	if err != nil {
		return err
	}
	Handle(store, finishSteps(store))
	ended := make(chan error, 1)
	go func() { ended <- store.Run(ctx) }()
	var first int
	err = store.View(ctx, func(tx *Tx) (err error) { first, err = lefts.Count(tx, Query{}); return err })
	for step := first; err == nil; step++ {
		if err = store.Update(ctx, func(tx *Tx) error { return doStep(tx, step) }); err == nil {
			fmt.Println(step)
		}
		select {
		case err = <-ended:
		default:
		}
	}
	return err
}

func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "meta.db")
	committed := -1
	for round := range 4 {
		committed = killAfter(t, path, "work", committed, 15+10*round)
	}
	store := openAt(t, path)
	steps := checkHalves(t, store)
	if steps <= committed {
		t.Fatalf("%d steps are left of %d that were committed", steps, committed+1)
	}
	finishAll(t, store, steps)
}

// killAfter lets a child work and kills it without warning in the middle of its further work. It
// answers the last step that the child knew to be committed.
func killAfter(t *testing.T, path, work string, committed, steps int) int {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+work, childPathEnv+"="+path)
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines, killed := bufio.NewScanner(output), false; lines.Scan(); {
		if committed, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if steps--; steps <= 0 && !killed {
			killed = true
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || child.ProcessState.ExitCode() != -1 {
		t.Fatalf("the child ended on its own: %v", err)
	}
	return committed
}

// checkHalves checks that what one transaction wrote is there as a whole or not at all.
func checkHalves(t *testing.T, store *Store) (steps int) {
	t.Helper()
	waiting := len(jobs(t, store))
	view(t, store, func(tx *Tx) error {
		var err error
		if steps, err = lefts.Count(tx, Query{}); err != nil {
			return err
		}
		right, err := rights.Count(tx, Query{})
		if err != nil {
			return err
		}
		done, err := dones.Count(tx, Query{})
		if err != nil {
			return err
		}
		if steps != right || waiting+done < steps {
			t.Errorf("%d left and %d right halves, %d jobs waiting, %d done", steps, right, waiting, done)
		}
		t.Logf("%d steps, %d jobs waiting, %d done", steps, waiting, done)
		return nil
	})
	return steps
}

// finishAll checks that no job is lost: the store's jobs finish every step.
func finishAll(t *testing.T, store *Store, steps int) {
	t.Helper()
	Handle(store, finishSteps(store))
	stop := run(t, store)
	for len(jobs(t, store)) > 0 {
		settled(t, store)
	}
	stop()
	view(t, store, func(tx *Tx) error {
		for step := range steps {
			if _, err := dones.Find(tx, stepKey(step)); err != nil {
				t.Errorf("step %d was never finished: %v", step, err)
			}
		}
		return nil
	})
}
