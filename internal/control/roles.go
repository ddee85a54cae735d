package control

import (
	"regexp"
	"slices"

	"slipher/internal/api"
)

// mostRoles is Redshift's quota of a cluster.
const mostRoles = 50

var roleForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`)

func checkRoles(roles []string, byDefault string) error {
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

// takeRoles replaces the snapshot's roles by those of the request. Its default role stays the default as long as it is one of them.
func (s *settings) takeRoles(roles []string, byDefault string) {
	if roles != nil {
		s.IamRoles = roles
	}
	if !slices.Contains(s.IamRoles, s.DefaultIamRole) {
		s.DefaultIamRole = ""
	}
	s.DefaultIamRole = or(byDefault, s.DefaultIamRole)
}

// checkRelocation follows the guide: only clusters of managed storage move between Availability Zones.
func checkRelocation(enabled bool, kind nodeType) error {
	if enabled && kind.local() {
		return api.InvalidParameterCombination("AvailabilityZoneRelocation is not available for node type %s.", kind.name)
	}
	return nil
}
