package ast

// CreateUser is CREATE USER.
type CreateUser struct {
	Name    string
	Options UserOptions
}

// AlterUser is ALTER USER: options, a new name, or a setting that the user's sessions begin with.
type AlterUser struct {
	Name    string
	Options UserOptions
	NewName string
	Set     *Set
	Reset   string // the name of the setting to forget
}

// UserOptions are what CREATE USER and ALTER USER say of a user; nil and empty where nothing was said.
type UserOptions struct {
	Password        *Password
	CreateDB        *bool
	CreateUser      *bool  // whether the user is a superuser
	SyslogAccess    string // "", "restricted" or "unrestricted"
	ValidUntil      *string
	ConnectionLimit *int     // negative: unlimited
	SessionTimeout  *int     // in seconds; 0 is none
	InGroups        []string // CREATE USER only
}

// Password is PASSWORD 'text' or, with Disable, PASSWORD DISABLE. String never writes Text.
type Password struct {
	Text    string
	Disable bool
}

// DropUser is DROP USER.
type DropUser struct {
	IfExists bool
	Names    []string
}

// CreateGroup is CREATE GROUP.
type CreateGroup struct {
	Name  string
	Users []string
}

// AlterGroup is ALTER GROUP; one of Add, Drop and NewName is set.
type AlterGroup struct {
	Name    string
	Add     []string
	Drop    []string
	NewName string
}

// DropGroup is DROP GROUP.
type DropGroup struct{ Name string }

// AlterSchema is ALTER SCHEMA; one of NewName, Owner and Quota is set.
type AlterSchema struct {
	Name    Name
	NewName string
	Owner   string
	Quota   string
}

// Grant is GRANT.
type Grant struct {
	Rights Rights
}

// Revoke is REVOKE; OptionOnly is GRANT OPTION FOR.
type Revoke struct {
	Rights     Rights
	OptionOnly bool
	Behaviour  string
}

// DefaultPrivileges is ALTER DEFAULT PRIVILEGES; Change is a *Grant or a *Revoke on tables that are not there yet.
type DefaultPrivileges struct {
	Users   []string
	Schemas []string
	Change  Statement
}

// Rights are privileges on objects, for somebody.
type Rights struct {
	Privileges []string // in lower case, "temporary" for TEMP too; nil is ALL
	Kind       string   // "table", "schema", "database", "all tables", or "tables" within DefaultPrivileges
	On         []Name   // for "all tables" the schemas
	Grantees   []Grantee
}

// Grantee is whom a right is given to or taken from; Kind is "user", "group" or "public".
type Grantee struct {
	Kind   string
	Name   string
	Option bool // WITH GRANT OPTION
}

func (*CreateUser) statement()        {}
func (*AlterUser) statement()         {}
func (*DropUser) statement()          {}
func (*CreateGroup) statement()       {}
func (*AlterGroup) statement()        {}
func (*DropGroup) statement()         {}
func (*AlterSchema) statement()       {}
func (*Grant) statement()             {}
func (*Revoke) statement()            {}
func (*DefaultPrivileges) statement() {}
