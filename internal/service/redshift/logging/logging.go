// Package logging is the operations by which a cluster's logs are delivered to a bucket. The warehouse delivers them.
package logging

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/sqllog"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
}

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w, w.Config().Store}
	return house.Family{
		Events: []event.Kind{event.LogsFailed, event.LogsRefused, event.LogsBucketMissing},
		Family: service.Family{Name: "logging", Operations: []service.Operation{
			service.Offer(redshift.EnableLoggingOperation, f.enable, func(in *redshift.EnableLoggingMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.DisableLoggingOperation, f.disable, func(in *redshift.DisableLoggingMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
			service.Offer(redshift.DescribeLoggingStatusOperation, f.describe, func(in *redshift.DescribeLoggingStatusMessage) []service.Permission {
				return on(in.ClusterIdentifier)
			}),
		}},
	}
}

func on(cluster string) []service.Permission {
	return []service.Permission{permission.On("cluster", cluster)}
}

// enable has the cluster's logs delivered to a bucket each hour, from now on.
func (f family) enable(ctx context.Context, caller api.Caller, in *redshift.EnableLoggingMessage) (*redshift.LoggingStatus, error) {
	if err := api.First(
		func() error { return f.checkDestination(in) },
		func() error { return checkExports(in.LogExports) },
		func() error { return checkBucketName(in.BucketName) },
		func() error { return checkKeyPrefix(in.S3KeyPrefix) },
	); err != nil {
		return nil, err
	}
	return status(f.warehouse.EnableLogging(ctx, caller, in.ClusterIdentifier, state.Logging{Bucket: in.BucketName, Prefix: in.S3KeyPrefix, Exports: in.LogExports}))
}

// disable ends the delivery, and answers where to it went. What was recorded so far is still delivered, at once.
func (f family) disable(ctx context.Context, caller api.Caller, in *redshift.DisableLoggingMessage) (*redshift.LoggingStatus, error) {
	ended, err := meta.Decide(ctx, f.store, func(tx *meta.Tx) (state.Logging, error) {
		return f.warehouse.DisableLogging(tx, caller, in.ClusterIdentifier)
	})
	if err != nil {
		return nil, err
	}
	return &redshift.LoggingStatus{BucketName: ended.Bucket, S3KeyPrefix: ended.Prefix}, nil
}

// describe answers whether and where the cluster's logs are delivered, and how that went last.
func (f family) describe(ctx context.Context, caller api.Caller, in *redshift.DescribeLoggingStatusMessage) (*redshift.LoggingStatus, error) {
	return status(meta.Read(ctx, f.store, func(tx *meta.Tx) (state.Logging, error) {
		cluster, err := state.FindCluster(tx, caller, in.ClusterIdentifier)
		if err != nil {
			return state.Logging{}, err
		}
		record, _, err := state.FindLogging(tx, cluster)
		return record.Body, err
	}))
}

const toBucket = "s3"

// status is that of a cluster whose logs are not delivered for the zero value.
func status(l state.Logging, err error) (*redshift.LoggingStatus, error) {
	if err != nil {
		return nil, err
	}
	if l.Bucket == "" || l.Ending {
		return &redshift.LoggingStatus{}, nil
	}
	return &redshift.LoggingStatus{
		LoggingEnabled: true, BucketName: l.Bucket, S3KeyPrefix: l.Prefix, LogDestinationType: toBucket, LogExports: l.Exports,
		LastSuccessfulDeliveryTime: l.Success, LastFailureTime: l.Failure, LastFailureMessage: l.FailureMessage,
	}, nil
}

func (f family) checkDestination(in *redshift.EnableLoggingMessage) error {
	switch {
	case !f.warehouse.DeliversLogs():
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
