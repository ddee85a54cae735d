// Package copygrant is the operations about snapshot copy grants, which let snapshots that are copied into a region be sealed under a key there.
package copygrant

import (
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/state"
)

type family struct {
	warehouse *warehouse.Warehouse
	store     *meta.Store
	keys      *keys.Ring
	quota     house.Quota
	tags      int // of one grant
}

// Family is the operations, and the grants as resources that can be tagged.
func Family(w *warehouse.Warehouse) house.Family {
	config := w.Config()
	f := family{w, config.Store, config.Keys, house.Quota{Of: "snapshot copy grants", Most: config.Limits.SnapshotCopyGrants, Exceeded: redshift.SnapshotCopyGrantQuotaExceeded}, config.Limits.Tags}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("snapshotcopygrant", "Snapshot copy grant", state.SnapshotCopyGrants, func(g *state.SnapshotCopyGrant) *[]state.Tag { return &g.Tags })},
		Quotas:   []house.Quota{f.quota},
		Family: service.Family{Name: "snapshot copy grant", Operations: []service.Operation{
			service.Offer(redshift.CreateSnapshotCopyGrantOperation, f.create, func(in *redshift.CreateSnapshotCopyGrantMessage) []service.Permission {
				return []service.Permission{permission.Create("snapshotcopygrant", in.SnapshotCopyGrantName, tagging.Given(in.Tags))}
			}),
			service.Offer(redshift.DeleteSnapshotCopyGrantOperation, f.remove, func(in *redshift.DeleteSnapshotCopyGrantMessage) []service.Permission {
				return []service.Permission{permission.On("snapshotcopygrant", in.SnapshotCopyGrantName)}
			}),
			service.Offer(redshift.DescribeSnapshotCopyGrantsOperation, f.describe, service.Everything),
		}},
	}
}
