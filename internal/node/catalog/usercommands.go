package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
)

// MustBeSuperuser refuses what others may not do (SQLSTATE insufficient_privilege); to completes the sentence.
func MustBeSuperuser(r *Rights, to string) error {
	if r.Superuser {
		return nil
	}
	return &pgwire.Error{Code: "42501", Message: "must be superuser to " + to}
}

// CreateUser is CREATE USER. A user has a password or expressly none, as in Redshift.
func (cat *Catalog) CreateUser(ctx context.Context, r *Rights, c *ast.CreateUser) error {
	if err := MustBeSuperuser(r, "create users"); err != nil {
		return err
	}
	if err := cat.freeName(ctx, c.Name); err != nil {
		return err
	}
	if c.Options.Password == nil {
		return &pgwire.Error{Code: "42601", Message: "CREATE USER takes PASSWORD 'password', or PASSWORD DISABLE"}
	}
	return cat.insertUser(ctx, c)
}

func (cat *Catalog) insertUser(ctx context.Context, c *ast.CreateUser) error {
	verifier, err := verifierOf(c.Options.Password)
	if err != nil {
		return err
	}
	var until any
	if c.Options.ValidUntil != nil {
		if until, err = validUntil(*c.Options.ValidUntil); err != nil {
			return err
		}
	}
	if err := checkTimeout(c.Options.SessionTimeout); err != nil {
		return err
	}
	rows, err := cat.Rows(ctx, cat.Own("INSERT INTO catalog.users VALUES (nextval('catalog.ids'), $1, $2, $3, $4, $5, $6, $7, $8) RETURNING id"),
		c.Name, verifier, orElse(c.Options.CreateUser, false), orElse(c.Options.CreateDB, false), until,
		int32(orElse(c.Options.ConnectionLimit, -1)), int32(orElse(c.Options.SessionTimeout, 0)), syslogAccess(c.Options))
	if err != nil {
		return err
	}
	for _, group := range c.Options.InGroups {
		if err := cat.join(ctx, group, rows[0][0].(int32)); err != nil {
			return err
		}
	}
	return nil
}

