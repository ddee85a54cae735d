package server

import (
	"slipher/internal/api"
	"slipher/internal/service/redshift"
	"slipher/internal/service/redshift/cluster"
	"slipher/internal/service/redshift/copygrant"
	"slipher/internal/service/redshift/credentials"
	"slipher/internal/service/redshift/event"
	"slipher/internal/service/redshift/logging"
	"slipher/internal/service/redshift/parametergroup"
	"slipher/internal/service/redshift/restore"
	"slipher/internal/service/redshift/schedule"
	"slipher/internal/service/redshift/sharing"
	"slipher/internal/service/redshift/snapshot"
	"slipher/internal/service/redshift/snapshotcopy"
	"slipher/internal/service/redshift/storage"
	"slipher/internal/service/redshift/subnetgroup"
	"slipher/internal/service/redshift/tag"
	"slipher/internal/warehouse"
)

// redshift is the Redshift API.
func (s *Server) redshift() (api.Service, error) {
	return redshift.New(s.Store, Families(s.Warehouse)...)
}

// Families are all that there are. DescribeTags has their kinds of resource in this order.
func Families(w *warehouse.Warehouse) []redshift.Family {
	about := []redshift.Family{ //nolint:prealloc // the two behind them need to know them all
		cluster.Family(w), snapshot.Family(w), schedule.Family(w), copygrant.Family(w), parametergroup.Family(w), subnetgroup.Family(w),
		logging.Family(w), sharing.Family(w), snapshotcopy.Family(w), restore.Family(w), storage.Family(w), credentials.Family(w),
	}
	return append(about, event.Family(w, redshift.Events(about)), tag.Family(w, redshift.Taggable(about)))
}
