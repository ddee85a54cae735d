package test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
)

const listed = 45 // snapshots: two pages of the least size, and a part of a third

// listing is a slipher with so many snapshots of one cluster.
func listing(t *testing.T) *program {
	t.Helper()
	p := serve(t, "--manual-snapshots", strconv.Itoa(listed))
	client := p.client("default")
	createCluster(t, client, "sales")
	for i := range listed {
		createSnapshot(t, client, "sales", fmt.Sprintf("snapshot-%02d", i))
	}
	return p
}

// TestBoto3 lists, pages and tags with boto3's own paginators.
func TestBoto3(t *testing.T) {
	t.Parallel()
	if err := exec.Command("python3", "-c", "import boto3").Run(); err != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	p := listing(t)
	script := exec.CommandContext(t.Context(), "python3", "testdata/snapshots.py", strconv.Itoa(listed), accountB)
	script.Env = append(os.Environ(), p.awsEnvironment("default")...)
	if out, err := script.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAWSCLIPages has the aws program page by itself and by hand, and tag.
func TestAWSCLIPages(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the aws program is not installed")
	}
	p := listing(t)
	ask := func(args ...string) (answer struct {
		Snapshots       []struct{ SnapshotIdentifier, SnapshotArn string }
		TaggedResources []struct{ Tag struct{ Key, Value string } }
		NextToken       string
	}) {
		t.Helper()
		out, err := p.awsCLI(t, "default", args...)
		if err != nil {
			t.Fatalf("aws %v: %v\n%s", args, err, out)
		}
		if len(out) > 0 {
			check(t, json.Unmarshal(out, &answer))
		}
		return answer
	}
	all := ask("describe-cluster-snapshots", "--page-size", "20").Snapshots
	if len(all) != listed {
		t.Fatalf("%d snapshots, want %d", len(all), listed)
	}
	var paged []string
	for token := []string(nil); ; {
		page := ask(append([]string{"describe-cluster-snapshots", "--max-items", "20"}, token...)...)
		for _, snapshot := range page.Snapshots {
			paged = append(paged, snapshot.SnapshotIdentifier)
		}
		if page.NextToken == "" {
			break
		}
		token = []string{"--starting-token", page.NextToken}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(paged)))) != listed || len(paged) != listed {
		t.Errorf("%d snapshots on the pages, want %d", len(paged), listed)
	}
	ask("create-tags", "--resource-name", all[7].SnapshotArn, "--tags", "Key=keep,Value=yes")
	if tags := ask("describe-tags", "--resource-type", "snapshot", "--tag-keys", "keep").TaggedResources; len(tags) != 1 || tags[0].Tag.Value != "yes" {
		t.Errorf("got the tags %v", tags)
	}
	if found := ask("describe-cluster-snapshots", "--tag-keys", "keep").Snapshots; len(found) != 1 || found[0] != all[7] {
		t.Errorf("got the tagged snapshots %v", found)
	}
	ask("delete-tags", "--resource-name", all[7].SnapshotArn, "--tag-keys", "keep")
	if found := ask("describe-cluster-snapshots", "--tag-keys", "keep").Snapshots; len(found) != 0 {
		t.Errorf("got the tagged snapshots %v after the tag was deleted", found)
	}
}
