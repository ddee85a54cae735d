// Package event is the operations about events: what has happened, and what kinds of events there are. It knows nobody who emits one.
package event

import (
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse"
)

type family struct {
	store *meta.Store
	now   func() time.Time
}

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w.Config().Store, w.Clock.Now}
	return house.Family{Family: service.Family{Name: "event", Operations: []service.Operation{
		service.Offer(redshift.DescribeEventsOperation, f.describe, service.Everything),
		service.Offer(redshift.DescribeEventCategoriesOperation, f.describeCategories, service.Everything),
	}}}
}
