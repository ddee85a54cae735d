package test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// TestFullDisk leaves slipher without any room, kills it and starts it again: it serves and reads, says what is wrong in words, and room can be made through
// its own API and SQL.
func TestFullDisk(t *testing.T) {
	p := &program{t: t, dir: smallDisk(t, "320m")}
	p.start()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("slipher's log:\n%s", p.log.String())
		}
	})
	client := p.client("default")
	cluster := createCluster(t, client, "full")
	conn := connect(t, cluster)
	exec1(t, conn, "CREATE TABLE kept (n int)")
	exec1(t, conn, "INSERT INTO kept VALUES (1), (2)")
	exec1(t, conn, "CREATE TABLE large AS SELECT i, sha1(i::varchar) AS s FROM generate_series(1, 100000) t(i)")
	exec1(t, conn, "CREATE TABLE more (LIKE large)")
	createSnapshot(t, client, "full", "snap")
	p.kill()
	ballast := fillDisk(t, p.dir)
	p.start()

	client = p.client("default")
	cluster = awaitCluster(t, client, "full", "available")
	conn = connect(t, cluster)
	if got := query1[int](t, conn, "SELECT sum(n) FROM kept"); got != 3 {
		t.Errorf("a full disk's table: got %d, want 3", got)
	}
	if code := fillTable(t, conn); code != "53100" {
		t.Errorf("INSERT on a full disk: got %s, want 53100", code)
	}
	if _, err := conn.Exec(t.Context(), "TRUNCATE large"); err != nil {
		t.Errorf("TRUNCATE on a full disk: %v", err)
	}
	if _, err := conn.Exec(t.Context(), "DROP TABLE more"); err != nil {
		t.Errorf("DROP TABLE on a full disk: %v", err)
	}
	exec1(t, conn, "INSERT INTO kept VALUES (3)")
	if _, err := client.DeleteClusterSnapshot(t.Context(), &redshift.DeleteClusterSnapshotInput{SnapshotIdentifier: aws.String("snap")}); err != nil {
		t.Errorf("the deletion of a snapshot on a full disk: %v", err)
	}
	if _, err := client.DeleteCluster(t.Context(), &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("full"), SkipFinalClusterSnapshot: aws.Bool(true)}); err != nil {
		t.Errorf("the deletion of a cluster on a full disk: %v", err)
	}
	awaitGone(t, client, "full")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	createCluster(t, client, "after")
}

// smallDisk is a folder on a disk of its own.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); errors.Is(err, syscall.EPERM) {
		t.Skip("mounting takes root")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk takes what room there is, to the last byte.
func fillDisk(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "ballast")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 20; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return path
}

// fillTable inserts until there is no room, and says how that is refused.
func fillTable(t *testing.T, conn *pgx.Conn) (code string) {
	t.Helper()
	for range 1000 {
		_, err := conn.Exec(t.Context(), "INSERT INTO more SELECT i, sha1(i::varchar) FROM generate_series(1, 100000) t(i)")
		if failure, known := errors.AsType[*pgconn.PgError](err); known {
			return failure.Code
		}
		if err != nil {
			return err.Error()
		}
	}
	return "nothing"
}
