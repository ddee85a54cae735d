package control

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/nodeapi"
	"slipher/internal/policy"
	"slipher/internal/scram"
	"slipher/internal/warehouse/state"
)

// How long a database password is good, in seconds.
const (
	shortestPassword = 900
	longestPassword  = 3600
)

var (
	databaseUserForm  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_+.@-]{0,63}$`)
	databaseGroupForm = regexp.MustCompile(`^[a-z][a-z0-9_+.@-]{0,63}$`)
)

// GetClusterCredentials hands out a password for a user of the cluster's database. The user need not exist yet: who logs in without AutoCreate is
// refused then.
func (c *Control) GetClusterCredentials(ctx context.Context, caller api.Caller, in *redshift.GetClusterCredentialsMessage) (*redshift.ClusterCredentials, error) {
	if err := api.First(
		func() error {
			return checkCredentialsOf(in.ClusterIdentifier, in.CustomDomainName, in.DbName, in.DurationSeconds)
		},
		func() error { return checkDatabaseUser(in.DbUser) },
		func() error { return checkDatabaseGroups(in.DbGroups) },
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
	handed, err := c.handOut(ctx, caller, in.ClusterIdentifier, login, api.Value(in.DurationSeconds, shortestPassword))
	if err != nil {
		return nil, err
	}
	return &redshift.ClusterCredentials{DbUser: handed.name, DbPassword: handed.password, Expiration: handed.expires}, nil
}

// GetClusterCredentialsWithIAM hands out a password for the database user that stands for the caller, and that the first login makes.
func (c *Control) GetClusterCredentialsWithIAM(ctx context.Context, caller api.Caller, in *redshift.GetClusterCredentialsWithIAMMessage) (*redshift.ClusterExtendedCredentials, error) {
	if err := checkCredentialsOf(in.ClusterIdentifier, in.CustomDomainName, in.DbName, in.DurationSeconds); err != nil {
		return nil, err
	}
	name := databaseUserOf(caller.Principal)
	login := nodeapi.Login{Name: name, User: name, Create: true, Database: in.DbName}
	handed, err := c.handOut(ctx, caller, in.ClusterIdentifier, login, api.Value(in.DurationSeconds, shortestPassword))
	if err != nil {
		return nil, err
	}
	halfway := c.now().Add(handed.expires.Sub(c.now()) / 2)
	return &redshift.ClusterExtendedCredentials{DbUser: handed.name, DbPassword: handed.password, Expiration: handed.expires, NextRefreshTime: halfway}, nil
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

func checkCredentialsOf(cluster, domain, database string, seconds *int) error {
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

func checkDatabaseUser(name string) error {
	switch {
	case !databaseUserForm.MatchString(name):
		return api.InvalidParameterValue("%q is not a valid DbUser: it has 1 to 64 letters, digits and _ + . @ - and begins with a letter.", name)
	case strings.EqualFold(name, "public") || state.ReservedWord(strings.ToLower(name)):
		return api.InvalidParameterValue("%q is a reserved word and cannot be the DbUser.", name)
	}
	return nil
}

func checkDatabaseGroups(names []string) error {
	for _, name := range names {
		switch {
		case !databaseGroupForm.MatchString(name):
			return api.InvalidParameterValue("%q is not a valid database group: it has 1 to 64 lower-case letters, digits and _ + . @ - and begins with a letter.", name)
		case name == "public" || state.ReservedWord(name):
			return api.InvalidParameterValue("%q is a reserved word and cannot be a database group.", name)
		}
	}
	return nil
}

// handedOut is what the caller gets to see of a login, once.
type handedOut struct {
	name, password string
	expires        time.Time
}

// handOut makes the login's password, keeps its verifier and has the node accept it before the caller has it.
func (c *Control) handOut(ctx context.Context, caller api.Caller, identifier string, login nodeapi.Login, seconds int) (handedOut, error) {
	password, err := c.newDatabasePassword()
	if err != nil {
		return handedOut{}, err
	}
	expires := c.now().Add(time.Duration(seconds) * time.Second).Truncate(time.Millisecond)
	login.ExpiresUnixMS = expires.UnixMilli()
	var of state.ClusterRecord
	err = c.config.Store.Update(ctx, func(tx *meta.Tx) (err error) {
		if of, err = state.FindCluster(tx, caller, identifier); err != nil {
			return err
		}
		if login.Verifier, err = scram.SaltedVerifier(password, loginSalt(of.Body.Key, login.Name)); err != nil {
			return fmt.Errorf("derive the password's verifier: %w", err)
		}
		return c.keepLogin(tx, of, login)
	})
	if err != nil {
		return handedOut{}, err
	}
	return handedOut{login.Name, password, expires}, c.tellLogin(ctx, of.Body.Key, login)
}

// newDatabasePassword is 48 random bytes in letters and digits that no client has to quote.
func (c *Control) newDatabasePassword() (string, error) {
	random := make([]byte, 48)
	if _, err := io.ReadFull(c.config.Random, random); err != nil {
		return "", fmt.Errorf("make a password: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(random), nil
}

// loginSalt is one for all passwords of a name in a cluster, so that a node can hold one proof against all of them.
func loginSalt(cluster, name string) []byte {
	sum := sha256.Sum256([]byte(cluster + "\x00" + name))
	return sum[:16]
}
