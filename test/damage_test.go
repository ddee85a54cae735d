package test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// harm is one thing that is done to the files of a stopped cluster.
type harm struct {
	name string
	do   func(data string) error // data is the folder of the database dev
	deep bool                    // only in make damage
}

func removing(names ...string) func(string) error {
	return func(data string) error {
		var errs []error
		for _, name := range names {
			errs = append(errs, os.RemoveAll(filepath.Join(data, name)))
		}
		return errors.Join(errs...)
	}
}

func altering(name string, change func([]byte) []byte) func(string) error {
	return func(data string) error {
		content, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(data, name), change(content), 0o600)
	}
}

func flipped(at func(length int) int) func([]byte) []byte {
	return func(content []byte) []byte {
		content[at(len(content))] ^= 1
		return content
	}
}

const (
	databaseFile = "dev.duckdb"
	logFile      = "dev.duckdb.wal"
)

var harms = []harm{
	{"the database file removed", removing(databaseFile), false},
	{"the database file and its log removed", removing(databaseFile, logFile), true},
	{"the data folder removed", removing(""), false},
	{"the log removed", removing(logFile), true},
	{"the log cut in half", altering(logFile, func(b []byte) []byte { return b[:len(b)/2] }), false},
	{"one bit in the log's last record", altering(logFile, flipped(func(n int) int { return n - 1 })), true},
	{"one bit in the log's middle", altering(logFile, flipped(func(n int) int { return n / 2 })), true},
	{"one bit in the database's header", altering(databaseFile, flipped(func(int) int { return 200 })), true},
	{"the database emptied", altering(databaseFile, func([]byte) []byte { return nil }), true},
}

// TestDamage harms installations in every way that somebody was once harmed by, and wants each to be found, by the doctor and at the start, and
// nothing to be served for what it is not. make damage does all of it and prints a table; the numbers are those of the first examination. Its
// rows about full disks and greedy statements (4, 7, 8) have tests of their own.
func TestDamage(t *testing.T) {
	t.Parallel()
	found := &damageTable{}
	t.Cleanup(func() { found.print(t) })
	deep := os.Getenv("SLIPHER_DAMAGE") != ""
	t.Run("databases", func(t *testing.T) { found.harmDatabases(t, deep) })
	t.Run("metadata_log", func(t *testing.T) { found.harmMetadataLog(t, deep) })
	t.Run("metadata_rows", found.harmMetadataRows)
	t.Run("block", found.harmBlock)
	t.Run("store", found.harmStore)
	t.Run("certificates", found.harmCertificates)
	if deep {
		t.Run("table_restores", found.harmTableRestores)
	}
}

// harmDatabases harms the clusters of a killed slipher.
func (d *damageTable) harmDatabases(t *testing.T, deep bool) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	chosen := harms
	if !deep {
		chosen = nil
		for _, one := range harms {
			if !one.deep {
				chosen = append(chosen, one)
			}
		}
	}
	var clusters, folders []string
	for i := range chosen {
		clusters = append(clusters, fmt.Sprintf("harmed-%d", i))
		folders = append(folders, filled(t, p, client, clusters[i]))
	}
	filled(t, p, client, "sound")
	createSnapshot(t, client, clusters[0], "good")
	p.kill()
	for i, one := range chosen {
		if err := one.do(folders[i]); err != nil {
			t.Fatal(err)
		}
	}
	stopped, _ := doctor(t, p.dir)
	p.start()
	client = p.client("default")
	for i, one := range chosen {
		found := awaitCluster(t, client, clusters[i], "hardware-failure")
		row := d.row("1  " + one.name)
		if !names(stopped, clusters[i]) {
			row.missed = append(row.missed, "by the doctor:\n"+stopped)
		}
		if served := login(t, found); served != "XX001" {
			row.served("a login says " + served)
		}
	}
	if names(stopped, "sound") {
		t.Errorf("a cluster that was only killed is said to be damaged:\n%s", stopped)
	}
	if got := query1[int64](t, connect(t, awaitCluster(t, client, "sound", "available")), "SELECT count(*) FROM t"); got != 30 {
		t.Errorf("the sound cluster has %d rows, want 30", got)
	}
	running, _ := doctor(t, p.dir)
	if !names(running, clusters[0]) {
		t.Errorf("the doctor of a running slipher does not name the cluster:\n%s", running)
	}
	events, err := client.DescribeEvents(t.Context(), &redshift.DescribeEventsInput{SourceType: types.SourceTypeCluster, SourceIdentifier: &clusters[0]})
	if err != nil || !strings.Contains(messages(events), "found damaged") {
		t.Errorf("no event tells of the damage: %s, %v", messages(events), err)
	}
	goOn(t, p, client, clusters[0])
}

