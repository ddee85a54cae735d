package test

import (
	"os/exec"
	"strings"
	"testing"
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
