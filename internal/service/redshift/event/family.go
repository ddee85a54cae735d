// Package event is the operations about events: what has happened, and what kinds of events there are. It knows nobody who emits one.
package event

import (
	"slices"
	"strings"
	"time"

	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/event"
)

type family struct {
	store *meta.Store
	now   func() time.Time
	kinds []event.Kind
}

// Family is the operations, over the kinds of events that the other families have.
func Family(w *warehouse.Warehouse, kinds []event.Kind) house.Family {
	f := family{w.Config().Store, w.Clock.Now, append(missing(kinds), kinds...)}
	slices.SortFunc(f.kinds, func(a, b event.Kind) int { return strings.Compare(a.Number, b.Number) })
	return house.Family{Family: service.Family{Name: "event", Operations: []service.Operation{
		service.Offer(redshift.DescribeEventsOperation, f.describe, service.Everything),
		service.Offer(redshift.DescribeEventCategoriesOperation, f.describeCategories, service.Everything),
	}}}
}
