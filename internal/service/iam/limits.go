package iam

// The quotas of an account, as AWS has them by default ("IAM and STS quotas" in the IAM user guide).
const (
	mostUsers    = 5000
	mostGroups   = 300
	mostRoles    = 1000
	mostPolicies = 1500

	mostGroupsOfUser = 10
	mostAccessKeys   = 2
	mostAttached     = 10
	mostVersions     = 5
	mostTags         = 50
)

// mostInline is how many characters without white space all inline policies of an identity have together.
var mostInline = map[string]int{"user": 2048, "group": 5120, "role": 10240}
