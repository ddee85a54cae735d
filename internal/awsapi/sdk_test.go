package awsapi

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsredshift "github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/sdkclient"
)

// The clients below are AWS's own, unmodified. They sign with the real clock, so the doors use it too.
func realClock(c *Config) { c.Now = time.Now }

func clientOf(d door, account string) *awsredshift.Client {
	key := keyOf(account)
	return awsredshift.New(awsredshift.Options{
		Region:           "eu-west-1",
		BaseEndpoint:     aws.String(d.URL),
		Credentials:      credentials.NewStaticCredentialsProvider(key.ID, key.Secret, ""),
		RetryMaxAttempts: 1, HTTPClient: sdkclient.New(),
	})
}

// saw gives a handler that keeps its input for the test and answers out.
func saw[In, Out any](into **In, out *Out) func(context.Context, api.Caller, *In) (*Out, error) {
	return func(_ context.Context, _ api.Caller, in *In) (*Out, error) {
		*into = in
		return out, nil
	}
}

func TestSDKRequests(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	var (
		create   *redshift.CreateClusterMessage
		modify   *redshift.ModifyClusterMessage
		options  *redshift.DescribeNodeConfigurationOptionsMessage
		batch    *redshift.BatchDeleteClusterSnapshotsRequest
		list     *redshift.DescribeClusterSnapshotsMessage
		schedule *redshift.CreateScheduledActionMessage
		untag    *redshift.DeleteTagsMessage
	)
	d := openDoor(t, []api.Operation{
		redshift.CreateClusterOperation.Bind(saw(&create, &redshift.CreateClusterResult{})),
		redshift.ModifyClusterOperation.Bind(saw(&modify, &redshift.ModifyClusterResult{})),
		redshift.DescribeNodeConfigurationOptionsOperation.Bind(saw(&options, &redshift.NodeConfigurationOptionsMessage{})),
		redshift.BatchDeleteClusterSnapshotsOperation.Bind(saw(&batch, &redshift.BatchDeleteClusterSnapshotsResult{})),
		redshift.DescribeClusterSnapshotsOperation.Bind(saw(&list, &redshift.SnapshotMessage{})),
		redshift.CreateScheduledActionOperation.Bind(saw(&schedule, &redshift.ScheduledAction{})),
		redshift.DeleteTagsOperation.Bind(saw(&untag, &api.None{})),
	}, realClock)
	client := clientOf(d, owner)
	ctx := t.Context()

	_, err := client.CreateCluster(ctx, &awsredshift.CreateClusterInput{
		ClusterIdentifier: aws.String("c"), NodeType: aws.String("ra3.large"), MasterUsername: aws.String("admin"),
		MasterUserPassword: aws.String("Pa$$ w+o&r=d%1é"), NumberOfNodes: aws.Int32(2), Encrypted: aws.Bool(false),
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("")}}, IamRoles: []string{"r1", "r2"},
	})
	expectInput(t, err, create, &redshift.CreateClusterMessage{
		ClusterIdentifier: "c", NodeType: "ra3.large", MasterUsername: "admin", MasterUserPassword: "Pa$$ w+o&r=d%1é",
		NumberOfNodes: new(2), Encrypted: new(false), Tags: []redshift.Tag{{Key: "k"}}, IamRoles: []string{"r1", "r2"},
	})

	_, err = client.ModifyCluster(ctx, &awsredshift.ModifyClusterInput{ClusterIdentifier: aws.String("c"), VpcSecurityGroupIds: []string{}})
	expectInput(t, err, modify, &redshift.ModifyClusterMessage{ClusterIdentifier: "c", VpcSecurityGroupIds: []string{}})

	_, err = client.DescribeNodeConfigurationOptions(ctx, &awsredshift.DescribeNodeConfigurationOptionsInput{
		ActionType: types.ActionTypeRestoreCluster, SnapshotIdentifier: aws.String("s"),
		Filters: []types.NodeConfigurationOptionsFilter{{
			Name: types.NodeConfigurationOptionsFilterNameNumNodes, Operator: types.OperatorTypeBetween, Values: []string{"2", "4"},
		}},
	})
	expectInput(t, err, options, &redshift.DescribeNodeConfigurationOptionsMessage{
		ActionType: "restore-cluster", SnapshotIdentifier: "s",
		Filters: []redshift.NodeConfigurationOptionsFilter{{Name: "NumberOfNodes", Operator: "between", Values: []string{"2", "4"}}},
	})

	_, err = client.BatchDeleteClusterSnapshots(ctx, &awsredshift.BatchDeleteClusterSnapshotsInput{
		Identifiers: []types.DeleteClusterSnapshotMessage{
			{SnapshotIdentifier: aws.String("a"), SnapshotClusterIdentifier: aws.String("c")}, {SnapshotIdentifier: aws.String("b")},
		},
	})
	expectInput(t, err, batch, &redshift.BatchDeleteClusterSnapshotsRequest{
		Identifiers: []redshift.DeleteClusterSnapshotMessage{{SnapshotIdentifier: "a", SnapshotClusterIdentifier: "c"}, {SnapshotIdentifier: "b"}},
	})

	_, err = client.DescribeClusterSnapshots(ctx, &awsredshift.DescribeClusterSnapshotsInput{
		StartTime: &moment, ClusterExists: aws.Bool(true),
		SortingEntities: []types.SnapshotSortingEntity{{Attribute: types.SnapshotAttributeToSortByCreateTime, SortOrder: types.SortByOrderDescending}},
	})
	expectInput(t, err, list, &redshift.DescribeClusterSnapshotsMessage{
		StartTime: moment, ClusterExists: new(true),
		SortingEntities: []redshift.SnapshotSortingEntity{{Attribute: "CREATE_TIME", SortOrder: "DESC"}},
	})

	_, err = client.CreateScheduledAction(ctx, &awsredshift.CreateScheduledActionInput{
		ScheduledActionName: aws.String("s"), Schedule: aws.String("cron(0 1 * * ? *)"), IamRole: aws.String("r"),
		TargetAction: &types.ScheduledActionType{PauseCluster: &types.PauseClusterMessage{ClusterIdentifier: aws.String("c")}},
	})
	expectInput(t, err, schedule, &redshift.CreateScheduledActionMessage{
		ScheduledActionName: "s", Schedule: "cron(0 1 * * ? *)", IamRole: "r",
		TargetAction: &redshift.ScheduledActionType{PauseCluster: &redshift.PauseClusterMessage{ClusterIdentifier: "c"}},
	})

	_, err = client.DeleteTags(ctx, &awsredshift.DeleteTagsInput{ResourceName: aws.String("arn"), TagKeys: []string{"k"}})
	expectInput(t, err, untag, &redshift.DeleteTagsMessage{ResourceName: "arn", TagKeys: []string{"k"}})
}

