package test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// TestAWSCLI is the README's ten minutes: the aws program with nothing but the credentials file that slipher wrote.
func TestAWSCLI(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the aws program is not installed")
	}
	p := serve(t)
	p.createAccount(accountB, "consumer")
	awsCLI := func(profile string, args ...string) map[string]any {
		t.Helper()
		out, err := p.awsCLI(t, profile, args...)
		if err != nil {
			t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		var answer map[string]any
		if len(out) > 0 {
			if err := json.Unmarshal(out, &answer); err != nil {
				t.Fatalf("aws %s printed %s", strings.Join(args, " "), out)
			}
		}
		return answer
	}
	awsCLI("default", "create-cluster", "--cluster-identifier", "sales", "--node-type", "ra3.large", "--cluster-type", "single-node",
		"--master-username", "awsuser", "--master-user-password", password)
	awaitCluster(t, p.client("default"), "sales", "available")
	if clusters := awsCLI("default", "describe-clusters")["Clusters"].([]any); len(clusters) != 1 {
		t.Errorf("describe-clusters shows %d clusters, want 1", len(clusters))
	}
	awsCLI("default", "create-cluster-snapshot", "--cluster-identifier", "sales", "--snapshot-identifier", "monday")
	awaitSnapshot(t, p.client("default"), "monday", "available")
	awsCLI("default", "authorize-snapshot-access", "--snapshot-identifier", "monday", "--account-with-restore-access", accountB)
	if found := awsCLI("consumer", "describe-cluster-snapshots", "--owner-account", accountA)["Snapshots"].([]any); len(found) != 1 {
		t.Errorf("the consumer finds %d snapshots, want 1", len(found))
	}
	awsCLI("default", "revoke-snapshot-access", "--snapshot-identifier", "monday", "--account-with-restore-access", accountB)
	out, err := p.awsCLI(t, "consumer", "restore-from-cluster-snapshot", "--cluster-identifier", "copy", "--snapshot-identifier", "monday", "--owner-account", accountA)
	if err == nil || !strings.Contains(string(out), "AccessToSnapshotDenied") {
		t.Errorf("restore after revoke: %v\n%s", err, out)
	}
}

// TestManualSnapshotsByCLI keeps and deletes manual snapshots with the aws program, one and many at a time, as far as the quota of slipher serve goes.
func TestManualSnapshotsByCLI(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("the aws program is not installed")
	}
	p := serve(t, "--manual-snapshots", "2")
	client := p.client("default")
	createCluster(t, client, "sales")
	for _, name := range []string{"monday", "tuesday"} {
		createSnapshot(t, client, "sales", name)
	}
	for _, call := range []struct {
		args string
		want []string // in what is printed
	}{
		{"create-cluster-snapshot --cluster-identifier sales --snapshot-identifier third", []string{"(ClusterSnapshotQuotaExceeded)", "which is 2"}},
		{"modify-cluster-snapshot --snapshot-identifier monday --manual-snapshot-retention-period 10", []string{`"ManualSnapshotRemainingDays": 10`}},
		{"batch-modify-cluster-snapshots --snapshot-identifier-list MONDAY none --manual-snapshot-retention-period 5", []string{`"monday"`, `"FailureCode": "ClusterSnapshotNotFound"`}},
		{"copy-cluster-snapshot --source-snapshot-identifier monday --target-snapshot-identifier third", []string{"(InvalidClusterSnapshotState)", "only automated snapshots"}},
		{"create-tags --resource-name arn:aws:redshift:us-east-1:" + accountA + ":snapshot:sales/monday --tags Key=keep,Value=yes", nil},
		{"describe-tags --resource-type Snapshot --tag-keys keep", []string{`"ResourceType": "snapshot"`, `"Value": "yes"`}},
		{"batch-delete-cluster-snapshots --identifiers SnapshotIdentifier=monday SnapshotIdentifier=tuesday,SnapshotClusterIdentifier=other", []string{`"monday"`, "Snapshot not found for cluster."}},
		{"create-cluster-snapshot --cluster-identifier sales --snapshot-identifier third", []string{`"Status": "creating"`}},
	} {
		out, _ := p.awsCLI(t, "default", strings.Fields(call.args)...) // a refusal is an error of the program's too
		for _, want := range call.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("aws %s: want %s in\n%s", call.args, want, out)
			}
		}
	}
}

