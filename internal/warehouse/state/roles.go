package state

import (
	"regexp"
	"slices"

	"slipher/internal/api"
)

// mostRoles is Redshift's quota of a cluster.
const mostRoles = 50

var roleForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)

// CheckRoles refuses too many roles, ARNs that are none of roles, and a default role that is not among them.
func CheckRoles(roles []string, byDefault string) error {
	for _, role := range roles {
		if !roleForm.MatchString(role) {
			return api.InvalidParameterValue("%q is not the Amazon Resource Name of an IAM role.", role)
		}
	}
	switch {
	case len(roles) > mostRoles:
		return api.InvalidParameterValue("A cluster has at most %d IAM roles, not %d.", mostRoles, len(roles))
	case byDefault != "" && !slices.Contains(roles, byDefault):
		return api.InvalidParameterValue("DefaultIamRoleArn %s is not among the cluster's IamRoles.", byDefault)
	}
	return nil
}

// CheckRelocation follows the guide: only clusters of managed storage move between Availability Zones.
func CheckRelocation(enabled bool, kind NodeType) error {
	if enabled && kind.Local() {
		return api.InvalidParameterCombination("AvailabilityZoneRelocation is not available for node type %s.", kind.Name)
	}
	return nil
}
