// Package print says a statement in the words of the engine, DuckDB.
//
// [Translate] turns a tree into engine SQL together with everything the engine has no notion of: distribution and sort
// keys, encodings, identities, session settings, COPY's options. It does so as the engine's dialect of the printer in
// package ast, which asks it for each name, type and expression.
//
// The package refuses to know what tables exist, what type a column has, or how anything is run. A function that it has
// never heard of passes through unchanged, since the engine knows many of Redshift's.
package print

import (
	"fmt"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// Session is what a statement may ask about the session it runs in.
type Session struct {
	User     string // CURRENT_USER
	UserID   int32  // CURRENT_USER_ID
	Database string // CURRENT_DATABASE(); a name qualified with it loses that qualifier
	Schema   string // CURRENT_SCHEMA(), and where the sequences of unqualified tables go
	Version  string // VERSION()
	Backend  int32  // PG_BACKEND_PID()
	// Settings answers CURRENT_SETTING('name'); names are in lower case. The engine answers for what is missing here.
	Settings map[string]string
	// Hidden are schemas that no statement may name.
	Hidden []string
	// Resolve, if set, is asked what every table that a query reads is called in full, or why it may not be read. It may be asked more than once.
	Resolve func(ast.Name) (ast.Name, error)
	// UserVariable is the engine's variable that holds CURRENT_USER, for views and defaults, which outlive the session; without one they keep User.
	UserVariable string
	// Unique tells the sequences behind IDENTITY columns apart: with a different value for every statement, tables that
	// are dropped and renamed around one another never come to share one. Empty is fine where that cannot happen.
	Unique string
}

// Kind says what is to be done with a Translation.
type Kind int

const (
	KindNothing    Kind = iota // accepted, and there is nothing to do: ALTER TABLE … OWNER TO, LOCK
	KindQuery                  // run and return rows
	KindInsert                 // run and report the number of rows
	KindUpdate                 //
	KindDelete                 //
	KindSelectInto             // CREATE TABLE AS and SELECT INTO: run, report the number of rows, describe Table
	KindDDL                    // run; Table, Alter or Drop tell the catalogue
	KindBegin                  // Begin holds the options
	KindCommit                 //
	KindRollback               //
	KindSet                    // Set holds name and value
	KindReset                  // Set holds the name; "all" is every setting
	KindShow                   // Show holds the name; "all" is every setting
	KindCopyIn                 // Copy holds everything
	KindCopyOut                // Copy holds everything
	KindVacuum                 // Target holds the table, or nothing for all
	KindAnalyze                // Target holds the table, or nothing for all
	KindExplain                // run and return the plan
	KindPrepare                // Prepared holds the statement
	KindExecute                // Prepared holds the arguments; whether rows come back only the prepared statement tells
	KindDeallocate             // Prepared holds the name; "" is all
	KindDeclare                // Cursor holds the name, Statements the query
	KindFetch                  // Cursor holds the name and how many rows
	KindClose                  // Cursor holds the name; "" is all
	KindSecurity               // Security holds the statement, which is about users, groups or privileges
)

// Translation is a statement in the engine's words, and what the engine has no words for.
type Translation struct {
	Kind Kind
	// Statements is the engine's SQL, to be run in order in one transaction. The result is that of the last; the others
	// prepare it. None is left for what is not the engine's to do.
	Statements []string
	// Tag is the head of the command tag: "SELECT", "INSERT 0", "CREATE TABLE". Where Counts is set, a space and the
	// number of rows follow it.
	Tag    string
	Counts bool
	// Rows tells that rows come back.
	Rows bool
	// Params is the highest number of a parameter, $1 being 1.
	Params int

	Set      *Setting
	Show     string
	Begin    ast.TransactionOptions
	Copy     *Copy
	Table    *Table   // the table that is made
	Alter    *Alter   // the change made to a table
	Drop     *Dropped // what is dropped
	Target   ast.Name // the one table that INSERT, UPDATE, DELETE, TRUNCATE, VACUUM, ANALYZE or COPY is about
	Prepared *Prepared
	Cursor   *Cursor
	Security ast.Statement
}

// Cursor is about DECLARE, FETCH and CLOSE.
type Cursor struct {
	Name  string
	Count int // FETCH: how many rows at most; negative is all
}

// Setting is what SET and RESET change.
type Setting struct {
	Name, Value string
	Local       bool // for this transaction only
	Default     bool // back to the default; Value is empty
}

// Copy is COPY over the connection. Its options are complete: what was not given has PostgreSQL's default.
type Copy struct {
	Table     ast.Name
	Columns   []string
	Query     string // engine SQL of the rows to send, for COPY … TO STDOUT
	Format    string // "text", "csv" or "binary"
	Header    bool
	Delimiter string
	Null      string
	Quote     string
	Escape    string
}

// Prepared is about PREPARE, EXECUTE and DEALLOCATE.
type Prepared struct {
	Name      string
	Types     []ast.Type    // PREPARE: the declared types of the parameters
	Statement ast.Statement // PREPARE: what EXECUTE runs
	Args      []string      // EXECUTE: the arguments as engine SQL expressions
}

// Translate says a statement in the engine's words. The error, if any, is an *Error.
func Translate(stmt ast.Statement, session Session) (Translation, error) {
	t := &translator{session: session}
	out, err := t.translate(stmt)
	if err == nil && t.err != nil {
		err = t.err
	}
	if err != nil {
		return Translation{}, err
	}
	out.Params = t.params
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

// Name drops the database from database.schema.table where it is the session's own.
func (t *translator) Name(name ast.Name) ast.Name {
	if isFile(name) {
		t.refuse(&sqlstate.Error{Code: sqlstate.UndefinedTable, Message: fmt.Sprintf("relation %q does not exist", strings.Join(name, "."))})
	}
	t.hideSchema(name)
	if len(name) == 3 && name[0] == t.session.Database {
		return name[1:]
	}
	return name
}

func (t *translator) translate(stmt ast.Statement) (Translation, error) {
	switch s := stmt.(type) {
	case *ast.Query:
		return t.query(s), nil
	case *ast.Insert:
		return t.write(KindInsert, "INSERT 0", s.Table, func(p *ast.Printer) { p.Insert(s) }), nil
	case *ast.Update:
		return t.write(KindUpdate, "UPDATE", s.Table.Name, func(p *ast.Printer) { p.Update(s) }), nil
	case *ast.Delete:
		return t.write(KindDelete, "DELETE", s.Table.Name, func(p *ast.Printer) { p.Delete(s) }), nil
	case *ast.Explain:
		return t.explain(s)
	case *ast.CopyStdio:
		return t.copy(s)
	case *ast.Unsupported:
		return Translation{}, sqlstate.Unsupported(0, "%s is not supported yet", s.Feature)
	}
	if out, ok := t.schema(stmt); ok {
		return out, nil
	}
	if out, ok := t.security(stmt); ok {
		return out, nil
	}
	return t.command(stmt)
}

func (t *translator) query(s *ast.Query) Translation {
	if sel, ok := s.Body.(*ast.Select); ok && sel.Into != nil {
		return t.selectInto(s, sel)
	}
	sql := t.print(func(p *ast.Printer) { p.Query(s, true) })
	return Translation{Kind: KindQuery, Tag: "SELECT", Counts: true, Rows: true, Statements: []string{sql}}
}

// selectInto makes SELECT … INTO t the CREATE TABLE AS that it is.
func (t *translator) selectInto(s *ast.Query, sel *ast.Select) Translation {
	plain := *sel
	plain.Into = nil
	query := *s
	query.Body = &plain
	return t.createTableAs(&ast.CreateTableAs{Name: sel.Into.Name, Temp: sel.Into.Temp || sel.Into.Name.Temporary(), Query: &query})
}

func (t *translator) write(kind Kind, tag string, target ast.Name, write func(*ast.Printer)) Translation {
	return Translation{Kind: kind, Tag: tag, Counts: true, Target: t.Name(target), Statements: []string{t.print(write)}}
}

func (t *translator) explain(s *ast.Explain) (Translation, error) {
	inner, err := t.translate(s.Statement)
	if err != nil {
		return Translation{}, err
	}
	if len(inner.Statements) == 0 {
		return Translation{}, sqlstate.Unsupported(0, "EXPLAIN takes a statement that has a plan")
	}
	sql := "EXPLAIN " + inner.Statements[len(inner.Statements)-1]
	return Translation{Kind: KindExplain, Tag: "EXPLAIN", Rows: true, Statements: []string{sql}}, nil
}

// command translates the statements about the session.
func (t *translator) command(stmt ast.Statement) (Translation, error) {
	switch s := stmt.(type) {
	case *ast.Begin:
		return t.begin(s), nil
	case *ast.Commit:
		return Translation{Kind: KindCommit, Tag: "COMMIT", Statements: []string{"COMMIT"}}, nil
	case *ast.Rollback:
		return Translation{Kind: KindRollback, Tag: "ROLLBACK", Statements: []string{"ROLLBACK"}}, nil
	case *ast.Set:
		return Translation{Kind: KindSet, Tag: "SET", Set: &Setting{Name: s.Name, Value: s.Value, Local: s.Local, Default: s.Default}}, nil
	case *ast.Reset:
		return Translation{Kind: KindReset, Tag: "RESET", Set: &Setting{Name: s.Name, Default: true}}, nil
	case *ast.Show:
		return Translation{Kind: KindShow, Tag: "SHOW", Rows: true, Show: s.Name}, nil
	case *ast.Analyze:
		return t.analyze(s), nil
	case *ast.Vacuum:
		return Translation{Kind: KindVacuum, Tag: "VACUUM", Target: t.Name(s.Table)}, nil
	case *ast.Prepare:
		return t.prepare(s)
	case *ast.Execute:
		return t.execute(s), nil
	case *ast.Deallocate:
		return t.deallocate(s), nil
	case *ast.Declare:
		return t.declareCursor(s), nil
	case *ast.Fetch:
		return Translation{Kind: KindFetch, Tag: "FETCH", Counts: true, Rows: true, Cursor: &Cursor{Name: s.Name, Count: s.Count}}, nil
	case *ast.CloseCursor:
		return Translation{Kind: KindClose, Tag: "CLOSE CURSOR", Cursor: &Cursor{Name: s.Name}}, nil
	case *ast.Lock:
		return Translation{Kind: KindNothing, Tag: "LOCK TABLE"}, nil
	}
	return Translation{}, sqlstate.Unsupported(0, "this statement is not supported yet")
}

func (t *translator) begin(s *ast.Begin) Translation {
	tag := "BEGIN"
	if s.Start {
		tag = "START TRANSACTION"
	}
	return Translation{Kind: KindBegin, Tag: tag, Begin: s.Options, Statements: []string{"BEGIN TRANSACTION"}}
}

func (t *translator) analyze(s *ast.Analyze) Translation {
	sql := "ANALYZE"
	if s.Table != nil {
		sql += " " + t.Name(s.Table).Quoted()
	}
	return Translation{Kind: KindAnalyze, Tag: "ANALYZE", Target: t.Name(s.Table), Statements: []string{sql}}
}

func (t *translator) prepare(s *ast.Prepare) (Translation, error) {
	inner, err := t.translate(s.Statement)
	if err != nil {
		return Translation{}, err
	}
	if len(inner.Statements) != 1 {
		return Translation{}, sqlstate.Unsupported(0, "PREPARE takes SELECT, INSERT, UPDATE or DELETE")
	}
	t.params = 0 // the parameters are EXECUTE's to fill in
	return Translation{
		Kind: KindPrepare, Tag: "PREPARE",
		Statements: []string{"PREPARE " + ast.QuoteName(s.Name) + " AS " + inner.Statements[0]},
		Prepared:   &Prepared{Name: s.Name, Types: s.Types, Statement: s.Statement},
	}, nil
}

func (t *translator) execute(s *ast.Execute) Translation {
	prepared := &Prepared{Name: s.Name}
	for _, arg := range s.Args {
		prepared.Args = append(prepared.Args, t.print(func(p *ast.Printer) { p.Expr(arg) }))
	}
	sql := "EXECUTE " + ast.QuoteName(s.Name)
	if len(prepared.Args) > 0 {
		sql += "(" + strings.Join(prepared.Args, ", ") + ")"
	}
	return Translation{Kind: KindExecute, Tag: "SELECT", Counts: true, Rows: true, Statements: []string{sql}, Prepared: prepared}
}

func (t *translator) deallocate(s *ast.Deallocate) Translation {
	out := Translation{Kind: KindDeallocate, Tag: "DEALLOCATE", Prepared: &Prepared{Name: s.Name}}
	if s.Name != "" {
		out.Statements = []string{"DEALLOCATE " + ast.QuoteName(s.Name)}
	} else {
		out.Tag = "DEALLOCATE ALL"
	}
	return out
}

func (t *translator) declareCursor(s *ast.Declare) Translation {
	if sel, ok := s.Query.Body.(*ast.Select); ok && sel.Into != nil {
		t.refuse(sqlstate.Unsupported(0, "DECLARE CURSOR cannot have SELECT INTO"))
	}
	sql := t.print(func(p *ast.Printer) { p.Query(s.Query, true) })
	return Translation{Kind: KindDeclare, Tag: "DECLARE CURSOR", Statements: []string{sql}, Cursor: &Cursor{Name: s.Name}}
}

// copy fills in PostgreSQL's defaults and refuses what contradicts itself.
func (t *translator) copy(s *ast.CopyStdio) (Translation, error) {
	o := &s.Options
	out := &Copy{Table: t.Name(s.Table), Columns: s.Columns, Header: o.Header, Format: o.Format}
	if out.Format == "" {
		out.Format = "text"
	}
	csv := out.Format == "csv"
	if !csv && (o.Header || o.Quote != nil || o.Escape != nil) {
		return Translation{}, &sqlstate.Error{Code: sqlstate.FeatureNotSupported, Message: "COPY's HEADER, QUOTE and ESCAPE are for the CSV format only"}
	}
	if csv {
		out.Delimiter, out.Null, out.Quote = given(o.Delimiter, ","), given(o.Null, ""), given(o.Quote, `"`)
		out.Escape = given(o.Escape, out.Quote)
	} else {
		out.Delimiter, out.Null = given(o.Delimiter, "\t"), given(o.Null, `\N`)
	}
	if len(out.Delimiter) != 1 || csv && (len(out.Quote) != 1 || len(out.Escape) != 1) {
		return Translation{}, &sqlstate.Error{Code: sqlstate.InvalidParameter, Message: "COPY's delimiter, quote and escape are one single-byte character each"}
	}
	if !s.Out {
		return Translation{Kind: KindCopyIn, Tag: "COPY", Counts: true, Copy: out, Target: out.Table}, nil
	}
	out.Query = t.print(func(p *ast.Printer) { p.Query(copied(s), true) })
	return Translation{Kind: KindCopyOut, Tag: "COPY", Counts: true, Copy: out, Target: out.Table}, nil
}

// copied is the query whose rows COPY … TO sends.
func copied(s *ast.CopyStdio) *ast.Query {
	if s.Query != nil {
		return s.Query
	}
	sel := &ast.Select{From: []ast.TableExpr{&ast.TableRef{Name: s.Table}}}
	for _, column := range s.Columns {
		sel.Items = append(sel.Items, ast.SelectItem{Expr: &ast.ColumnRef{Name: ast.Name{column}}})
	}
	if sel.Items == nil {
		sel.Items = []ast.SelectItem{{Expr: &ast.Star{}}}
	}
	return &ast.Query{Body: sel}
}

func given(value *string, otherwise string) string {
	if value != nil {
		return *value
	}
	return otherwise
}
