// Package bind says what the names and expressions of a statement mean.
//
// [Bind] finds the columns that names stand for, gives expressions their Redshift types and, where the engine would
// compute something else of the same words, puts into the tree what makes the engine compute what Redshift does: as an
// [ast.Rewritten], which keeps the expression that was written. Refusals that need types or columns are made here too.
//
// What it has no knowledge of keeps the type [types.Unknown] and is left as it stands, so that knowledge can grow
// function by function. The package asks for relations through [Catalog] and does no I/O of its own; it refuses to know
// how the engine spells anything, which is package print's, and who may read what.
package bind

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/types"
)

// Catalog is asked what names mean.
type Catalog interface {
	// Relation is what a table's or view's name means to the session, and nil where nothing is known of it.
	Relation(ast.Name) *Relation
}

// Relation is a table or view with its columns in order.
type Relation struct {
	Columns []Column
	// Unreadable is why a view cannot be read: what it reads is not there.
	Unreadable error
}

// Column is a column of a relation or of a query's result.
type Column struct {
	Name string
	Type types.Type
	// Table and Number say which column of which table it is, where it is one: RowDescription tells them.
	Table  ast.Name
	Number int16
	// Stored marks a column of a table, which costs nothing to look at twice.
	Stored bool
	// Trimmed marks strings that never have trailing blanks.
	Trimmed bool
	// Identity marks a column that takes no value from INSERT.
	Identity bool

	width float64 // the most bytes of a query's column as text; 0 where the type alone tells
}

// Bound is a statement with what is known of it.
type Bound struct {
	Statement ast.Statement
	// Columns are the rows' columns, nil where there are none or not all of them are known. One of an unknown type
	// is described by the engine.
	Columns []Column
}

// Bind binds a statement, of which it makes a copy where it has something to change. The error is an *sqlstate.Error, or one
// of the catalog's.
func Bind(stmt ast.Statement, catalog Catalog) (Bound, error) {
	b := &binder{catalog: catalog, widths: map[ast.Expr]float64{}}
	bound := b.statement(stmt)
	if b.err != nil {
		return Bound{}, b.err
	}
	return bound, nil
}

type binder struct {
	catalog  Catalog
	err      error // the first refusal
	commons  []map[string][]Column
	written  int                  // bytes of what was put into the tree twice
	widths   map[ast.Expr]float64 // of what was bound and may be wide
	divisors int                  // how many divisions the expression is a divisor of
	// trimming tells that the rows of the query are told apart, so that its strings lose their trailing blanks.
	trimming bool
	// spreading tells that the outputs of the query are wanted one by one, and stars have to be spread.
	spreading bool
}

// refuse keeps the first refusal.
func (b *binder) refuse(code, message string) {
	b.refuseWith(&sqlstate.Error{Code: code, Message: message})
}

func (b *binder) refuseWith(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *binder) statement(stmt ast.Statement) Bound {
	switch s := stmt.(type) {
	case *ast.Query:
		query, columns := b.query(s, nil)
		if sel, ok := query.Body.(*ast.Select); ok && sel.Into != nil {
			into := *sel.Into
			into.Outputs = made(columns, nil)
			sel.Into = &into
			return Bound{Statement: query}
		}
		return Bound{Statement: query, Columns: columns}
	case *ast.Insert:
		return Bound{Statement: b.insert(s)}
	case *ast.Update:
		return Bound{Statement: b.update(s)}
	case *ast.Delete:
		return Bound{Statement: b.delete(s)}
	case *ast.CreateTableAs:
		out := *s
		query, columns := b.query(s.Query, nil)
		out.Query, out.Outputs = query, made(columns, s.Columns)
		return Bound{Statement: &out}
	case *ast.CreateView:
		out := *s
		b.spreading = !s.LateBinding
		query, columns := b.query(s.Query, nil)
		out.Query, out.Outputs = query, made(columns, s.Columns)
		return Bound{Statement: &out}
	case *ast.Declare:
		out := *s
		query, columns := b.query(s.Query, nil)
		out.Query = query
		return Bound{Statement: &out, Columns: columns}
	case *ast.Explain:
		out := *s
		out.Statement = b.statement(s.Statement).Statement
		return Bound{Statement: &out}
	case *ast.CopyStdio:
		out := *s
		if s.Query != nil {
			query, columns := b.query(s.Query, nil)
			out.Query = query
			return Bound{Statement: &out, Columns: columns}
		}
		return Bound{Statement: &out, Columns: b.copied(s)}
	}
	return Bound{Statement: stmt}
}

// made are the columns that a query makes of a table or view, by other names where it has some. Those of unknown types have none.
func made(columns []Column, names []string) []ast.ColumnDef {
	out := make([]ast.ColumnDef, len(columns))
	for i, column := range renamed(columns, names) {
		out[i].Name = column.Name
		switch t := column.Type; {
		case t.Kind == types.Untyped && t.Length > 0:
			out[i].Type = types.Type{Kind: types.Varchar, Length: t.Length}.Named()
		case t.IsKnown() && t.Kind < types.Name:
			out[i].Type = t.Named()
		}
		if column.Type.IsPadded() && column.Type.Length == 0 {
			out[i].Type.Max = true
		}
	}
	return out
}

// copied are the columns of a table that COPY fills or sends.
func (b *binder) copied(s *ast.CopyStdio) (columns []Column) {
	relation := b.catalog.Relation(s.Table)
	if relation == nil {
		return nil
	}
	for _, column := range relation.targets(s.Columns) {
		if column == nil {
			return nil
		}
		columns = append(columns, *column)
	}
	return columns
}
