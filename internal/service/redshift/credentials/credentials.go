package credentials

import (
	"context"
	"regexp"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/nodeapi"
	"slipher/internal/policy"
	"slipher/internal/warehouse/state"
)

// How long a database password is good, in seconds.
const (
	shortestPassword = 900
	longestPassword  = 3600
)

var (
	userForm  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_+.@-]{0,63}$`)
	groupForm = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]{0,63}$`)
)

// get hands out a password for a user of the cluster's database. The user need not exist yet: who logs in without AutoCreate is
// refused then.
func (f family) get(ctx context.Context, caller api.Caller, in *redshift.GetClusterCredentialsMessage) (*redshift.ClusterCredentials, error) {
	if err := api.First(
		func() error {
			return checkOf(in.ClusterIdentifier, in.CustomDomainName, in.DbName, in.DurationSeconds)
		},
		func() error { return checkUser(in.DbUser) },
		func() error { return checkGroups(in.DbGroups) },
	); err != nil {
		return nil, err
	}
	prefix := "IAM:"
	if api.Value(in.AutoCreate, false) {
		prefix = "IAMA:"
	}
	login := nodeapi.Login{
		Name: strings.Join(append([]string{prefix + in.DbUser}, in.DbGroups...), ":"), User: in.DbUser, Create: api.Value(in.AutoCreate, false),
		Groups: in.DbGroups, Database: in.DbName,
	}
	handed, err := f.warehouse.HandOut(ctx, caller, in.ClusterIdentifier, login, api.Value(in.DurationSeconds, shortestPassword))
	if err != nil {
		return nil, err
	}
	return &redshift.ClusterCredentials{DbUser: handed.Name, DbPassword: handed.Password, Expiration: handed.Expires}, nil
}

// getWithIAM hands out a password for the database user that stands for the caller, and that the first login makes.
func (f family) getWithIAM(ctx context.Context, caller api.Caller, in *redshift.GetClusterCredentialsWithIAMMessage) (*redshift.ClusterExtendedCredentials, error) {
	if err := checkOf(in.ClusterIdentifier, in.CustomDomainName, in.DbName, in.DurationSeconds); err != nil {
		return nil, err
	}
	name := databaseUserOf(caller.Principal)
	login := nodeapi.Login{Name: name, User: name, Create: true, Database: in.DbName}
	handed, err := f.warehouse.HandOut(ctx, caller, in.ClusterIdentifier, login, api.Value(in.DurationSeconds, shortestPassword))
	if err != nil {
		return nil, err
	}
	halfway := f.warehouse.Clock.Now().Add(handed.Expires.Sub(f.warehouse.Clock.Now()) / 2)
	return &redshift.ClusterExtendedCredentials{DbUser: handed.Name, DbPassword: handed.Password, Expiration: handed.Expires, NextRefreshTime: halfway}, nil
}

// databaseUserOf is the database user that stands for a principal: "IAMR:role" for the session of a role, otherwise "IAM:user".
func databaseUserOf(principal policy.Principal) string {
	last := func(arn string) string { return arn[strings.LastIndexAny(arn, "/:")+1:] }
	switch principal.Type {
	case policy.Root:
		return "IAM:RootIdentity"
	case policy.RoleSession:
		return "IAMR:" + last(principal.Source)
	default:
		return "IAM:" + last(principal.ARN)
	}
}

func checkOf(cluster, domain, database string, seconds *int) error {
	if domain != "" {
		return redshift.UnsupportedOperation("Custom domain names are not supported: use ClusterIdentifier.")
	}
	if cluster == "" {
		return api.InvalidParameterCombination("ClusterIdentifier is required.")
	}
	if duration := api.Value(seconds, shortestPassword); duration < shortestPassword || duration > longestPassword {
		return api.InvalidParameterValue("Token duration must be between %d and %d seconds", shortestPassword, longestPassword)
	}
	if database != "" {
		return state.CheckDatabase(database)
	}
	return nil
}

func checkUser(name string) error {
	switch {
	case !userForm.MatchString(name):
		return api.InvalidParameterValue("%q is not a valid DbUser: it has 1 to 64 letters, digits and _ + . @ - and begins with a letter.", name)
	case strings.EqualFold(name, "public") || state.ReservedWord(strings.ToLower(name)):
		return api.InvalidParameterValue("%q is a reserved word and cannot be the DbUser.", name)
	}
	return nil
}

func checkGroups(names []string) error {
	for _, name := range names {
		switch {
		case !groupForm.MatchString(name):
			return api.InvalidParameterValue("%q is not a valid database group: it has 1 to 64 lower-case letters, digits and _ + . @ - and begins with a letter.", name)
		case name == "public" || state.ReservedWord(name):
			return api.InvalidParameterValue("%q is a reserved word and cannot be a database group.", name)
		}
	}
	return nil
}
