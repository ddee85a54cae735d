// Package ast is Redshift's SQL as trees: statements, queries, expressions, types and names.
//
// Every statement writes itself in one canonical spelling, which parses to the same statement. There is one [Printer]
// (printer.go, print_*.go); it writes a tree through a [Dialect]: Redshift's own, which leaves everything as it is, or
// that of package print, which may put another expression in the place of the one about to be written.
//
// A tree is never changed once it is parsed. The package refuses to know where a tree comes from, what it means, or what
// is done with it.
package ast

import (
	"strings"
)

// Statement is a parsed statement. String writes it in one canonical spelling, which parses to the same statement.
type Statement interface {
	String() string
	statement()
}

// Expr is a value expression.
type Expr interface{ expr() }

// TableExpr is something rows come from: a table, a subquery, a function, a join.
type TableExpr interface{ tableExpr() }

// QueryBody is what stands between WITH and ORDER BY: Select, Values, SetOperation or a Query in parentheses.
type QueryBody interface{ queryBody() }

// Name is a name with its qualifiers: database, schema, table, in that order, the outer ones possibly missing.
type Name []string

// Last is the name without its qualifiers.
func (n Name) Last() string {
	if len(n) == 0 {
		return ""
	}
	return n[len(n)-1]
}

// Schema is the qualifier right before the last part, or "".
func (n Name) Schema() string {
	if len(n) < 2 {
		return ""
	}
	return n[len(n)-2]
}

// Temporary reports whether the name is one of those that the leading # makes temporary.
func (n Name) Temporary() bool { return strings.HasPrefix(n.Last(), "#") }

// Query is a SELECT with what goes around it.
type Query struct {
	With    *With
	Body    QueryBody
	OrderBy []SortTerm
	Limit   Expr
	Offset  Expr
}

// With is the list of common table expressions before a statement.
type With struct {
	Recursive bool
	Tables    []CommonTable
}

// CommonTable is one name AS (query) of a With.
type CommonTable struct {
	Name    string
	Columns []string
	Query   *Query
}

// Select is one SELECT without set operations, ordering and limit.
type Select struct {
	Distinct bool
	Top      Expr
	Items    []SelectItem
	Into     *Into
	From     []TableExpr
	Where    Expr
	GroupAll bool
	GroupBy  []Expr
	Having   Expr
	Windows  []NamedWindow
	Qualify  Expr
}

// SelectItem is one output column; Alias is empty when none was given.
type SelectItem struct {
	Expr  Expr
	Alias string
}

// Into is the table that SELECT … INTO makes.
type Into struct {
	Temp bool
	Name Name
	// Outputs are the columns that the table gets, where they are known; they are not written.
	Outputs []ColumnDef
}

// NamedWindow is one name AS (…) of a WINDOW clause.
type NamedWindow struct {
	Name   string
	Window *Window
}

// SetOperation joins two bodies; Op is "union", "except", "minus" or "intersect".
type SetOperation struct {
	Op          string
	All         bool
	Left, Right QueryBody
}

// Values is a list of rows.
type Values struct{ Rows [][]Expr }

// SortTerm is one term of an ORDER BY.
type SortTerm struct {
	Expr  Expr
	Desc  bool
	Nulls string // "", "first" or "last"
}

// TableRef is a table or view by name.
type TableRef struct {
	Name  Name
	Alias Alias
	Pos   int
}

// TableSubquery is a query in FROM.
type TableSubquery struct {
	Lateral bool
	Query   *Query
	Alias   Alias
}

// TableFunction is a function call in FROM.
type TableFunction struct {
	Lateral bool
	Call    *Call
	Alias   Alias
}

// Join is two tables joined; Kind is "inner", "left", "right", "full" or "cross".
type Join struct {
	Kind        string
	Natural     bool
	Left, Right TableExpr
	On          Expr
	Using       []string
}

// Alias is a table's name within the query, and possibly its columns'.
type Alias struct {
	Name    string
	Columns []string
	Types   []Type // of the columns of a function in FROM, where they are given
}

// Insert is INSERT INTO. Either Query or DefaultValues is set.
type Insert struct {
	Table         Name
	Columns       []string
	Query         *Query
	DefaultValues bool
}

// Update is UPDATE … SET … FROM.
type Update struct {
	With  *With
	Table *TableRef
	Set   []Assignment
	From  []TableExpr
	Where Expr
}

// Assignment is one column = value of an UPDATE.
type Assignment struct {
	Column string
	Value  Expr
}

// Delete is DELETE FROM … USING.
type Delete struct {
	With  *With
	Table *TableRef
	Using []TableExpr
	Where Expr
}

func (*Select) queryBody()        {}
func (*SetOperation) queryBody()  {}
func (*Values) queryBody()        {}
func (*Query) queryBody()         {}
func (*TableRef) tableExpr()      {}
func (*TableSubquery) tableExpr() {}
func (*TableFunction) tableExpr() {}
func (*Join) tableExpr()          {}
func (*Query) statement()         {}
func (*Insert) statement()        {}
func (*Update) statement()        {}
func (*Delete) statement()        {}
