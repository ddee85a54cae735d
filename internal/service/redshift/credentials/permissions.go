package credentials

import (
	"cmp"
	"strconv"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/policy"
	"slipher/internal/service"
	"slipher/internal/service/redshift/permission"
)

// permissions are about a database user of a cluster and what else the password is to be good for.
func permissions(in *redshift.GetClusterCredentialsMessage) []service.Permission {
	return []service.Permission{func(call service.Call) ([]policy.Request, error) {
		var requests []policy.Request
		require := func(action, kind, name string) {
			request := aboutDatabase(call.Caller, action, kind, in.ClusterIdentifier, name, in.DbName, in.DurationSeconds)
			request.Context.Set("redshift:DbUser", in.DbUser)
			requests = append(requests, request)
		}
		require(call.Action, "dbuser", in.DbUser)
		if in.DbName != "" {
			require(call.Action, "dbname", in.DbName)
		}
		for _, group := range in.DbGroups {
			require("redshift:JoinGroup", "dbgroup", group)
		}
		if api.Value(in.AutoCreate, false) {
			require("redshift:CreateClusterUser", "dbuser", in.DbUser)
		}
		return requests, nil
	}}
}

// permissionsAsCaller are about a database, since the database user is the caller.
func permissionsAsCaller(in *redshift.GetClusterCredentialsWithIAMMessage) []service.Permission {
	return []service.Permission{func(call service.Call) ([]policy.Request, error) {
		return []policy.Request{aboutDatabase(call.Caller, call.Action, "dbname", in.ClusterIdentifier, in.DbName, in.DbName, in.DurationSeconds)}, nil
	}}
}

func aboutDatabase(caller api.Caller, action, kind, cluster, name, database string, seconds *int) policy.Request {
	request := caller.Request(action, permission.Here(caller, kind, cmp.Or(cluster, "*")+"/"+cmp.Or(name, "*")).String())
	request.Context.Set("redshift:DurationSeconds", strconv.Itoa(api.Value(seconds, shortestPassword)))
	if database != "" {
		request.Context.Set("redshift:DbName", database)
	}
	return request
}