func orElse[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// syslogAccess is what a user may see of the system tables: everything, for superusers.
func syslogAccess(o ast.UserOptions) string {
	switch {
	case o.SyslogAccess != "":
		return strings.ToUpper(o.SyslogAccess)
	case orElse(o.CreateUser, false):
		return "UNRESTRICTED"
	}
	return "RESTRICTED"
}

func checkTimeout(seconds *int) error {
	if s := orElse(seconds, 0); s != 0 && (s < 60 || s > 1728000) {
		return &pgwire.Error{Code: "22023", Message: "SESSION TIMEOUT takes 60 to 1728000 seconds"}
	}
	return nil
}

// freeName refuses a name that a user has, or that nobody may have.
func (cat *Catalog) freeName(ctx context.Context, name string) error {
	if strings.EqualFold(name, "public") || len(name) > 128 {
		return &pgwire.Error{Code: "42939", Message: fmt.Sprintf("user name %q is reserved", name)}
	}
	_, exists, err := cat.FindUser(ctx, name)
	if err == nil && exists {
		err = &pgwire.Error{Code: "42710", Message: fmt.Sprintf("user %q already exists", name)}
	}
	return err
}

// KnownUser is the user of a name, refused where there is none.
func (cat *Catalog) KnownUser(ctx context.Context, name string) (User, error) {
	found, exists, err := cat.FindUser(ctx, name)
	if err == nil && !exists {
		err = UnknownUser(name)
	}
	return found.User, err
}

// AlterUser is ALTER USER. Users who are no superusers change their own password and settings.
func (cat *Catalog) AlterUser(ctx context.Context, r *Rights, a *ast.AlterUser) error {
	found, err := cat.KnownUser(ctx, a.Name)
	if err != nil {
		return err
	}
	if !r.Superuser && !(found.ID == r.user.ID && onlyOwn(a)) {
		return MustBeSuperuser(r, "alter users")
	}
	switch {
	case a.Set != nil || a.Reset != "":
		return cat.userSetting(ctx, found.ID, a)
	case found.ID == AdminID:
		return &pgwire.Error{Code: "42501", Message: "the admin user is changed by the cluster's owner: use ModifyCluster"}
	case a.NewName != "":
		return cat.renameUser(ctx, r, found, a.NewName)
	}
	return cat.changeUser(ctx, found.ID, a.Options)
}

// onlyOwn says whether users may change this of themselves: the password and the settings that their sessions begin with.
func onlyOwn(a *ast.AlterUser) bool {
	o := a.Options
	o.Password = nil
	return a.NewName == "" && o.CreateDB == nil && o.CreateUser == nil && o.SyslogAccess == "" && o.ValidUntil == nil && o.ConnectionLimit == nil && o.SessionTimeout == nil
}

func (cat *Catalog) userSetting(ctx context.Context, id int32, a *ast.AlterUser) error {
	name := a.Reset
	if a.Set != nil {
		name = a.Set.Name
	}
	name = strings.ToLower(name)
	if _, err := cat.Change(ctx, cat.Own("DELETE FROM catalog.user_settings WHERE id = $1 AND (name = $2 OR $2 = 'all')"), id, name); err != nil {
		return err
	}
	if a.Set == nil || a.Set.Default {
		return nil
	}
	_, err := cat.Change(ctx, cat.Own("INSERT INTO catalog.user_settings VALUES ($1, $2, $3)"), id, name, a.Set.Value)
	return err
}

func (cat *Catalog) renameUser(ctx context.Context, r *Rights, found User, name string) error {
	if found.ID == r.user.ID || found.ID == cat.Login.ID {
		return &pgwire.Error{Code: "0A000", Message: "session user may not be renamed"}
	}
	if err := cat.freeName(ctx, name); err != nil {
		return err
	}
	_, err := cat.Change(ctx, cat.Own("UPDATE catalog.users SET name = $2 WHERE id = $1"), found.ID, name)
	return err
}

func (cat *Catalog) changeUser(ctx context.Context, id int32, o ast.UserOptions) error {
	set := func(column string, value any) error {
		_, err := cat.Change(ctx, cat.Own("UPDATE catalog.users SET "+column+" = $2 WHERE id = $1"), id, value)
		return err
	}
	var errs []error
	if o.Password != nil {
		verifier, err := verifierOf(o.Password)
		if err != nil {
			return err
		}
		errs = append(errs, set("verifier", verifier))
	}
	if o.ValidUntil != nil {
		until, err := validUntil(*o.ValidUntil)
		if err != nil {
			return err
		}
		errs = append(errs, set("valid_until", until))
	}
	if o.CreateUser != nil {
		errs = append(errs, set("superuser", *o.CreateUser))
	}
	if o.CreateDB != nil {
		errs = append(errs, set("createdb", *o.CreateDB))
	}
	if o.ConnectionLimit != nil {
		errs = append(errs, set("connection_limit", int32(*o.ConnectionLimit)))
	}
	if o.SessionTimeout != nil {
		if err := checkTimeout(o.SessionTimeout); err != nil {
			return err
		}
		errs = append(errs, set("session_timeout", int32(*o.SessionTimeout)))
	}
	if o.SyslogAccess != "" {
		errs = append(errs, set("syslog_access", strings.ToUpper(o.SyslogAccess)))
	}
	return errors.Join(errs...)
}

// DropUser is DROP USER. It refuses to drop users who own something, have a privilege, or have granted one that is still there.
func (cat *Catalog) DropUser(ctx context.Context, r *Rights, found User) error {
	if found.ID == AdminID || found.ID == r.user.ID || found.ID == cat.Login.ID {
		return &pgwire.Error{Code: "55006", Message: fmt.Sprintf("user %q can't be dropped: it is the admin user or the one of this session", found.Name)}
	}
	for reason, query := range map[string]string{
		"the user owns some object":               "SELECT 1 FROM catalog.objects WHERE owner = $1 LIMIT 1",
		"the user has a privilege on some object": "SELECT 1 FROM catalog.grants WHERE grantee_kind = 'user' AND grantee = $1 LIMIT 1",
		"the user has granted a privilege":        "SELECT 1 FROM catalog.grants WHERE grantor = $1 LIMIT 1",
		"default privileges name the user":        "SELECT 1 FROM catalog.default_grants WHERE owner = $1 OR grantee_kind = 'user' AND grantee = $1 LIMIT 1",
	} {
		rows, err := cat.Rows(ctx, cat.Own(query), found.ID)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return &pgwire.Error{Code: "2BP01", Message: fmt.Sprintf("user %q can't be dropped because %s", found.Name, reason)}
		}
	}
	for _, statement := range []string{
		"DELETE FROM catalog.members WHERE user_id = $1", "DELETE FROM catalog.user_settings WHERE id = $1", "DELETE FROM catalog.users WHERE id = $1",
	} {
		if _, err := cat.Change(ctx, cat.Own(statement), found.ID); err != nil {
			return err
		}
	}
	return nil
}
