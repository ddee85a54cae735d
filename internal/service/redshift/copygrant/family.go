// Package copygrant is the operations about snapshot copy grants, which let snapshots that are copied into a region be sealed under a key there.
package copygrant

import (
	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/keys"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/service/redshift/permission"
	"slipher/internal/service/redshift/tagging"
	"slipher/internal/warehouse/state"
)

// Config is what the family needs.
type Config struct {
	Store *meta.Store
	Keys  *keys.Ring
	Quota int // grants of an account in a region
	Tags  int // of one grant
	// Key finds the key that a request names, or the account's own; its answer is an ARN.
	Key func(tx *meta.Tx, caller api.Caller, name string) (string, error)
}

type family struct{ Config }

// Family is the operations, and the grants as resources that can be tagged.
func Family(config Config) house.Family {
	f := family{config}
	return house.Family{
		Taggable: []tagging.Kind{tagging.KeptByName("snapshotcopygrant", "Snapshot copy grant", state.SnapshotCopyGrants, func(g *state.SnapshotCopyGrant) *[]state.Tag { return &g.Tags })},
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
