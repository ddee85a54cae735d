// Package credentials is the operations that hand out passwords of database users for a while. It keeps none: the warehouse has their verifiers.
package credentials

import (
	"slipher/internal/api/redshift"
	"slipher/internal/service"
	house "slipher/internal/service/redshift"
	"slipher/internal/warehouse"
)

type family struct{ warehouse *warehouse.Warehouse }

// Family is the operations.
func Family(w *warehouse.Warehouse) house.Family {
	f := family{w}
	return house.Family{Family: service.Family{Name: "credentials", Operations: []service.Operation{
		service.Offer(redshift.GetClusterCredentialsOperation, f.get, permissions),
		service.Offer(redshift.GetClusterCredentialsWithIAMOperation, f.getWithIAM, permissionsAsCaller),
	}}}
}
