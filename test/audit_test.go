package test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// auditEvent is what this test reads of a record.
type auditEvent struct {
	EventVersion, EventTime, EventSource, EventName, AwsRegion, UserAgent, ErrorCode, RecipientAccountId string
	ReadOnly                                                                                             bool
	UserIdentity                                                                                         struct{ Type, Arn, AccountId string }
	RequestParameters, ResponseElements                                                                  map[string]any
}

// TestAudit calls slipher with the SDK and reads what it kept of that: while it runs, and after it was killed.
func TestAudit(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	createCluster(t, client, "sales")
	config := p.awsConfig("default")
	key, err := config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	config.Credentials = credentials.NewStaticCredentialsProvider(key.AccessKeyID, "somebody else's", "")
	_, err = redshift.NewFromConfig(config).DeleteCluster(t.Context(), &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("sales")})
	wantCode(t, err, "SignatureDoesNotMatch")
	_, err = client.AuthorizeSnapshotAccess(t.Context(), &redshift.AuthorizeSnapshotAccessInput{
		SnapshotIdentifier: aws.String("monday"), AccountWithRestoreAccess: aws.String(accountB),
	})
	wantCode(t, err, "ClusterSnapshotNotFound")

	events := await(t, "the record of all calls", func() (map[string]auditEvent, bool) {
		found := readAudit(t, p.dir)
		_, complete := found["AuthorizeSnapshotAccess"]
		return found, complete
	})
	p.kill()
	if after := readAudit(t, p.dir); len(after) < len(events) {
		t.Errorf("%d kinds of calls are recorded after a kill, there were %d", len(after), len(events))
	}
	created := events["CreateCluster"]
	if created.UserIdentity.Type != "Root" || created.UserIdentity.AccountId != accountA || created.RecipientAccountId != accountA || created.EventVersion != "1.11" ||
		created.EventTime == "" || created.ReadOnly || !strings.Contains(created.UserAgent, "aws-sdk-go-v2") || created.RequestParameters["clusterIdentifier"] != "sales" ||
		created.RequestParameters["masterUserPassword"] != "****" || created.ResponseElements["clusterStatus"] != "creating" {
		t.Errorf("got %+v", created)
	}
	if shown := events["DescribeClusters"]; !shown.ReadOnly || shown.ResponseElements != nil {
		t.Errorf("got %+v", shown)
	}
	if refused := events["AuthorizeSnapshotAccess"]; refused.ErrorCode != "ClusterSnapshotNotFound" || refused.RequestParameters["accountWithRestoreAccess"] != accountB {
		t.Errorf("got %+v", refused)
	}
	if forged := events["DeleteCluster"]; forged.UserIdentity.Type != "Unknown" || forged.UserIdentity.AccountId != accountA || forged.ErrorCode != "SignatureDoesNotMatch" {
		t.Errorf("got %+v", forged)
	}
}

// readAudit answers the last record of each operation, and wants no secret in any.
func readAudit(t *testing.T, dir string) map[string]auditEvent {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "audit", "*.jsonl"))
	check(t, err)
	found := map[string]auditEvent{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(t, err)
		if bytes.Contains(text, []byte(password)) {
			t.Errorf("%s has the password", file)
		}
		for line := range bytes.Lines(text) {
			var event auditEvent
			if err := json.Unmarshal(line, &event); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			found[event.EventName] = event
		}
	}
	return found
}

// What is done through the admin socket is in the record as well, with who did it.
func TestAdminCallsAreRecorded(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.createAccount(accountB, "consumer")
	if out, err := exec.Command(binary, "account", "create", accountB, "--profile", "again", "--data", p.dir).CombinedOutput(); err == nil {
		t.Fatalf("the account was made twice: %s", out)
	}
	refused := await(t, "the record of both calls", func() (auditEvent, bool) {
		event := readAudit(t, p.dir)["CreateAccount"] // the last one
		return event, event.ErrorCode != ""
	})
	if refused.EventSource != "slipher" || refused.UserIdentity.Type != "LocalUser" || refused.ErrorCode != "Conflict" || refused.ReadOnly ||
		refused.RequestParameters["Account"] != accountB || refused.RequestParameters["Profile"] != "again" {
		t.Errorf("got %+v", refused)
	}
}
