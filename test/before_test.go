package test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/jackc/pgx/v5"
)

// TestFolderOfBefore opens a data folder that an older program has made: see testdata/README.md. What it holds is there, and works.
func TestFolderOfBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-xzf", "testdata/before-the-rebuild.tar.gz", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("unpack the folder: %v\n%s", err, out)
	}
	p := &program{t: t, dir: filepath.Join(dir, "slipher", "data"), args: []string{"--root-key", "file://" + filepath.Join(dir, "slipher", "root.key")}}
	p.start()
	t.Cleanup(p.stop)
	owner, consumer := p.client("default"), p.client("consumer")

	cluster := awaitCluster(t, owner, "sales", "available")
	conn := connect(t, cluster)
	if got := query1[string](t, conn, `SELECT listagg(origin, ' ') WITHIN GROUP (ORDER BY id) FROM flights`); got != "OSL BER LIS ROM" {
		t.Errorf("the cluster has %s", got)
	}
	reader, err := pgx.Connect(t.Context(), strings.Replace(dsn(cluster, "Reader123"), "awsuser:", "reader:", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context())
	if got := query1[string](t, reader, `SELECT sum(price)::varchar FROM flights`); got != "475.85" {
		t.Errorf("a user with a grant sees %s", got)
	}
	wantWhatWasKept(t, p, owner, *cluster.ClusterParameterGroups[0].ParameterGroupName)

	_, err = consumer.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{
		ClusterIdentifier: aws.String("copy"), SnapshotIdentifier: aws.String("monday"), OwnerAccount: aws.String(accountA)})
	if err != nil {
		t.Fatal(err)
	}
	restored := connect(t, awaitRestored(t, consumer, "copy"))
	if got := query1[string](t, restored, `SELECT listagg(origin, ' ') WITHIN GROUP (ORDER BY id) FROM flights`); got != "OSL BER LIS" {
		t.Errorf("the other account restored %s", got)
	}
}

// wantWhatWasKept looks at the records that nothing runs for.
func wantWhatWasKept(t *testing.T, p *program, owner *redshift.Client, group string) {
	t.Helper()
	parameters, err := owner.DescribeClusterParameters(t.Context(), &redshift.DescribeClusterParametersInput{ParameterGroupName: &group, Source: aws.String("user")})
	if err != nil {
		t.Fatal(err)
	}
	if group != "strict" || len(parameters.Parameters) != 1 || *parameters.Parameters[0].ParameterValue != "60000" {
		t.Errorf("parameter group %s has %+v", group, parameters.Parameters)
	}
	schedules, err := owner.DescribeSnapshotSchedules(t.Context(), &redshift.DescribeSnapshotSchedulesInput{ClusterIdentifier: aws.String("sales")})
	if err != nil {
		t.Fatal(err)
	}
	if len(schedules.SnapshotSchedules) != 1 || *schedules.SnapshotSchedules[0].ScheduleIdentifier != "nightly" {
		t.Errorf("the cluster's schedules are %+v", schedules.SnapshotSchedules)
	}
	tags, err := owner.DescribeTags(t.Context(), &redshift.DescribeTagsInput{TagKeys: []string{"team"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(tags.TaggedResources) != 3 {
		t.Errorf("tagged are %+v", tags.TaggedResources)
	}
	ann := p.client("ann")
	if _, err := describeCluster(t, ann, "sales"); err != nil {
		t.Errorf("a user may not do what its policy allows: %v", err)
	}
	_, err = ann.DeleteCluster(t.Context(), &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("sales"), SkipFinalClusterSnapshot: aws.Bool(true)})
	wantCode(t, err, "AccessDenied")
	user, err := iam.NewFromConfig(p.awsConfig("default")).GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ann")})
	if err != nil || len(user.User.Tags) != 1 {
		t.Errorf("the user is %+v, %v", user, err)
	}
}
