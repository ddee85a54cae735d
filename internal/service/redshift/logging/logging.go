package control

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/sqllog"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

const toBucket = "s3"

// loggingShape is that of a cluster whose logs are not delivered for the zero value.
func loggingShape(l state.Logging) *redshift.LoggingStatus {
	if l.Bucket == "" || l.Ending {
		return &redshift.LoggingStatus{}
	}
	return &redshift.LoggingStatus{
		LoggingEnabled: true, BucketName: l.Bucket, S3KeyPrefix: l.Prefix, LogDestinationType: toBucket, LogExports: l.Exports,
		LastSuccessfulDeliveryTime: l.Success, LastFailureTime: l.Failure, LastFailureMessage: l.FailureMessage,
	}
}

// EnableLogging has the cluster's logs delivered to a bucket each hour, from now on.
func (c *Control) EnableLogging(ctx context.Context, caller api.Caller, in *redshift.EnableLoggingMessage) (*redshift.LoggingStatus, error) {
	if err := api.First(
		func() error { return c.checkDestination(in) },
		func() error { return checkExports(in.LogExports) },
		func() error { return checkBucketName(in.BucketName) },
		func() error { return checkKeyPrefix(in.S3KeyPrefix) },
		func() error { return c.checkLoggable(ctx, caller, in.ClusterIdentifier) },
		func() error {
			return c.warehouse.TryBucket(ctx, caller, in.ClusterIdentifier, in.BucketName, in.S3KeyPrefix)
		},
	); err != nil {
		return nil, err
	}
	return c.enableLogging(ctx, caller, in)
}

func (c *Control) checkDestination(in *redshift.EnableLoggingMessage) error {
	switch {
	case c.config.Logs == nil || c.config.LogBucket == nil:
		return redshift.UnsupportedOperation("Logs cannot be delivered, as slipher was not told where buckets are.")
	case in.LogDestinationType == "cloudwatch":
		return redshift.UnsupportedOperation("There is no CloudWatch here: deliver the logs to a bucket, with LogDestinationType s3.")
	case in.LogDestinationType != "" && in.LogDestinationType != toBucket:
		return api.InvalidParameterValue("LogDestinationType must be s3, not %q.", in.LogDestinationType)
	}
	return nil
}

func checkExports(exports []string) error {
	for _, export := range exports {
		if !slices.Contains(sqllog.Kinds, sqllog.Kind(export)) {
			return api.InvalidParameterValue("%q is not a log: LogExports may have connectionlog, userlog and useractivitylog.", export)
		}
	}
	return nil
}

// bucketForm is that of S3's general purpose buckets.
var bucketForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]|\.[a-z0-9])*[a-z0-9]$`)

func checkBucketName(name string) error {
	if name == "" {
		return redshift.InvalidS3BucketName("BucketName is missing: name the bucket for the logs.")
	}
	if len(name) < 3 || len(name) > 63 || !bucketForm.MatchString(name) {
		return redshift.InvalidS3BucketName("%q is not the name of a bucket: it has 3 to 63 small letters, digits, hyphens and dots, and begins and ends with a letter or digit.", name)
	}
	return nil
}

const maxKeyPrefix = 512

// prefixForm has the characters that the guide to audit logging leaves.
var prefixForm = regexp.MustCompile(`^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$`)

func checkKeyPrefix(prefix string) error {
	if len(prefix) > maxKeyPrefix || !prefixForm.MatchString(prefix) {
		return redshift.InvalidS3KeyPrefix("S3KeyPrefix may have %d characters, and no blanks, quotation marks, backslashes or characters beyond ASCII.", maxKeyPrefix)
	}
	for _, part := range strings.Split(strings.TrimSuffix(prefix, "/"), "/") {
		if prefix != "" && (part == "" || part == "." || part == "..") {
			return redshift.InvalidS3KeyPrefix("S3KeyPrefix has an empty part, or one that is . or .., between its slashes.")
		}
	}
	return nil
}

func (c *Control) checkLoggable(ctx context.Context, caller api.Caller, identifier string) error {
	return c.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := state.FindCluster(tx, caller, identifier)
		if err != nil {
			return err
		}
		return warehouse.MustBe(record, "change the logging of", state.Available)
	})
}

func (c *Control) enableLogging(ctx context.Context, caller api.Caller, in *redshift.EnableLoggingMessage) (*redshift.LoggingStatus, error) {
	recorded, err := c.warehouse.EndOfLogs(ctx, caller, in.ClusterIdentifier)
	if err != nil {
		return nil, err
	}
	var shape *redshift.LoggingStatus
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if err := warehouse.MustBe(cluster, "enable logging of", state.Available); err != nil {
			return err
		}
		record, known, err := state.FindLogging(tx, cluster)
		if err != nil {
			return err
		}
		if !known || record.Body.Ending {
			end := int64(0)
			if cluster.Body.Key == recorded.Cluster { // and not another one that has taken the identifier meanwhile
				end = recorded.End
			}
			record.Body = state.Logging{Delivered: max(end, record.Body.Delivered), Stamp: record.Body.Stamp}
		}
		record.Body.Cluster, record.Body.Bucket, record.Body.Prefix, record.Body.Exports = cluster.ID, in.BucketName, in.S3KeyPrefix, in.LogExports
		record.Body.Due, record.Body.Told = c.warehouse.Clock.Now().Add(warehouse.DeliveredEvery), ""
		shape = loggingShape(record.Body)
		return api.First(
			func() error { return state.PutLogging(tx, record, known) },
			func() error { return warehouse.DeliverLater(tx, record.Key, record.Body.Due) },
		)
	})
	return shape, err
}

// DisableLogging ends the delivery, and answers where to it went. What was recorded so far is still delivered, at once.
func (c *Control) DisableLogging(ctx context.Context, caller api.Caller, in *redshift.DisableLoggingMessage) (*redshift.LoggingStatus, error) {
	shape := &redshift.LoggingStatus{}
	err := c.config.Store.Update(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		if err := warehouse.MustBe(cluster, "disable logging of", state.Available); err != nil {
			return err
		}
		record, known, err := state.FindLogging(tx, cluster)
		if err != nil || !known || record.Body.Ending {
			return err
		}
		shape.BucketName, shape.S3KeyPrefix = record.Body.Bucket, record.Body.Prefix
		record.Body.Ending, record.Body.Due = true, c.warehouse.Clock.Now()
		return api.First(
			func() error { return state.Loggings.Put(tx, record) },
			func() error { return warehouse.DeliverLater(tx, record.Key, record.Body.Due) },
		)
	})
	return shape, err
}

// DescribeLoggingStatus answers whether and where the cluster's logs are delivered, and how that went last.
func (c *Control) DescribeLoggingStatus(ctx context.Context, caller api.Caller, in *redshift.DescribeLoggingStatusMessage) (*redshift.LoggingStatus, error) {
	var shape *redshift.LoggingStatus
	err := c.config.Store.View(ctx, func(tx *meta.Tx) error {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return err
		}
		record, _, err := state.FindLogging(tx, cluster)
		shape = loggingShape(record.Body)
		return err
	})
	return shape, err
}
