package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// The privileges that there are on each kind of object.
var (
	relationPrivileges = []string{"select", "insert", "update", "delete", "references", "drop", "alter", "truncate"}
	schemaPrivileges   = []string{"create", "usage", "alter", "drop"}
	databasePrivileges = []string{"create", "temporary", "alter", "usage"}
)

// grantee is whom a privilege is given to; id is 0 for everybody.
type grantee struct {
	kind   string
	id     int32
	option bool
}

// change of privileges: which, on what, for whom.
type privilegeChange struct {
	privileges []string
	objects    []object
	grantees   []grantee
}

// read finds what a GRANT or REVOKE names.
func (cat *Catalog) readRights(ctx context.Context, r *Rights, given ast.Rights) (privilegeChange, error) {
	change, allowed := privilegeChange{}, relationPrivileges
	var err error
	switch given.Kind {
	case "schema":
		allowed = schemaPrivileges
		change.objects, err = cat.schemasNamed(ctx, r, given.On)
	case "database":
		allowed = databasePrivileges
		change.objects, err = cat.databaseNamed(ctx, r, given.On)
	case "all tables":
		change.objects, err = cat.relationsIn(ctx, r, given.On)
	case "table":
		change.objects, err = cat.relationsNamed(ctx, r, given.On)
	}
	if err != nil {
		return change, err
	}
	if change.privileges, err = privilegesFrom(given, allowed); err != nil {
		return change, err
	}
	change.grantees, err = cat.granteesNamed(ctx, given.Grantees)
	return change, err
}

func privilegesFrom(given ast.Rights, allowed []string) ([]string, error) {
	if given.Privileges == nil {
		return allowed, nil
	}
	for _, privilege := range given.Privileges {
		if !slices.Contains(allowed, privilege) {
			return nil, &pgwire.Error{Code: "0LP01", Message: fmt.Sprintf("invalid privilege type %s for %s", strings.ToUpper(privilege), strings.TrimPrefix(given.Kind, "all "))}
		}
	}
	return given.Privileges, nil
}

func (cat *Catalog) granteesNamed(ctx context.Context, named []ast.Grantee) (list []grantee, err error) {
	for _, one := range named {
		found := grantee{kind: one.Kind, option: one.Option}
		switch one.Kind {
		case "user":
			var known User
			known, err = cat.KnownUser(ctx, one.Name)
			found.id = known.ID
		case "group":
			found.id, err = cat.KnownGroup(ctx, one.Name)
		}
		if err != nil {
			return nil, err
		}
		if one.Option && one.Kind != "user" {
			return nil, &pgwire.Error{Code: "0LP01", Message: "grant options can only be granted to users"}
		}
		list = append(list, found)
	}
	return list, nil
}

