package awsapi

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

func TestEncodeResult(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)
	whole := time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600))
	days := 7
	cases := map[string]any{
		// Plain numbers and booleans show even as zero; lists of the caller show as they are: absent or empty.
		"DescribeClusterSnapshots": &redshift.SnapshotMessage{Snapshots: []redshift.Snapshot{{
			SnapshotIdentifier: "s", SnapshotCreateTime: created, ClusterCreateTime: whole, Status: "creating",
			TotalBackupSizeInMegaBytes: 55, BackupProgressInMegaBytes: 25.5354, CurrentBackupRateInMegaBytesPerSecond: -1,
			Tags: []redshift.Tag{}, RestorableNodeTypes: []string{"ra3.large", "ra3.4xlarge"}, ManualSnapshotRetentionPeriod: &days,
			AccountsWithRestoreAccess: []redshift.AccountWithRestoreAccess{{AccountId: "222222222222"}},
		}}},
		"DescribeClusters":           &redshift.ClustersMessage{},
		"DescribeTableRestoreStatus": &redshift.TableRestoreStatusMessage{TableRestoreStatusDetails: []redshift.TableRestoreStatus{}, Marker: "m"},
		"ModifyCluster":              &redshift.ModifyClusterResult{Cluster: &redshift.Cluster{PendingModifiedValues: &redshift.PendingModifiedValues{}}},
		"CreateClusterParameterGroup": &redshift.CreateClusterParameterGroupResult{ClusterParameterGroup: &redshift.ClusterParameterGroup{
			Description: "a <b> & \"c\"\n\td\x00\x1fe\xff\U0001F600", Tags: []redshift.Tag{{Key: "k"}},
		}},
		"DescribeStorage": &redshift.CustomerStorageMessage{TotalBackupSizeInMegaBytes: 1e20, TotalProvisionedStorageInMegaBytes: 0.1},
		"EnableLogging":   (*redshift.LoggingStatus)(nil),
		"DeleteTags":      &api.None{},
		"BatchDeleteClusterSnapshots": &redshift.BatchDeleteClusterSnapshotsResult{
			Resources: []string{"a"}, Errors: []redshift.SnapshotErrorMessage{{SnapshotIdentifier: "b", FailureCode: "ClusterSnapshotNotFound"}},
		},
		"CreateIntegration": &redshift.Integration{AdditionalEncryptionContext: map[string]string{"b": "2", "a": "1"}},
	}
	service := redshift.Table()
	for name, output := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, filepath.Join("testdata/encode", name+".xml"), func(string) string {
				return string(EncodeResult(service, findOperation(t, name), output, "0b2e4a4c-0000-4000-8000-000000000001"))
			})
		})
	}
}

func TestEncodeFault(t *testing.T) {
	t.Parallel()
	cases := map[string]*api.Fault{
		"sender":   redshift.ClusterNotFound("Cluster %s not found.", "<c>"),
		"receiver": api.NewFault("InternalFailure", 500, "an internal error occurred"),
	}
	for name, fault := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, filepath.Join("testdata", "encode", "fault_"+name+".xml"), func(string) string {
				return string(EncodeFault("http://redshift.amazonaws.com/doc/2012-12-01/", fault, "0b2e4a4c-0000-4000-8000-000000000001"))
			})
		})
	}
}

func TestFormatDouble(t *testing.T) {
	t.Parallel()
	for number, want := range map[float64]string{
		0: "0.0", 55: "55.0", 25.5354: "25.5354", -1: "-1.0", 1e21: "1000000000000000000000.0", 1e-7: "0.0000001",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity",
	} {
		if got := formatDouble(number); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := formatDouble(math.NaN()); got != "NaN" {
		t.Errorf("got %s, want NaN", got)
	}
}

func BenchmarkEncodeSnapshots(b *testing.B) {
	service := redshift.Table()
	operation := findOperation(b, "DescribeClusterSnapshots")
	output := &redshift.SnapshotMessage{Snapshots: make([]redshift.Snapshot, 100)}
	for b.Loop() {
		EncodeResult(service, operation, output, "id")
	}
}
