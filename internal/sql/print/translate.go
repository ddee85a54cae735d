// Package print makes a statement one value, a [Plan]: what it needs of the user's rights, what the engine, DuckDB, runs, and
// what the catalog keeps that the engine has no notion of: owners, distribution and sort keys, encodings, identities.
//
// [Translate] has one method for each kind of statement, which says all three. Engine SQL is written by the printer of package
// ast, which asks the translator as the engine's dialect for each name, type and expression; names become full ones nowhere
// else, and what is written is never read again.
//
// What names mean, the package asks a [Catalog]. It refuses to know what type a column has, or how anything is run. A function
// that it has never heard of passes through unchanged, since the engine knows many of Redshift's.
package print

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// Translate says a statement in the engine's words. The error is an *sqlstate.Error, or one of the catalog's.
func Translate(stmt ast.Statement, session Session) (Plan, error) {
	t := &translator{session: session}
	out, err := t.statement(stmt)
	if t.err != nil {
		err = t.err
	}
	if err != nil {
		return Plan{}, err
	}
	out.Params, out.Needs, out.Keeps = t.params, t.needs, t.keeps
	if out.Keeps.Made != nil {
		out.Keeps.Reads = t.reads
	}
	return out, nil
}

// translator is the engine's dialect: the printer asks it what to write.
type translator struct {
	session Session
	params  int
	err     error               // the first refusal
	keeping bool                // what is written outlives the session: a view, a column's default
	scopes  []map[string]string // of the queries around, innermost last: what their common table expressions are called
	commons int

	needs   []Need
	reads   []Object
	keeps   Keeps
	tracing bool // the admin user's reads too are looked up, because a view keeps them
	late    bool // what is read need not be there, nor be the user's to read
}

func (t *translator) Engine() bool             { return true }
func (t *translator) Text(value string) string { return ast.QuoteText(value) }

// refuse keeps the first refusal; Translate returns it when the statement is written.
func (t *translator) refuse(err error) {
	if t.err == nil {
		t.err = err
	}
}

// print writes a tree in the engine's words.
func (t *translator) print(write func(*ast.Printer)) string {
	p := &ast.Printer{Dialect: t}
	write(p)
	return p.String()
}

func (t *translator) TypeName(typ ast.Type) string {
	name, err := engineType(typ)
	if err != nil {
		t.refuse(err)
	}
	return name
}

// Name drops what the engine does not want before a name: the session's own database, and pg_catalog, which qualified would mean the engine's own.
func (t *translator) Name(name ast.Name) ast.Name {
	if isFile(name) {
		t.refuse(sqlstate.NoRelation(strings.Join(name, ".")))
	}
	t.hideSchema(name)
	name = t.local(name)
	if len(name) == 2 && name[0] == catalogSchema {
		return name[1:]
	}
	return name
}

// The schemas of the system's own relations. What they hold is the session's to say.
const (
	catalogSchema     = "pg_catalog"
	informationSchema = "information_schema"
)

// statement plans a statement. Every kind has one method that says what it needs, what is run for it and what is kept of it.
func (t *translator) statement(stmt ast.Statement) (Plan, error) {
	switch s := stmt.(type) {
	case *ast.Query:
		return t.query(s), nil
	case *ast.Insert:
		return t.insert(s), nil
	case *ast.Update:
		return t.update(s), nil
	case *ast.Delete:
		return t.delete(s), nil
	case *ast.Explain:
		return t.explain(s)
	case *ast.CopyStdio:
		return t.copy(s)
	case *ast.Unsupported:
		return Plan{}, sqlstate.Unsupported(0, "%s is not supported yet", s.Feature)
	case *ast.CreateTable:
		return t.createTable(s), nil
	case *ast.CreateTableAs:
		return t.createTableAs(s), nil
	case *ast.CreateView:
		return t.createView(s), nil
	case *ast.CreateSchema:
		return t.createSchema(s), nil
	case *ast.AlterSchema:
		return t.alterSchema(s), nil
	case *ast.Drop:
		return t.drop(s), nil
	case *ast.AlterTable:
		return t.alterTable(s), nil
	case *ast.Truncate:
		return t.truncate(s), nil
	case *ast.Comment:
		return t.comment(s), nil
	case *ast.Analyze:
		return t.analyze(s), nil
	case *ast.Vacuum:
		return t.vacuum(s), nil
	case *ast.Lock:
		return t.lock(s), nil
	}
	return t.aboutTheSession(stmt)
}

// aboutTheSession plans the statements that change nothing in the database but users and their privileges.
func (t *translator) aboutTheSession(stmt ast.Statement) (Plan, error) {
	switch s := stmt.(type) {
	case *ast.Begin:
		return begin(s), nil
	case *ast.Commit:
		return Plan{Kind: KindCommit, Tag: "COMMIT", Runs: []string{"COMMIT"}}, nil
	case *ast.Rollback:
		return Plan{Kind: KindRollback, Tag: "ROLLBACK", Runs: []string{"ROLLBACK"}}, nil
	case *ast.Set:
		return Plan{Kind: KindSet, Tag: "SET", Set: &Setting{Name: s.Name, Value: s.Value, Local: s.Local, Default: s.Default}}, nil
	case *ast.Reset:
		return Plan{Kind: KindReset, Tag: "RESET", Set: &Setting{Name: s.Name, Default: true}}, nil
	case *ast.Show:
		return Plan{Kind: KindShow, Tag: "SHOW", Rows: true, Show: s.Name}, nil
	case *ast.ShowObjects:
		t.params = s.Params()
		return Plan{Kind: KindShowObjects, Tag: "SHOW", Rows: true, Objects: s}, nil
	case *ast.Prepare:
		return t.prepare(s)
	case *ast.Execute:
		return t.execute(s), nil
	case *ast.Deallocate:
		return deallocate(s), nil
	case *ast.Declare:
		return t.declareCursor(s), nil
	case *ast.Fetch:
		return Plan{Kind: KindFetch, Tag: "FETCH", Counts: true, Rows: true, Cursor: &Cursor{Name: s.Name, Count: s.Count}}, nil
	case *ast.CloseCursor:
		return Plan{Kind: KindClose, Tag: "CLOSE CURSOR", Cursor: &Cursor{Name: s.Name}}, nil
	}
	if tag := securityTag(stmt); tag != "" {
		return Plan{Kind: KindSecurity, Tag: tag, Security: stmt}, nil
	}
	return Plan{}, sqlstate.Unsupported(0, "this statement is not supported yet")
}
