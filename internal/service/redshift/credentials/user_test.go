package credentials

import (
	"testing"

	"slipher/internal/policy"
)

// The database user that GetClusterCredentialsWithIAM answers for each kind of caller.
func TestDatabaseUserOfCaller(t *testing.T) {
	t.Parallel()
	for want, principal := range map[string]policy.Principal{
		"IAM:RootIdentity": policy.RootUser("111111111111"),
		"IAM:ann":          {Type: policy.User, ARN: "arn:aws:iam::111111111111:user/team/ann"},
		"IAMR:analyst":     {Type: policy.RoleSession, ARN: "arn:aws:sts::111111111111:assumed-role/analyst/today", Source: "arn:aws:iam::111111111111:role/team/analyst"},
		"IAM:visitor":      {Type: policy.FederatedUser, ARN: "arn:aws:sts::111111111111:federated-user/visitor", Source: "arn:aws:iam::111111111111:user/ann"},
	} {
		if got := databaseUserOf(principal); got != want {
			t.Errorf("%s: got %s, want %s", principal.ARN, got, want)
		}
	}
}
