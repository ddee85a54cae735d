package test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	p := serve(t)
	before := createCluster(t, p.client("default"), "keeps")
	conn := connect(t, before)
	exec1(t, conn, "create table kept (n int)")
	exec1(t, conn, "insert into kept select i from generate_series(1, 1000) as g(i)")

	t.Run("cleanly", func(t *testing.T) {
		p.stop()
		p.start()
		after := awaitCluster(t, p.client("default"), "keeps", "available")
		if *after.Endpoint.Address != *before.Endpoint.Address || *after.Endpoint.Port != *before.Endpoint.Port {
			t.Errorf("the endpoint moved from %s:%d to %s:%d", *before.Endpoint.Address, *before.Endpoint.Port, *after.Endpoint.Address, *after.Endpoint.Port)
		}
		if got := query1[int64](t, connect(t, after), "select count(*) from kept"); got != 1000 {
			t.Errorf("got %d rows after the restart, want 1000", got)
		}
	})
	t.Run("after_kill", func(t *testing.T) {
		exec1(t, connect(t, before), "insert into kept values (1001)")
		p.kill()
		p.start()
		after := awaitCluster(t, p.client("default"), "keeps", "available")
		if got := query1[int64](t, connect(t, after), "select count(*) from kept"); got != 1001 {
			t.Errorf("got %d rows after kill -9, want 1001: an acknowledged commit was lost", got)
		}
	})
	t.Run("node_killed", func(t *testing.T) {
		killNode(t, p)
		got := await(t, "the node to come back", func() (int64, bool) {
			conn, err := tryConnect(t, before)
			if err != nil {
				return 0, false
			}
			defer conn.Close(t.Context())
			var n int64
			err = conn.QueryRow(t.Context(), "select count(*) from kept").Scan(&n)
			return n, err == nil
		})
		if got != 1001 {
			t.Errorf("got %d rows after the node was killed, want 1001", got)
		}
	})
}

// TestKillAtAnyMoment kills slipher at random moments of a snapshot, a restore and a delete. After the restart each of them must come to its end, and
// nothing may be left half-done.
func TestKillAtAnyMoment(t *testing.T) {
	t.Parallel()
	rounds := 2
	if os.Getenv("SLIPHER_STRESS") != "" {
		rounds = 40
	}
	p := serve(t, "--bandwidth", "20MB/s")
	owner := p.client("default")
	createCluster(t, owner, "source")
	count, _ := loadRows(t, p, "source", owner)

	killAfter := func(limit time.Duration) {
		time.Sleep(rand.N(limit))
		p.kill()
		p.start()
		owner = p.client("default")
		awaitCluster(t, owner, "source", "available")
	}
	for round := range rounds {
		snapshot, restored := fmt.Sprintf("snap-%d", round), fmt.Sprintf("copy-%d", round)

		if _, err := owner.CreateClusterSnapshot(t.Context(), &redshift.CreateClusterSnapshotInput{ClusterIdentifier: aws.String("source"), SnapshotIdentifier: &snapshot}); err != nil {
			t.Fatal(err)
		}
		killAfter(400 * time.Millisecond)
		awaitSnapshot(t, owner, snapshot, "available")

		if _, err := owner.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{ClusterIdentifier: &restored, SnapshotIdentifier: &snapshot}); err != nil {
			t.Fatal(err)
		}
		killAfter(400 * time.Millisecond)
		cluster := awaitRestored(t, owner, restored)
		if got := query1[int64](t, connect(t, cluster), "select count(*) from facts"); got != count {
			t.Errorf("round %d: the restored cluster has %d rows, want %d", round, got, count)
		}

		if _, err := owner.DeleteCluster(t.Context(), &redshift.DeleteClusterInput{ClusterIdentifier: &restored, SkipFinalClusterSnapshot: aws.Bool(true)}); err != nil {
			t.Fatal(err)
		}
		killAfter(200 * time.Millisecond)
		awaitGone(t, owner, restored)

		if _, err := owner.DeleteClusterSnapshot(t.Context(), &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: &snapshot}); err != nil {
			t.Fatal(err)
		}
		killAfter(100 * time.Millisecond)
	}
	await(t, "the vault to be empty", func() ([]string, bool) {
		left := files(t, filepath.Join(p.dir, "snapshots"))
		return left, len(left) == 0
	})
	if left, _ := os.ReadDir(filepath.Join(p.dir, "clusters")); len(left) != 1 {
		t.Errorf("%d cluster folders are left, want only the source's", len(left))
	}
}

// TestKillWhileRestoredClusterIsUsed kills first the process that fills the files, then the node and then slipher while a cluster is used whose data has not all arrived.
func TestKillWhileRestoredClusterIsUsed(t *testing.T) {
	t.Parallel()
	p := serve(t, "--bandwidth", "4MB/s")
	owner := p.client("default")
	createCluster(t, owner, "source")
	want, _ := loadRows(t, p, "source", owner)
	createSnapshot(t, owner, "source", "monday")
	if _, err := owner.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{ClusterIdentifier: aws.String("copy"), SnapshotIdentifier: aws.String("monday")}); err != nil {
		t.Fatal(err)
	}
	copied := awaitCluster(t, owner, "copy", "available")
	stillRestoring := func(when string) {
		t.Helper()
		if c, err := describeCluster(t, owner, "copy"); err != nil || aws.ToString(c.RestoreStatus.Status) == "completed" {
			t.Logf("the restore was over %s: this machine mounts nothing, or was slow", when)
		}
	}
	write := func(id int) {
		t.Helper()
		want++
		await(t, "a row to be written", func() (error, bool) {
			conn, err := tryConnect(t, copied)
			if err != nil {
				return err, false
			}
			defer conn.Close(t.Context())
			_, err = conn.Exec(t.Context(), "insert into facts values ($1, 0, 'written while data arrived')", id)
			return err, err == nil
		})
	}
	write(-1)
	stillRestoring("after the first row")
	for _, node := range children(t, p.cmd.Process.Pid) {
		kill(t, children(t, node)...) // those who fill the restored files
	}
	write(-2)
	stillRestoring("after its filler was killed")
	killNode(t, p)
	write(-3)
	stillRestoring("after its node was killed")
	p.kill()
	p.start()
	owner = p.client("default")
	write(-4)
	copied = awaitRestored(t, owner, "copy")
	if got := query1[int64](t, connect(t, copied), "select count(*) from facts where label is not null"); got != want {
		t.Errorf("got %d rows, want %d", got, want)
	}
}

// killNode sends SIGKILL to the nodes that slipher runs.
func killNode(t *testing.T, p *program) {
	t.Helper()
	nodes := children(t, p.cmd.Process.Pid)
	if len(nodes) == 0 {
		t.Fatal("slipher runs no node")
	}
	kill(t, nodes...)
}

func kill(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		process, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		process.Kill()
	}
}

// children lists the child processes, from /proc.
func children(t *testing.T, parent int) []int {
	t.Helper()
	var found []int
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("needs /proc")
	}
	for _, stat := range stats {
		body, err := os.ReadFile(stat)
		if err != nil {
			continue
		}
		var pid, ppid int
		var state string
		fields := string(body[strings.LastIndexByte(string(body), ')')+1:])
		if _, err := fmt.Sscan(fields, &state, &ppid); err != nil || ppid != parent {
			continue
		}
		if _, err := fmt.Sscan(filepath.Base(filepath.Dir(stat)), &pid); err == nil {
			found = append(found, pid)
		}
	}
	return found
}

// files lists every file below a folder; a folder that does not exist has none.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !entry.IsDir() {
			found = append(found, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
