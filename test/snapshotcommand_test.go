package test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// The commands that work on snapshots of a running slipher.
func TestSnapshotCommands(t *testing.T) {
	t.Parallel()
	p := serve(t)
	owner := p.client("default")
	createCluster(t, owner, "sales")
	loadRows(t, p, "sales", owner)
	snapshot := func(words ...string) (string, error) {
		out, err := exec.Command(binary, append(append([]string{"snapshot"}, words...), "--data", p.dir)...).CombinedOutput()
		return string(out), err
	}
	for _, step := range []struct {
		words string
		fails bool
		says  []string
	}{
		{"create sales monday", false, []string{"snapshot monday is available", "MB to restore"}},
		{"create sales monday", true, []string{"ClusterSnapshotAlreadyExists"}},
		{"create none tuesday", true, []string{"ClusterNotFound"}},
		{"list", false, []string{accountA, "us-east-1", "monday", "sales", "available"}},
		{"verify monday", false, []string{"monday", "ok"}},
		{"verify --all", false, []string{"monday", "ok"}},
		{"verify none", true, []string{"no available snapshot none"}},
		{"verify", true, []string{"name one snapshot"}},
	} {
		out, err := snapshot(strings.Fields(step.words)...)
		if (err != nil) != step.fails {
			t.Errorf("%s: got %v\n%s", step.words, err, out)
		}
		for _, says := range step.says {
			if !strings.Contains(out, says) {
				t.Errorf("%s: got %q, want %q in it", step.words, out, says)
			}
		}
	}
	awaitSnapshot(t, owner, "monday", "available")
}

// Whoever interrupts the command hears that the snapshot goes on, and one that fails says why. A node whose parent goes in the middle of a save
// answers once.
func TestInterruptedSnapshot(t *testing.T) {
	t.Parallel()
	p := serve(t, "--bandwidth", "100KB/s")
	owner := p.client("default")
	createCluster(t, owner, "sales")
	loadRows(t, p, "sales", owner)
	create := func(name string) (*exec.Cmd, *safeBuffer) {
		said := &safeBuffer{}
		command := exec.Command(binary, "snapshot", "create", "sales", name, "--data", p.dir)
		command.Stdout, command.Stderr = said, said
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		return command, said
	}
	first, said := create("monday")
	await(t, "the save to begin", func() (struct{}, bool) {
		out, err := owner.DescribeClusterSnapshots(t.Context(), &redshift.DescribeClusterSnapshotsInput{SnapshotIdentifier: aws.String("monday")})
		return struct{}{}, err == nil && aws.ToFloat64(out.Snapshots[0].BackupProgressInMegaBytes) > 0
	})
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err == nil || !strings.Contains(said.String(), "interrupted; snapshot monday is still being taken") {
		t.Errorf("got %v, %s", err, said)
	}
	p.stop()
	if strings.Contains(p.log.String(), "superfluous") {
		t.Errorf("the log has a complaint of the HTTP library:\n%s", p.log)
	}
}

// A root user's lost key is replaced where it stands.
func TestReplacedKey(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.createAccount(accountB, "consumer")
	before := p.client("consumer")
	replace := func(account, profile string) (string, error) {
		out, err := exec.Command(binary, "account", "create", account, "--profile", profile, "--replace-key", "--data", p.dir).CombinedOutput()
		return string(out), err
	}
	if said, err := replace(accountB, "consumer"); err != nil || !strings.Contains(said, "has a new access key, the old one is ended") {
		t.Fatalf("got %v, %s", err, said)
	}
	if _, err := p.client("consumer").DescribeClusters(t.Context(), &redshift.DescribeClustersInput{}); err != nil {
		t.Errorf("the profile's new key: %v", err)
	}
	_, err := before.DescribeClusters(t.Context(), &redshift.DescribeClustersInput{})
	wantCode(t, err, "InvalidClientTokenId")
	if said, err := replace(accountB, "default"); err == nil || !strings.Contains(said, "choose another") {
		t.Errorf("over another account's profile: got %v, %s", err, said)
	}
}
