// Package storage is the operation about how much room an account's snapshots take and its clusters have.
package storage

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

type family struct{ warehouse *warehouse.Warehouse }

// Family is DescribeStorage.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w}
	return house.Family{Family: service.Family{Name: "storage", Operations: []service.Operation{
		service.Offer(redshift.DescribeStorageOperation, f.describe, service.Everything),
	}}}
}

// describe answers what the account's snapshots take in the snapshot store, and what its clusters have room for.
func (f family) describe(ctx context.Context, caller api.Caller, _ *api.None) (*redshift.CustomerStorageMessage, error) {
	out := &redshift.CustomerStorageMessage{}
	var scopes []string
	err := f.warehouse.Config().Store.View(ctx, func(tx *meta.Tx) error {
		here := meta.Query{Account: caller.Account, Region: caller.Region}
		owned, err := state.Clusters.List(tx, here)
		for _, record := range owned {
			if kind, err := state.FindNodeType(record.Body.NodeType); err == nil {
				out.TotalProvisionedStorageInMegaBytes += float64(kind.Capacity(record.Body.NumberOfNodes))
			}
		}
		if err != nil {
			return err
		}
		scopes, err = state.ScopesOf(tx, here)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, scope := range scopes {
		bucket, err := f.warehouse.Scopes.Bucket(ctx, scope)
		if errors.Is(err, meta.ErrNotFound) { // closed meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		objects, err := bucket.List(ctx, scope+"/")
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			out.TotalBackupSizeInMegaBytes += state.Megabytes(object.Size)
		}
	}
	return out, nil
}
