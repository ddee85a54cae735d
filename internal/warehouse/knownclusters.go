package warehouse

import (
	"context"

	"slipher/internal/meta"
	"slipher/internal/warehouse/state"
)

// KnownCluster is what the records say of a cluster, for one who looks at its folder.
type KnownCluster struct {
	Account, Region, Identifier string
	Key                         string // names its folder
	Status                      string
	Database                    string   // its name
	Damaged                     bool     // slipher has found that its database has lost something
	HasData                     bool     // the folder must be there
	Restoring                   []string // snapshots whose data is still being restored into it
}

// KnownClusters are the clusters of all accounts.
func KnownClusters(ctx context.Context, store *meta.Store) ([]KnownCluster, error) {
	var known []KnownCluster
	err := store.View(ctx, func(tx *meta.Tx) error {
		copying, err := state.TableRestores.List(tx, meta.Query{})
		if err != nil {
			return err
		}
		records, err := state.Clusters.List(tx, meta.Query{})
		for _, record := range records {
			body := record.Body
			one := KnownCluster{
				Account: record.Account, Region: record.Region, Identifier: record.ID, Key: body.Key, Status: body.Status, Database: body.DBName, Damaged: body.Lost(),
				HasData: body.Provisioned && body.Status != state.Deleting,
			}
			if body.Restoring() {
				one.Restoring = append(one.Restoring, body.Restore.Snapshot)
			}
			for _, restore := range copying {
				if restore.Body.ClusterKey == body.Key && restore.Body.Manifest != "" {
					one.Restoring = append(one.Restoring, restore.Body.Snapshot)
				}
			}
			known = append(known, one)
		}
		return err
	})
	return known, err
}