func expectInput(t *testing.T, err error, got, want any) {
	t.Helper()
	if err != nil {
		t.Errorf("%T: %v", want, err)
	} else if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the handler saw something else (-want +got):\n%s", diff)
	}
}

func TestSDKReadsAnswers(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	snapshot := redshift.Snapshot{
		SnapshotIdentifier: "s", SnapshotCreateTime: moment, Port: 5439, TotalBackupSizeInMegaBytes: 55, Tags: []redshift.Tag{},
		AccountsWithRestoreAccess: []redshift.AccountWithRestoreAccess{{AccountId: consumer}},
	}
	d := openDoor(t, []api.Operation{
		redshift.DescribeClusterSnapshotsOperation.Bind(saw(new(*redshift.DescribeClusterSnapshotsMessage), &redshift.SnapshotMessage{Snapshots: []redshift.Snapshot{snapshot}})),
		redshift.DeleteClusterOperation.Bind(func(_ context.Context, _ api.Caller, in *redshift.DeleteClusterMessage) (*redshift.DeleteClusterResult, error) {
			return nil, redshift.ClusterNotFound("Cluster %s not found.", in.ClusterIdentifier)
		}),
	}, realClock)
	client := clientOf(d, owner)

	out, err := client.DescribeClusterSnapshots(t.Context(), &awsredshift.DescribeClusterSnapshotsInput{})
	if err != nil {
		t.Fatal(err)
	}
	got := out.Snapshots[0]
	if !got.SnapshotCreateTime.Equal(moment) || *got.Port != 5439 || *got.TotalBackupSizeInMegaBytes != 55 || got.Tags == nil ||
		*got.AccountsWithRestoreAccess[0].AccountId != consumer || out.Marker != nil {
		t.Errorf("got %+v", got)
	}

	_, err = client.DeleteCluster(t.Context(), &awsredshift.DeleteClusterInput{ClusterIdentifier: aws.String("c")})
	var notFound *types.ClusterNotFoundFault
	if !errors.As(err, &notFound) || notFound.ErrorMessage() != "Cluster c not found." {
		t.Errorf("got %v", err)
	}
	_, err = client.DescribeReservedNodes(t.Context(), &awsredshift.DescribeReservedNodesInput{})
	var unsupported interface{ ErrorCode() string }
	if !errors.As(err, &unsupported) || unsupported.ErrorCode() != "UnsupportedOperation" {
		t.Errorf("got %v", err)
	}
}

func TestSDKIdentity(t *testing.T) {
	t.Parallel()
	d := openDoor(t, nil, realClock)
	key := keyOf(consumer)
	client := awssts.New(awssts.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(d.URL),
		Credentials: credentials.NewStaticCredentialsProvider(key.ID, key.Secret, ""),
	})
	out, err := client.GetCallerIdentity(t.Context(), &awssts.GetCallerIdentityInput{})
	if err != nil || *out.Account != consumer || *out.Arn != key.ARN || *out.UserId != consumer {
		t.Errorf("got %+v, %v", out, err)
	}

	presigned, err := awssts.NewPresignClient(client).PresignGetCallerIdentity(t.Context(), &awssts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(presigned.Method, presigned.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := d.send(t, r); a.root.child("GetCallerIdentityResult").child("Account").Text != consumer {
		t.Errorf("got %d %s", a.status, a.text)
	}
}
