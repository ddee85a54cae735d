package state

import "regexp"

// RegionForm is what the door takes for a region.
var RegionForm = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$`)
