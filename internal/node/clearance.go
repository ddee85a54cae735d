package node

import (
	"context"
	"fmt"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
)

// clearance finds out what a statement needs. The names of what it changes become full ones, and the translation asks resolve for the full name of
// every table that it reads, so that the engine is left no choice of what a name means.
type clearance struct {
	ctx     context.Context
	session *session
	access  *access
	tracing bool // the admin user's reads too are looked up, because a view keeps them
}

// everything says whether the user may do everything anyway, so that reads need not be looked up.
func (a *clearance) everything() bool { return a.session.user.id == adminID }

// resolver is what the translation asks about tables that are read.
func (a *clearance) resolver() func(ast.Name) (ast.Name, error) {
	if a.everything() && !a.tracing {
		return nil
	}
	return a.read
}

// read admits a table to a query.
func (a *clearance) read(name ast.Name) (ast.Name, error) {
	found, err := a.place(name)
	if err != nil {
		return name, err
	}
	switch found.kind {
	case "object":
		a.need(found.object, "select")
		a.access.reads = append(a.access.reads, found.object)
	case "temporary":
		if a.tracing {
			return name, &pgwire.Error{Code: "0A000", Message: "a view cannot read temporary tables"}
		}
	case "":
		return a.unknown(name)
	}
	return found.name, nil
}

// unknown is a name that means nothing. The engine tells a superuser so in its own words, and may know it all the same.
func (a *clearance) unknown(name ast.Name) (ast.Name, error) {
	r, err := a.session.authority(a.ctx)
	if err != nil {
		return name, err
	}
	if !r.superuser {
		return name, noRelation(strings.Join(name, "."))
	}
	a.access.needs = append(a.access.needs, need{privileges: []string{superior}})
	return name, nil
}

// place finds what a name means, inside the transaction.
func (a *clearance) place(name ast.Name) (place, error) {
	if err := a.session.enter(a.ctx); err != nil {
		return place{}, err
	}
	if len(name) == 3 && name[0] == a.session.startup.Database {
		name = name[1:]
	}
	r, err := a.session.authority(a.ctx)
	if err != nil {
		return place{}, err
	}
	return a.session.find(a.ctx, r, name)
}

func (a *clearance) need(o object, privileges ...string) {
	a.access.needs = append(a.access.needs, need{o.schema, o.name, privileges})
}

// target admits a relation that the statement changes, and returns its full name.
func (a *clearance) target(name ast.Name, privileges ...string) (ast.Name, error) {
	_, full, err := a.object(name, privileges...)
	return full, err
}

// object is target with what the catalogue keeps of the relation. A temporary table and one that is not there have no entry.
func (a *clearance) object(name ast.Name, privileges ...string) (object, ast.Name, error) {
	found, err := a.place(name)
	if err != nil {
		return object{}, name, err
	}
	switch found.kind {
	case "object":
		a.need(found.object, privileges...)
	case "system":
		return object{}, name, systemCatalog(name)
	case "":
		full, err := a.unknown(name)
		return object{}, full, err
	}
	return found.object, found.name, nil
}

func systemCatalog(name ast.Name) error {
	return &pgwire.Error{Code: "42501", Message: fmt.Sprintf("permission denied: %q is a system catalog", name.Last())}
}

// creation admits the making of a relation, and returns its full name.
func (a *clearance) creation(name ast.Name, temporary bool) (ast.Name, error) {
	s := a.session
	if err := s.enter(a.ctx); err != nil {
		return name, err
	}
	if temporary {
		if len(name) > 1 {
			return name, &pgwire.Error{Code: "42P16", Message: "temporary tables cannot specify a schema name"}
		}
		s.temporaries = true
		a.access.needs = append(a.access.needs, need{privileges: []string{"temporary"}})
		return name, nil
	}
	if len(name) == 3 && name[0] == s.startup.Database {
		name = name[1:]
	}
	schema := name.Schema()
	if schema == "" && len(s.path) > 0 {
		schema = s.path[0]
	}
	if schema == "" {
		return name, &pgwire.Error{Code: "3F000", Message: "no schema has been selected to create in"}
	}
	found, exists, err := a.schema(schema)
	if err != nil {
		return name, err
	}
	if !exists || len(name) > 2 {
		return a.nowhere(name, schema)
	}
	a.need(found, "create")
	return ast.Name{found.schema, name.Last()}, nil
}

// nowhere is a relation to be made in a schema that is not there, of which the engine tells a superuser.
func (a *clearance) nowhere(name ast.Name, schema string) (ast.Name, error) {
	r, err := a.session.authority(a.ctx)
	if err == nil && !r.superuser {
		err = noSchema(schema)
	}
	a.access.needs = append(a.access.needs, need{privileges: []string{superior}})
	return name, err
}

// schema finds a schema of the user's, never one of the system's.
func (a *clearance) schema(name string) (found object, exists bool, err error) {
	if err := a.session.enter(a.ctx); err != nil {
		return object{}, false, err
	}
	r, err := a.session.authority(a.ctx)
	if err != nil {
		return object{}, false, err
	}
	schemas, err := r.schemas(a.ctx, name)
	for _, o := range schemas {
		if sameName(o.schema, name) {
			return o, true, err
		}
	}
	return object{}, false, err
}

// superuserOnly admits nobody else.
func (a *clearance) superuserOnly() {
	a.access.needs = append(a.access.needs, need{privileges: []string{superior}})
}
