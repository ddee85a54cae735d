package control

import (
	"strconv"

	"slipher/internal/api/redshift"
	"slipher/internal/policy"
)

// logIn asks for a database user of a cluster and what else the password is to be good for.
func logIn(a *asking) error {
	in := a.input.Addr().Interface().(*redshift.GetClusterCredentialsMessage)
	ask := func(action, kind, name string) {
		request := a.database(action, kind, in.ClusterIdentifier, name, in.DbName, in.DurationSeconds)
		request.Context.Set("redshift:DbUser", in.DbUser)
		a.requests = append(a.requests, request)
	}
	ask(a.action, "dbuser", in.DbUser)
	if in.DbName != "" {
		ask(a.action, "dbname", in.DbName)
	}
	for _, group := range in.DbGroups {
		ask("redshift:JoinGroup", "dbgroup", group)
	}
	if value(in.AutoCreate, false) {
		ask("redshift:CreateClusterUser", "dbuser", in.DbUser)
	}
	return nil
}

// logInAsCaller asks for a database, since the database user is the caller.
func logInAsCaller(a *asking) error {
	in := a.input.Addr().Interface().(*redshift.GetClusterCredentialsWithIAMMessage)
	a.requests = append(a.requests, a.database(a.action, "dbname", in.ClusterIdentifier, in.DbName, in.DbName, in.DurationSeconds))
	return nil
}

func (a *asking) database(action, kind, cluster, name, database string, seconds *int) policy.Request {
	request := a.caller.Asks(action, a.here(kind, or(cluster, "*")+"/"+or(name, "*")).String())
	request.Context.Set("redshift:DurationSeconds", strconv.Itoa(value(seconds, shortestPassword)))
	if database != "" {
		request.Context.Set("redshift:DbName", database)
	}
	return request
}
