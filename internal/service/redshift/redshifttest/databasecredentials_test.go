package redshifttest_test

import (
	"strings"
	"testing"
	"time"

	"slipher/internal/testbed"
)

// What is kept of a password is a verifier, until it expires or the cluster is gone.
func TestDatabaseCredentialsAreKeptAsVerifiers(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	ask := func(operation string, parameters ...string) {
		t.Helper()
		if _, err := bed.Call(testbed.Owner, operation, parameters...); err != nil {
			t.Fatal(err)
		}
	}
	ask("CreateCluster", "ClusterIdentifier=a", "NodeType=ra3.large", "MasterUsername=awsuser", "MasterUserPassword=Secret123", "ClusterType=single-node")
	bed.AwaitCluster(testbed.Owner, "a", "available")
	kept := func() []string {
		t.Helper()
		verifiers, err := databaseVerifiers(t.Context(), bed.Store)
		if err != nil {
			t.Fatal(err)
		}
		return verifiers
	}
	ask("GetClusterCredentials", "ClusterIdentifier=a", "DbUser=bob")
	ask("GetClusterCredentials", "ClusterIdentifier=a", "DbUser=bob", "DurationSeconds=3600")
	for _, verifier := range kept() {
		if !strings.HasPrefix(verifier, "SCRAM-SHA-256$") {
			t.Errorf("%s is no verifier", verifier)
		}
	}
	if got := len(kept()); got != 2 {
		t.Errorf("%d logins are kept, want 2", got)
	}
	bed.Clock.Advance(16 * time.Minute)
	bed.Store.Wake()
	bed.Await("the first to be swept", func() bool { return len(kept()) == 1 })
	bed.RestBeside(0)
	ask("DeleteCluster", "ClusterIdentifier=a", "SkipFinalClusterSnapshot=true")
	bed.Await("the second to go with the cluster", func() bool { return len(kept()) == 0 })
}
