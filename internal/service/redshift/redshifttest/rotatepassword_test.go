package redshifttest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"slipher/internal/api/secretsmanager"
	"slipher/internal/scram"
	"slipher/internal/testbed"
)

// passwordStory lets Secrets Manager manage a password from the cluster's creation to its end, and answers the passwords that it had.
func passwordStory(t *testing.T, bed *testbed.Bed) (passwords []string) {
	t.Helper()
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier=sales", "NodeType=ra3.large", "MasterUsername=awsuser", "ManageMasterPassword=true")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	passwords = append(passwords, wantPassword(t, bed))
	for _, token := range []string{"11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"} {
		bed.Must(testbed.Owner, "secretsmanager:RotateSecret", "SecretId="+salesSecret, "ClientRequestToken="+token)
		bed.Await("the rotation", func() bool { return slices.Equal(stagesOf(bed)[token], []string{"AWSCURRENT"}) })
		passwords = append(passwords, wantPassword(t, bed))
	}
	bed.Must(testbed.Owner, "ModifyCluster", "ClusterIdentifier=sales", "ManageMasterPassword=false", "MasterUserPassword=Changed99")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	bed.Await("the password of one's own", func() bool { return nodeTakes(t, bed, "Changed99") })
	bed.Must(testbed.Owner, "ModifyCluster", "ClusterIdentifier=sales", "ManageMasterPassword=true")
	bed.Await("the managed password", func() bool { return nodeTakes(t, bed, secretPassword(t, bed)) })
	bed.Must(testbed.Owner, "DeleteCluster", "ClusterIdentifier=sales", "SkipFinalClusterSnapshot=true")
	bed.AwaitCluster(testbed.Owner, "sales", "gone")
	if _, err := bed.Call(testbed.Owner, "secretsmanager:DescribeSecret", "SecretId="+salesSecret); !testbed.IsFault(err, "ResourceNotFoundException") {
		t.Errorf("the secret of a deleted cluster: got %v, want ResourceNotFoundException", err)
	}
	return passwords
}

const salesSecret = "redshift!sales-awsuser"

func stagesOf(bed *testbed.Bed) map[string][]string {
	answer := bed.Must(testbed.Owner, "secretsmanager:DescribeSecret", "SecretId="+salesSecret)
	return answer.(*secretsmanager.DescribeSecretResponse).VersionIdsToStages
}

func secretPassword(t *testing.T, bed *testbed.Bed) string {
	t.Helper()
	answer := bed.Must(testbed.Owner, "secretsmanager:GetSecretValue", "SecretId="+salesSecret)
	var value struct{ Username, Password string }
	if err := json.Unmarshal([]byte(answer.(*secretsmanager.GetSecretValueResponse).SecretString), &value); err != nil {
		t.Fatal(err)
	}
	return value.Password
}

func nodeTakes(t *testing.T, bed *testbed.Bed, password string) bool {
	t.Helper()
	verifier, err := scram.ParseVerifier(bed.Nodes.Verifier(bed.Key(testbed.Owner, "sales")))
	return err == nil && takes(t, verifier, password)
}

// wantPassword answers the secret's password, which the node has to take as soon as it serves.
func wantPassword(t *testing.T, bed *testbed.Bed) string {
	t.Helper()
	password := secretPassword(t, bed)
	bed.Await("the node to take the password of AWSCURRENT", func() bool { return nodeTakes(t, bed, password) })
	return password
}

// TestRotationCrash ends the process before or after every step that the nodes take in the story of a managed password, and wants the same end every time.
func TestRotationCrash(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	passwordStory(t, bed)
	if calls := calls(bed); len(calls) < 6 || !slices.Contains(calls, "credentials") {
		t.Fatalf("the story leaves steps out: %v", calls)
	}
	for step := range 2 * len(bed.Nodes.Steps()) {
		t.Run(fmt.Sprintf("at_step_%d", step), func(t *testing.T) {
			t.Parallel()
			bed := testbed.New(t, testbed.Config{})
			bed.CrashAt(step)
			passwordStory(t, bed)
		})
	}
}

// TestRotationRestarts ends the process between the transactions of a rotation, when none of its steps has reached the node.
func TestRotationRestarts(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{})
	bed.Must(testbed.Owner, "CreateCluster", "ClusterIdentifier=sales", "NodeType=ra3.large", "MasterUsername=awsuser", "ManageMasterPassword=true")
	bed.AwaitCluster(testbed.Owner, "sales", "available")
	before := wantPassword(t, bed)
	bed.StopJobs()
	const token = "11111111-1111-1111-1111-111111111111"
	bed.Must(testbed.Owner, "secretsmanager:RotateSecret", "SecretId="+salesSecret, "ClientRequestToken="+token)
	if got := secretPassword(t, bed); got != before {
		t.Error("AWSCURRENT has changed before the node has the new password")
	}
	bed.RunJobs()
	bed.Restart()
	bed.Await("the rotation", func() bool { return slices.Equal(stagesOf(bed)[token], []string{"AWSCURRENT"}) })
	if after := wantPassword(t, bed); after == before || nodeTakes(t, bed, before) {
		t.Error("the node has the password before")
	}
}

// TestManagedPasswordInClear looks for the passwords in everything that is kept and logged.
func TestManagedPasswordInClear(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	bed := testbed.New(t, testbed.Config{Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	passwords := passwordStory(t, bed)
	found := func(where string, text []byte) {
		for _, password := range passwords {
			if bytes.Contains(text, []byte(password)) {
				t.Errorf("a password is in clear in %s", where)
			}
		}
	}
	found("the log", log.bytes())
	looked := 0
	err := filepath.WalkDir(filepath.Dir(filepath.Dir(bed.StoredPath("any"))), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found(path, text)
		looked += len(text)
		return err
	})
	if err != nil || looked < 50_000 {
		t.Errorf("looked at %d bytes: %v", looked, err)
	}
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lockedBuffer) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(text)
}

func (l *lockedBuffer) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.buffer.Bytes())
}