func (p *program) awsCLI(t *testing.T, profile string, args ...string) ([]byte, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "aws", append([]string{"--endpoint-url", p.url, "--region", "us-east-1", "--profile", profile, "redshift"}, args...)...)
	command.Env = append(os.Environ(), p.awsEnvironment(profile)...)
	return command.CombinedOutput()
}

// awsEnvironment is what AWS's own programs need to find slipher.
func (p *program) awsEnvironment(profile string) []string {
	return []string{
		"AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(p.dir, "credentials"), "AWS_CONFIG_FILE=/dev/null", "AWS_PROFILE=" + profile,
		"AWS_ENDPOINT_URL=" + p.url, "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1",
	}
}

// TestBadRequests sends what no SDK would send, and what strangers send.
func TestBadRequests(t *testing.T) {
	t.Parallel()
	p := serve(t)
	post := func(body string) (status int, answer string) {
		t.Helper()
		response, err := http.Post(p.url, "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		buffer := make([]byte, 4096)
		n, _ := response.Body.Read(buffer)
		if id := response.Header.Get("x-amzn-RequestId"); id == "" || !strings.Contains(string(buffer[:n]), id) {
			t.Errorf("the request id %q is not in header and body:\n%s", id, buffer[:n])
		}
		return response.StatusCode, string(buffer[:n])
	}
	t.Run("unsigned", func(t *testing.T) {
		if status, answer := post("Action=DescribeClusters&Version=2012-12-01"); status != 403 || !strings.Contains(answer, "<Code>MissingAuthenticationToken</Code>") {
			t.Errorf("got %d\n%s", status, answer)
		}
	})
	t.Run("oversized", func(t *testing.T) {
		if status, answer := post("Action=DescribeClusters&Junk=" + strings.Repeat("x", 2<<20)); status < 400 || status >= 500 || !strings.Contains(answer, "<Code>") {
			t.Errorf("got %d\n%s", status, answer)
		}
	})
	t.Run("unknown_key", func(t *testing.T) {
		settings := p.awsConfig("default")
		settings.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAAAAAAAAAAAAAAAAA", SecretAccessKey: "nothing"}, nil
		})
		_, err := redshift.NewFromConfig(settings).DescribeClusters(t.Context(), &redshift.DescribeClustersInput{})
		wantCode(t, err, "InvalidClientTokenId")
	})
	t.Run("wrong_secret", func(t *testing.T) {
		settings := p.awsConfig("default")
		good, err := settings.Credentials.Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		good.SecretAccessKey += "x"
		settings.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return good, nil })
		_, err = redshift.NewFromConfig(settings).DescribeClusters(t.Context(), &redshift.DescribeClustersInput{})
		wantCode(t, err, "SignatureDoesNotMatch")
		_, err = sts.NewFromConfig(settings).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		wantCode(t, err, "SignatureDoesNotMatch")
	})
	t.Run("not_offered", func(t *testing.T) {
		_, err := p.client("default").DescribeReservedNodes(t.Context(), &redshift.DescribeReservedNodesInput{})
		wantCode(t, err, "UnsupportedOperation")
	})
}

// TestWrongFlags wants the mistake said shortly on stderr, with an exit code of its own.
func TestWrongFlags(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{{"serve", "--nonsense"}, {"serve"}, {"serve", "--data", t.TempDir(), "--bandwidth", "20"}, {"serve", "--data", t.TempDir(), "--log-level", "loud"}, {}} {
		var out, complaint bytes.Buffer
		command := exec.Command(binary, words...)
		command.Stdout, command.Stderr = &out, &complaint
		err := command.Run()
		if command.ProcessState.ExitCode() != 2 || out.Len() > 0 || bytes.Count(complaint.Bytes(), []byte("\n")) > 3 {
			t.Errorf("%v: %v, stdout %q, stderr %q", words, err, &out, &complaint)
		}
	}
	if out, err := exec.Command(binary, "--version").Output(); err != nil || !bytes.HasPrefix(out, []byte("slipher ")) {
		t.Errorf("--version: %q, %v", out, err)
	}
}
