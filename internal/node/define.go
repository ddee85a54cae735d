package node

import (
	"context"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
)

// define admits the statements that make, change and drop relations and schemas, the admin user's too: the catalogue keeps whose they are.
func (a *clearance) define(parsed ast.Statement) (_ ast.Statement, err error) {
	switch s := parsed.(type) {
	case *ast.CreateTable:
		return a.createTable(s)
	case *ast.CreateTableAs:
		out := *s
		out.Name, err = a.makeTable(s.Name, s.Temp)
		return &out, err
	case *ast.CreateView:
		return a.createView(s)
	case *ast.CreateSchema:
		return a.createSchema(s)
	case *ast.AlterSchema:
		return a.alterSchema(s)
	case *ast.Drop:
		return a.drop(s)
	case *ast.AlterTable:
		return a.alterTable(s)
	case *ast.Truncate:
		out := *s
		out.Table, err = a.target(s.Table, "truncate", owning)
		return &out, err
	case *ast.Comment:
		return a.comment(s)
	}
	a.superuserOnly()
	return parsed, nil
}

// makeTable admits a table that is made, and has the catalogue keep whose it is.
func (a *clearance) makeTable(name ast.Name, temporary bool) (ast.Name, error) {
	full, err := a.creation(name, temporary)
	if err == nil && !temporary {
		a.keep(full, "table", false)
	}
	return full, err
}

// keep has the relation entered into the catalogue once it is made.
func (a *clearance) keep(name ast.Name, kind string, traced bool) {
	s, access := a.session, a.access
	access.after = func(ctx context.Context) error {
		return s.enterObject(ctx, object{schema: name.Schema(), name: name.Last(), kind: kind, owner: s.user.id, traced: traced}, access.reads)
	}
}

func (a *clearance) createTable(s *ast.CreateTable) (ast.Statement, error) {
	out := *s
	var err error
	if out.Name, err = a.makeTable(s.Name, s.Temp); err != nil {
		return nil, err
	}
	if s.Like != nil {
		like := *s.Like
		if like.Table, err = a.target(s.Like.Table, "select"); err != nil {
			return nil, err
		}
		out.Like = &like
	}
	return &out, a.references(s)
}

// references admits the tables that foreign keys name. The engine does not see them.
func (a *clearance) references(s *ast.CreateTable) error {
	var named []*ast.References
	for i := range s.Columns {
		named = append(named, s.Columns[i].References)
	}
	for i := range s.Constraints {
		named = append(named, s.Constraints[i].References)
	}
	for _, reference := range named {
		if reference == nil || a.everything() || sameName(reference.Table.Last(), s.Name.Last()) {
			continue
		}
		if _, err := a.target(reference.Table, "references"); err != nil {
			return err
		}
	}
	return nil
}

func (a *clearance) createView(s *ast.CreateView) (ast.Statement, error) {
	a.tracing = true
	out := *s
	var err error
	if out.Name, err = a.creation(s.Name, false); err != nil {
		return nil, err
	}
	if s.OrReplace {
		found, err := a.place(out.Name)
		if err != nil {
			return nil, err
		}
		if found.kind == "object" {
			a.need(found.object, owning)
			out.Name = found.name
		}
	}
	a.keep(out.Name, "view", true)
	return &out, nil
}

func (a *clearance) createSchema(s *ast.CreateSchema) (ast.Statement, error) {
	if len(s.Name) > 1 {
		return nil, &pgwire.Error{Code: "0A000", Message: `cross-database references are not supported: "` + strings.Join(s.Name, ".") + `"`}
	}
	a.access.needs = append(a.access.needs, need{privileges: []string{"create"}})
	owner := a.session.user
	if s.Owner != "" && s.Owner != owner.name {
		a.superuserOnly()
		found, err := a.user(s.Owner)
		if err != nil {
			return nil, err
		}
		owner = found
	}
	a.access.after = func(ctx context.Context) error {
		return a.session.enterSchema(ctx, s.Name.Last(), owner.id)
	}
	return s, nil
}

// user finds a user by name.
func (a *clearance) user(name string) (user, error) {
	if err := a.session.enter(a.ctx); err != nil {
		return user{}, err
	}
	found, exists, err := a.session.findUser(a.ctx, name)
	if err == nil && !exists {
		err = unknownUser(name)
	}
	return found.user, err
}

