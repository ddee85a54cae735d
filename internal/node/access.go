package node

import (
	"context"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
)

// translation is a statement in the engine's words, and what it takes to run it.
type translation struct {
	print.Translation
	access *access
}

// access is what a statement needs of the rights of the user it was prepared for.
type access struct {
	user    int32
	checked int // the session's epoch in which the needs were last held against the rights
	needs   []need
	reads   []object                    // what a query reads, for views
	after   func(context.Context) error // keeps in the catalogue what the statement has done
}

// check refuses a statement that the session's user may not run. A prepared one is checked again in each transaction: rights may have been taken
// away, and what it names may be another table by now.
func (s *session) check(ctx context.Context, a *access) error {
	if a == nil {
		return nil
	}
	if a.user != s.user.id {
		return &pgwire.Error{Code: "0A000", Message: "the statement was prepared by another user: prepare it again"}
	}
	if len(a.needs) == 0 || s.user.id == adminID {
		return nil
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	if a.checked == s.epoch {
		return nil
	}
	r, err := s.authority(ctx)
	if err != nil {
		return err
	}
	for _, n := range a.needs {
		if err := r.require(ctx, n); err != nil {
			return clientError(err, "")
		}
	}
	a.checked = s.epoch
	return nil
}

// translate says a statement in the engine's words, in which pg_catalog is what the prelude makes of it, and refuses one that the user may not run.
func (s *session) translate(ctx context.Context, parsed ast.Statement) (translation, error) {
	admitted := &clearance{ctx: ctx, session: s, access: &access{user: s.user.id}}
	statement, err := admitted.statement(parsed)
	if err != nil {
		return translation{}, err
	}
	t, err := s.inEngineWords(statement, admitted.resolver())
	if err != nil {
		return translation{}, err
	}
	return translation{t, admitted.access}, s.check(ctx, admitted.access)
}

// place is what a relation's name means.
type place struct {
	kind string // "object", "temporary", "system", or "" for nothing
	object
	name ast.Name // in full, for the engine
}

// find finds what a name means, in the order in which the engine looks: temporary tables, the schemas of the search path, the system's own.
func (s *session) find(ctx context.Context, r *rights, name ast.Name) (place, error) {
	if len(name) > 2 {
		return place{}, &pgwire.Error{Code: "0A000", Message: `cross-database references are not supported: "` + strings.Join(name, ".") + `"`}
	}
	if len(name) == 1 {
		if found := s.temporary(ctx, name.Last()); found != nil {
			return place{kind: "temporary", name: found}, nil
		}
	}
	relations, err := r.relations(ctx, name.Last())
	if err != nil {
		return place{}, err
	}
	for _, schema := range s.lookedIn(name) {
		for _, o := range relations {
			if sameName(o.schema, schema) && sameName(o.name, name.Last()) {
				return place{kind: "object", object: o, name: ast.Name{o.schema, o.name}}, nil
			}
		}
	}
	if full, known := systemRelation(name); known {
		return place{kind: "system", name: full}, nil
	}
	return place{}, nil
}

// lookedIn are the schemas in which a name is looked for.
func (s *session) lookedIn(name ast.Name) []string {
	if schema := name.Schema(); schema != "" {
		return []string{schema}
	}
	return s.path
}

// temporary is the full name of the session's temporary table; nil where there is none.
func (s *session) temporary(ctx context.Context, name string) ast.Name {
	if !s.temporaries {
		return nil
	}
	full := ast.Name{"temp", "main", name}
	statement, err := s.engine.Prepare(ctx, "SELECT 1 FROM "+tableName(full))
	if err != nil {
		return nil
	}
	statement.Close()
	return full
}

// sameName compares as the engine does, which tells only letters beyond ASCII apart by their case.
func sameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerASCII(a[i]) != lowerASCII(b[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