func (cat *Catalog) relationsNamed(ctx context.Context, r *Rights, names []ast.Name) (list []object, err error) {
	for _, name := range names {
		if len(name) == 3 && name[0] == cat.database {
			name = name[1:]
		}
		found, err := cat.Find(ctx, r, name)
		if err != nil {
			return nil, err
		}
		if found.Kind != print.Stored {
			return nil, sqlstate.NoRelation(strings.Join(name, "."))
		}
		o, _, err := r.exactly(ctx, found.Object.Schema, found.Object.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

func (cat *Catalog) schemasNamed(ctx context.Context, r *Rights, names []ast.Name) (list []object, err error) {
	for _, name := range names {
		schemas, err := r.Schemas(ctx, name.Last())
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(schemas, func(o object) bool { return len(name) == 1 && SameName(o.Schema, name.Last()) })
		if at < 0 {
			return nil, sqlstate.NoSchema(strings.Join(name, "."))
		}
		list = append(list, schemas[at])
	}
	return list, nil
}

func (cat *Catalog) databaseNamed(ctx context.Context, r *Rights, names []ast.Name) ([]object, error) {
	for _, name := range names {
		if len(name) != 1 || name[0] != cat.database {
			return nil, &pgwire.Error{Code: "3D000", Message: fmt.Sprintf("database %q does not exist", strings.Join(name, "."))}
		}
	}
	database, _, err := r.exactly(ctx, "", "")
	return []object{database}, err
}

func (cat *Catalog) relationsIn(ctx context.Context, r *Rights, names []ast.Name) (list []object, err error) {
	schemas, err := cat.schemasNamed(ctx, r, names)
	if err != nil {
		return nil, err
	}
	for _, schema := range schemas {
		rows, err := cat.Rows(ctx, cat.Own("SELECT name FROM catalog.objects WHERE schema_name = $1 AND name <> '' ORDER BY name"), schema.Schema)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			o, exists, err := r.exactly(ctx, schema.Schema, row[0].(string))
			if err != nil {
				return nil, err
			}
			if exists {
				list = append(list, o)
			}
		}
	}
	return list, nil
}

// mayGrant says whether the user owns the object or holds the privilege with the grant option.
func (r *Rights) mayGrant(o object, privilege string) bool {
	return r.Superuser || o.owner == r.user.ID || o.held[privilege]
}

// Grant is GRANT, by who may grant each of the privileges. One that is there already gains the option to grant it at most.
func (cat *Catalog) Grant(ctx context.Context, r *Rights, g *ast.Grant) error {
	change, err := cat.readRights(ctx, r, g.Rights)
	if err != nil {
		return err
	}
	return change.each(r, func(o object, privilege string, to grantee) error {
		if _, err := cat.Change(ctx, cat.Own(`UPDATE catalog.grants SET grantable = true, grantor = $6 WHERE schema_name = $1 AND name = $2 AND grantee_kind = $3 AND grantee = $4
			AND privilege = $5 AND $7`), o.Schema, o.name, to.kind, to.id, privilege, r.user.ID, to.option); err != nil {
			return err
		}
		_, err := cat.Change(ctx, cat.Own(`INSERT INTO catalog.grants SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM catalog.grants
			WHERE schema_name = $1 AND name = $2 AND grantee_kind = $3 AND grantee = $4 AND privilege = $5)`), o.Schema, o.name, to.kind, to.id, privilege, to.option, r.user.ID)
		return err
	})
}

// each calls act for every privilege that is to change, unless the user may not give and take it.
func (c privilegeChange) each(r *Rights, act func(o object, privilege string, to grantee) error) error {
	for _, o := range c.objects {
		for _, privilege := range c.privileges {
			if !r.mayGrant(o, privilege) {
				return denied(o, print.Need{Privileges: []string{privilege}})
			}
			for _, to := range c.grantees {
				if err := act(o, privilege, to); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Revoke is REVOKE. Privileges that the grantee has passed on go too under CASCADE, and hold it up otherwise.
func (cat *Catalog) Revoke(ctx context.Context, r *Rights, revoked *ast.Revoke) error {
	change, err := cat.readRights(ctx, r, revoked.Rights)
	if err != nil {
		return err
	}
	return change.each(r, func(o object, privilege string, from grantee) error {
		return revocation{cat, o, privilege, revoked.Behaviour == "cascade", revoked.OptionOnly}.from(ctx, r, from, nil)
	})
}

// revocation takes one privilege on one object away.
type revocation struct {
	catalog    *Catalog
	object     object
	privilege  string
	cascade    bool
	optionOnly bool
}

// from takes the privilege from a grantee, and with CASCADE from everybody whom that grantee gave it. Who is neither a superuser nor the owner takes
// back only what he gave.
func (v revocation) from(ctx context.Context, r *Rights, from grantee, through []int32) error {
	s, o := v.catalog, v.object
	if from.kind == "user" && !slices.Contains(through, from.id) {
		if err := v.dependents(ctx, r, from.id, append(through, from.id)); err != nil {
			return err
		}
	}
	statement := "DELETE FROM catalog.grants"
	if v.optionOnly {
		statement = "UPDATE catalog.grants SET grantable = false"
	}
	everybodys := r.Superuser || o.owner == r.user.ID || len(through) > 0
	_, err := s.Change(ctx, s.Own(statement+` WHERE schema_name = $1 AND name = $2 AND grantee_kind = $3 AND grantee = $4 AND privilege = $5 AND ($6 OR grantor = $7)`),
		o.Schema, o.name, from.kind, from.id, v.privilege, everybodys, r.user.ID)
	return err
}

// dependents are the privileges that a grantee has passed on.
func (v revocation) dependents(ctx context.Context, r *Rights, grantor int32, through []int32) error {
	s, o := v.catalog, v.object
	if grantor == o.owner || grantor == r.user.ID {
		return nil
	}
	rows, err := s.Rows(ctx, s.Own("SELECT grantee_kind, grantee FROM catalog.grants WHERE schema_name = $1 AND name = $2 AND privilege = $3 AND grantor = $4"),
		o.Schema, o.name, v.privilege, grantor)
	if err != nil {
		return err
	}
	if len(rows) > 0 && !v.cascade {
		return &pgwire.Error{Code: "2BP01", Message: "dependent privileges exist: use CASCADE to revoke them too"}
	}
	passed := v
	passed.optionOnly = false
	for _, row := range rows {
		if err := passed.from(ctx, r, grantee{kind: row[0].(string), id: row[1].(int32)}, through); err != nil {
			return err
		}
	}
	return nil
}

// DefaultPrivileges changes what relations that a user makes from now on grant by themselves.
func (cat *Catalog) DefaultPrivileges(ctx context.Context, r *Rights, d *ast.DefaultPrivileges) error {
	owners, schemas, err := cat.defaultsOf(ctx, r, d)
	if err != nil {
		return err
	}
	given, revokes := ast.Rights{}, false
	switch change := d.Change.(type) {
	case *ast.Grant:
		given = change.Rights
	case *ast.Revoke:
		given, revokes = change.Rights, true
	}
	change, err := cat.readRights(ctx, r, given)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		for _, schema := range schemas {
			for _, privilege := range change.privileges {
				for _, to := range change.grantees {
					if err := cat.setDefault(ctx, owner, schema, privilege, to, revokes); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// defaultsOf are the users and the schemas that a statement is about; the empty schema stands for all.
func (cat *Catalog) defaultsOf(ctx context.Context, r *Rights, d *ast.DefaultPrivileges) (owners []int32, schemas []string, err error) {
	if d.Users == nil {
		owners = []int32{r.user.ID}
	}
	for _, name := range d.Users {
		found, err := cat.KnownUser(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		if found.ID != r.user.ID && !r.Superuser {
			return nil, nil, MustBeSuperuser(r, "alter the default privileges of others")
		}
		owners = append(owners, found.ID)
	}
	if d.Schemas == nil {
		return owners, []string{""}, nil
	}
	for _, name := range d.Schemas {
		found, err := cat.schemasNamed(ctx, r, []ast.Name{{name}})
		if err != nil {
			return nil, nil, err
		}
		schemas = append(schemas, found[0].Schema)
	}
	return owners, schemas, nil
}

func (cat *Catalog) setDefault(ctx context.Context, owner int32, schema, privilege string, to grantee, revokes bool) error {
	if _, err := cat.Change(ctx, cat.Own("DELETE FROM catalog.default_grants WHERE owner = $1 AND schema_name = $2 AND grantee_kind = $3 AND grantee = $4 AND privilege = $5"),
		owner, schema, to.kind, to.id, privilege); err != nil || revokes {
		return err
	}
	_, err := cat.Change(ctx, cat.Own("INSERT INTO catalog.default_grants VALUES ($1, $2, $3, $4, $5, $6)"), owner, schema, to.kind, to.id, privilege, to.option)
	return err
}