func (a *clearance) alterSchema(s *ast.AlterSchema) (ast.Statement, error) {
	found, exists, err := a.schema(s.Name.Last())
	switch {
	case err != nil:
		return nil, err
	case !exists || len(s.Name) > 1:
		return nil, noSchema(strings.Join(s.Name, "."))
	case s.Owner == "":
		a.superuserOnly()
		return s, nil
	}
	return s, a.changeOwner(found, s.Owner)
}

// changeOwner is for superusers: whoever gives a view away would have it read what only the new owner may.
func (a *clearance) changeOwner(o object, name string) error {
	a.superuserOnly()
	owner, err := a.user(name)
	if err != nil {
		return err
	}
	if o.kind == "view" && !o.traced && owner.id != adminID {
		return &pgwire.Error{Code: "0A000", Message: "the view " + o.name + " was made by an earlier version: create it again before it gets another owner"}
	}
	a.access.after = func(ctx context.Context) error { return a.session.setOwner(ctx, o, owner.id) }
	return nil
}

func (a *clearance) drop(s *ast.Drop) (ast.Statement, error) {
	out := *s
	out.Names = nil
	for _, name := range s.Names {
		full, err := a.dropped(s, name)
		if err != nil {
			return nil, err
		}
		out.Names = append(out.Names, full)
	}
	a.access.after = a.session.forgetObjects
	return &out, nil
}

func (a *clearance) dropped(s *ast.Drop, name ast.Name) (ast.Name, error) {
	if s.Object == "schema" {
		found, exists, err := a.schema(name.Last())
		if err != nil {
			return nil, err
		}
		if !exists || len(name) > 1 {
			return a.absent(s, name, noSchema(strings.Join(name, ".")))
		}
		a.need(found, owning, "drop")
		return ast.Name{found.schema}, nil
	}
	found, err := a.place(name)
	if err != nil {
		return nil, err
	}
	switch found.kind {
	case "object":
		a.need(found.object, owning, owningSchema, "drop")
		return found.name, nil
	case "temporary":
		return found.name, nil
	case "system":
		return nil, systemCatalog(name)
	}
	return a.absent(s, name, noRelation(strings.Join(name, ".")))
}

// absent is something to drop that is not there. The engine tells a superuser so, and for others IF EXISTS has to do.
func (a *clearance) absent(s *ast.Drop, name ast.Name, missing error) (ast.Name, error) {
	r, err := a.session.authority(a.ctx)
	switch {
	case err != nil:
		return nil, err
	case r.superuser:
		a.superuserOnly()
		return name, nil
	case !s.IfExists:
		return nil, missing
	}
	return ast.Name{"public", absentName}, nil
}

// absentName is a name that nothing has, for a DROP … IF EXISTS that is to drop nothing.
const absentName = "\x01 nothing"

func (a *clearance) alterTable(s *ast.AlterTable) (ast.Statement, error) {
	privileges := []string{owning, "alter"}
	if s.Action.Do == ast.ChangeOwner {
		privileges = []string{superior}
	}
	out := *s
	found, full, err := a.object(s.Table, privileges...)
	if err != nil {
		return nil, err
	}
	out.Table = full
	if found.kind == "" {
		return &out, nil
	}
	if found.kind == "view" && s.Action.Do != ast.ChangeOwner {
		return nil, &pgwire.Error{Code: "42809", Message: `"` + found.name + `" is not a table`}
	}
	if constraint := s.Action.Constraint; constraint != nil && constraint.References != nil && !a.everything() {
		if _, err := a.target(constraint.References.Table, "references"); err != nil {
			return nil, err
		}
	}
	switch s.Action.Do {
	case ast.ChangeOwner:
		return &out, a.changeOwner(found, s.Action.Name)
	case ast.RenameTable:
		a.need(object{schema: found.schema}, "create")
		a.access.after = func(ctx context.Context) error { return a.session.renameObject(ctx, found, s.Action.NewName) }
	}
	return &out, nil
}

// comment admits comments on relations and columns; those on anything else are not kept.
func (a *clearance) comment(s *ast.Comment) (ast.Statement, error) {
	if s.Object == "database" || s.Object == "constraint" || s.Object == "schema" {
		return s, nil
	}
	if a.everything() {
		return s, nil
	}
	out := *s
	relation := commented(s)
	full, err := a.target(relation, owning)
	out.Name = append(append(ast.Name{}, full...), s.Name[len(relation):]...)
	return &out, err
}
