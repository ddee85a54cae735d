package catalog

import (
	"context"
	"fmt"
	"slices"

	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// object is a relation, a schema (without a name) or the database (without a schema either), as the catalogue keeps it.
type object struct {
	Schema, name string
	kind         string // "table", "view", "schema" or "database"
	owner        int32
	traced       bool            // what the view reads is known
	held         map[string]bool // the privileges that the user holds by grants, and whether with the grant option
}

// Planned is the object as plans name it.
func (o object) Planned() print.Object {
	return print.Object{Schema: o.Schema, Name: o.name, Kind: o.kind, Owner: o.owner, Traced: o.traced}
}

// Rights says what one user may do, as the transaction sees it in which it was loaded.
type Rights struct {
	catalog   *Catalog
	user      User
	Superuser bool
	Gone      bool // there is no such user any more, who may do nothing
	groups    []int32
	found     map[[2]string][]object
}

// RightsOf loads what there is to know of a user. The admin user may do everything; a user who is gone may do nothing.
func (cat *Catalog) RightsOf(ctx context.Context, of User) (*Rights, error) {
	r := &Rights{catalog: cat, user: of, Superuser: of.ID == AdminID, found: map[[2]string][]object{}}
	if r.Superuser {
		return r, nil
	}
	rows, err := cat.ask(ctx, "SELECT superuser FROM catalog.users WHERE id = $1", of.ID)
	if err != nil {
		return nil, err
	}
	if r.Gone = len(rows) == 0; r.Gone {
		return r, nil
	}
	r.Superuser, r.groups = rows[0][0].(bool), slices.Clone(of.Joined)
	memberships, err := cat.ask(ctx, "SELECT group_id FROM catalog.members WHERE user_id = $1", of.ID)
	for _, row := range memberships {
		r.groups = append(r.groups, row[0].(int32))
	}
	return r, err
}

// relations are the relations of a name, in whatever schema.
func (r *Rights) relations(ctx context.Context, name string) ([]object, error) {
	return r.lookUp(ctx, [2]string{"", name}, "name <> '' AND lower(name) = lower($1)", name)
}

// Schemas are the schemas of a name; there is one at most, unless they differ in letters that only Unicode folds.
func (r *Rights) Schemas(ctx context.Context, name string) ([]object, error) { //nolint:revive // what an object is to others, its methods say
	return r.lookUp(ctx, [2]string{name, ""}, "name = '' AND lower(schema_name) = lower($1)", name)
}

// lookUp asks two plain questions, which the engine answers much sooner than one with a join.
func (r *Rights) lookUp(ctx context.Context, key [2]string, where, name string) ([]object, error) {
	if objects, known := r.found[key]; known {
		return objects, nil
	}
	rows, err := r.catalog.ask(ctx, "SELECT schema_name, name, kind, owner, traced FROM catalog.objects WHERE "+where, name)
	if err != nil {
		return nil, err
	}
	var objects []object
	for _, row := range rows {
		objects = append(objects, object{
			Schema: row[0].(string), name: row[1].(string), kind: row[2].(string), owner: row[3].(int32), traced: row[4].(bool), held: map[string]bool{}})
	}
	if err := r.addGrants(ctx, objects, where, name); err != nil {
		return nil, err
	}
	r.found[key] = objects
	return objects, nil
}

func (r *Rights) addGrants(ctx context.Context, objects []object, where, name string) error {
	rows, err := r.catalog.ask(ctx, "SELECT schema_name, name, grantee_kind, grantee, privilege, grantable FROM catalog.grants WHERE "+where, name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		privilege, grantable := row[4].(string), row[5].(bool)
		for _, o := range objects {
			if o.Schema == row[0] && o.name == row[1] && r.isGrantee(row[2].(string), row[3].(int32)) {
				o.held[privilege] = o.held[privilege] || grantable
			}
		}
	}
	return nil
}

func (r *Rights) isGrantee(kind string, id int32) bool {
	switch kind {
	case "public":
		return true
	case "group":
		return slices.Contains(r.groups, id)
	default:
		return id == r.user.ID
	}
}

// exactly finds the object of just these names.
func (r *Rights) exactly(ctx context.Context, schema, name string) (found object, exists bool, err error) {
	var objects []object
	switch {
	case name != "":
		objects, err = r.relations(ctx, name)
	case schema != "":
		objects, err = r.Schemas(ctx, schema)
	default:
		objects, err = r.lookUp(ctx, [2]string{}, "name = '' AND schema_name = $1", "")
	}
	for _, o := range objects {
		if o.Schema == schema && o.name == name {
			return o, true, nil
		}
	}
	return object{}, false, err
}

// Require refuses a user who does not have what is needed.
func (r *Rights) Require(ctx context.Context, n print.Need) error { return r.requireBehind(ctx, n, 0) }

// requireBehind is require for what a statement reads through a number of views.
func (r *Rights) requireBehind(ctx context.Context, n print.Need, views int) error {
	if r.Superuser {
		return nil
	}
	o, exists, err := r.exactly(ctx, n.Schema, n.Name)
	switch {
	case err != nil:
		return err
	case !exists && n.Name != "":
		return sqlstate.NoRelation(n.Name)
	case !exists:
		return sqlstate.NoSchema(n.Schema)
	}
	if n.Name != "" {
		if err := r.Require(ctx, print.Need{Schema: n.Schema, Privileges: []string{"usage"}}); err != nil {
			return err
		}
	}
	enough, err := r.holdsOne(ctx, o, n.Privileges)
	if err != nil {
		return err
	}
	if !enough {
		return denied(o, n)
	}
	if o.kind == "view" && slices.Contains(n.Privileges, "select") {
		return r.reach(ctx, o, views+1)
	}
	return nil
}

func (r *Rights) holdsOne(ctx context.Context, o object, privileges []string) (bool, error) {
	for _, privilege := range privileges {
		_, granted := o.held[privilege]
		switch {
		case privilege == print.Superior:
			continue
		case o.owner == r.user.ID, granted:
			return true, nil
		case privilege == print.OwningSchema:
			schema, exists, err := r.exactly(ctx, o.Schema, "")
			if err != nil || exists && schema.owner == r.user.ID {
				return exists, err
			}
		}
	}
	return false, nil
}

// maxViews bounds how many views may stand one upon another.
const maxViews = 100

// reach refuses a view whose owner may not read what the view reads: a view gives away what is its owner's, and no more.
func (r *Rights) reach(ctx context.Context, view object, views int) error {
	owner, err := r.catalog.RightsOf(ctx, User{ID: view.owner})
	if err != nil || owner.Superuser {
		return err
	}
	if !view.traced || views > maxViews {
		return &pgwire.Error{Code: "42501", Message: fmt.Sprintf("permission denied for view %s: create it again", view.name)}
	}
	rows, err := r.catalog.ask(ctx, "SELECT read_schema, read_name FROM catalog.view_reads WHERE schema_name = $1 AND name = $2", view.Schema, view.name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := owner.requireBehind(ctx, print.Need{Schema: row[0].(string), Name: row[1].(string), Privileges: []string{"select"}}, views); err != nil {
			return err
		}
	}
	return nil
}

// denied says in Redshift's words what was refused.
func denied(o object, n print.Need) error {
	switch {
	case len(n.Privileges) > 0 && n.Privileges[0] == print.Superior:
		return &pgwire.Error{Code: "42501", Message: "permission denied: must be superuser"}
	case o.kind == "database":
		return &pgwire.Error{Code: "42501", Message: "permission denied for database"}
	case o.kind == "schema" && len(n.Privileges) > 0 && n.Privileges[0] == print.Owning:
		return &pgwire.Error{Code: "42501", Message: "must be owner of schema " + o.Schema}
	case o.kind == "schema":
		return &pgwire.Error{Code: "42501", Message: "permission denied for schema " + o.Schema}
	case len(n.Privileges) > 0 && n.Privileges[0] == print.Owning:
		return &pgwire.Error{Code: "42501", Message: "must be owner of relation " + o.name}
	}
	return &pgwire.Error{Code: "42501", Message: "permission denied for relation " + o.name}
}