// filled makes a cluster of 30 rows, each of which is a commit, and answers the folder of its database.
func filled(t *testing.T, p *program, client *redshift.Client, id string) (data string) {
	t.Helper()
	cluster := createCluster(t, client, id)
	conn := connect(t, cluster)
	exec1(t, conn, "CREATE TABLE t (n integer)")
	for n := range 30 {
		exec1(t, conn, fmt.Sprintf("INSERT INTO t VALUES (%d)", n))
	}
	_, key, _ := strings.Cut(aws.ToString(cluster.ClusterNamespaceArn), ":namespace:")
	return filepath.Join(p.dir, "clusters", key, "data")
}

// names says whether a report has a problem with a cluster's database.
func names(report, cluster string) bool {
	for line := range strings.Lines(report) {
		if strings.HasPrefix(line, "problem") && strings.Contains(line, "cluster "+cluster+" ") && strings.Contains(line, "damaged") {
			return true
		}
	}
	return false
}

// login is the SQLSTATE of a login, or empty when it succeeds.
func login(t *testing.T, cluster types.Cluster) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn(cluster, password))
	if refused, is := errors.AsType[*pgconn.PgError](err); is {
		return refused.Code
	}
	if err != nil {
		return err.Error()
	}
	conn.Close(t.Context())
	return ""
}

func messages(events *redshift.DescribeEventsOutput) string {
	if events == nil {
		return ""
	}
	var all []string
	for _, event := range events.Events {
		all = append(all, aws.ToString(event.Message))
	}
	return strings.Join(all, "; ")
}

// goOn restores the snapshot, and accepts what is left of the harmed database.
func goOn(t *testing.T, p *program, client *redshift.Client, id string) {
	t.Helper()
	if _, err := client.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{
		ClusterIdentifier: aws.String("restored"), SnapshotIdentifier: aws.String("good")}); err != nil {
		t.Fatal(err)
	}
	if got := query1[int64](t, connect(t, awaitRestored(t, client, "restored")), "SELECT count(*) FROM t"); got != 30 {
		t.Errorf("the restored cluster has %d rows, want 30", got)
	}
	if out, err := exec.Command(binary, "cluster", "accept", id, "--data", p.dir).CombinedOutput(); err != nil {
		t.Fatalf("accept: %v\n%s", err, out)
	}
	if _, err := client.RebootCluster(t.Context(), &redshift.RebootClusterInput{ClusterIdentifier: &id}); err != nil {
		t.Fatal(err)
	}
	if served := login(t, awaitCluster(t, client, id, "available")); served != "" {
		t.Errorf("a login after the damage was accepted says %s", served)
	}
}

// harmBlock flips a bit in a table's block of a database in use: the snapshot fails and says which table, and the one before stays.
func (d *damageTable) harmBlock(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	data := filled(t, p, client, "sales")
	cluster := awaitCluster(t, client, "sales", "available")
	exec1(t, connect(t, cluster), "CREATE TABLE orders AS SELECT md5(n || 'x') AS a, md5(n || 'y') AS b FROM generate_series(1, 100000) g(n)")
	createSnapshot(t, client, "sales", "before")
	p.stop() // what is read for the next snapshot is not known to the process yet
	p.start()
	client = p.client("default")
	awaitCluster(t, client, "sales", "available")
	if err := altering(databaseFile, func(content []byte) []byte {
		content[len(content)/2] ^= 1
		return content
	})(data); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateClusterSnapshot(t.Context(), &redshift.CreateClusterSnapshotInput{ClusterIdentifier: aws.String("sales"), SnapshotIdentifier: aws.String("after")}); err != nil {
		t.Fatal(err)
	}
	row := d.row("9  one bit in a block of a table of a database in use")
	saved := await(t, "the snapshot to end", func() (types.Snapshot, bool) {
		out, err := client.DescribeClusterSnapshots(t.Context(), &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: aws.String("after")})
		if err != nil {
			t.Fatal(err)
		}
		return out.Snapshots[0], aws.ToString(out.Snapshots[0].Status) != "creating"
	})
	if aws.ToString(saved.Status) != "failed" {
		row.served("the snapshot is " + aws.ToString(saved.Status))
	}
	awaitSnapshot(t, client, "before", "available")
	events, err := client.DescribeEvents(t.Context(), &redshift.DescribeEventsInput{SourceType: types.SourceTypeClusterSnapshot, SourceIdentifier: aws.String("after")})
	if err != nil {
		t.Fatal(err)
	}
	row.mustSay("the event", messages(events), "table public.orders, is damaged")
}
