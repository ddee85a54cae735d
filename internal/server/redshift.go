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
)

// redshift is the Redshift API: all families that there are. DescribeTags has their kinds of resource in this order.
func (s *Server) redshift() (api.Service, error) {
	w := s.Warehouse
	families := []redshift.Family{
		cluster.Family(w), snapshot.Family(w), schedule.Family(w), copygrant.Family(w), parametergroup.Family(w), subnetgroup.Family(w),
		logging.Family(w), sharing.Family(w), snapshotcopy.Family(w), restore.Family(w), storage.Family(w), credentials.Family(w), event.Family(w),
	}
	return redshift.New(s.Store, append(families, tag.Family(w, redshift.Taggable(families)))...)
}
