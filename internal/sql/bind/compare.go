package bind

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// comparison binds = <> < > <= >=.
func (b *binder) comparison(x *ast.Binary, s *scope) ast.Expr {
	left, l, right, r := b.sides(x.L, x.R, s)
	plain := &ast.Binary{Op: x.Op, L: left, R: right}
	if !comparesText(left, l, right, r) {
		return plain
	}
	if _, constant := beside(left); constant && x.Op == "=" {
		left, l, right, r = right, r, left, l
	}
	if ranged := equalsConstant(x.Op, left, right); ranged != nil && s.stores(left) {
		return &ast.Rewritten{Original: plain, Engine: ranged}
	}
	return &ast.Rewritten{Original: plain, Engine: &ast.Binary{Op: x.Op, L: trimmed(left), R: trimmed(right)}}
}

// sides binds what is compared, and brings both sides to a type in which they can be.
func (b *binder) sides(left, right ast.Expr, s *scope) (ast.Expr, types.Type, ast.Expr, types.Type) {
	x, l := b.expr(left, s)
	y, r := b.expr(right, s)
	x, y = asDate(x, r), asDate(y, l)
	switch { // a number becomes text beside a string, though a decimal does not
	case l.IsPadded() && r.IsInteger():
		y, r = asText(y), types.Type{Kind: types.Varchar}
	case l.IsInteger() && r.IsPadded():
		x, l = asText(x), types.Type{Kind: types.Varchar}
	}
	return x, l, y, r
}

func asText(x ast.Expr) ast.Expr {
	return &ast.Rewritten{Original: x, Engine: nativeCast(x, ast.Type{Name: "varchar"})}
}

// comparesText reports whether strings are compared, in which trailing blanks do not count.
func comparesText(left ast.Expr, l types.Type, right ast.Expr, r types.Type) bool {
	switch {
	case l.IsPadded():
		return r.IsPadded() || r.Kind == types.Untyped && !isNull(right)
	case r.IsPadded():
		return l.Kind == types.Untyped && !isNull(left)
	}
	return false
}

func isNull(x ast.Expr) bool {
	_, null := x.(*ast.Null)
	return null
}

func constantText(x ast.Expr) (value string, ok bool) {
	quoted, ok := x.(*ast.String)
	if !ok {
		return "", false
	}
	return strings.TrimRight(quoted.Value, " "), true
}

// equalsConstant compares a column with a constant by a range, which the engine can skip blocks by, and looks for blanks
// only in what lies within. It holds the constant, the constant with blanks behind it, and what sorts between them.
func equalsConstant(op string, column, constant ast.Expr) ast.Expr {
	value, ok := beside(constant)
	if !ok || op != "=" && op != "<>" {
		return nil
	}
	equals := &ast.Logic{Op: "and", Terms: []ast.Expr{
		&ast.Binary{Op: ">=", L: column, R: value},
		&ast.Binary{Op: "<", L: column, R: behind(value)},
		&ast.Binary{Op: "=", L: native("rtrim", column, blank()), R: value},
	}}
	if op == "<>" {
		return &ast.Unary{Op: "not", X: equals}
	}
	return equals
}

// beside is a constant or a parameter without trailing blanks.
func beside(x ast.Expr) (value ast.Expr, ok bool) {
	switch x.(type) {
	case *ast.String, *ast.Param:
		return trimmed(x), true
	}
	return nil, false
}

// behind sorts behind a string and everything that only has blanks more.
func behind(value ast.Expr) ast.Expr {
	if constant, ok := value.(*ast.String); ok {
		return &ast.String{Value: constant.Value + "!"}
	}
	return &ast.Binary{Op: "||", L: value, R: &ast.String{Value: "!"}}
}

func blank() ast.Expr { return &ast.String{Value: " "} }

// trimmed is a string without its trailing blanks.
func trimmed(x ast.Expr) ast.Expr {
	if value, constant := constantText(x); constant {
		return &ast.String{Value: value}
	}
	return native("rtrim", x, blank())
}

// stores reports whether an expression is a column that is kept in a table, and not computed by a view or a subquery.
func (s *scope) stores(x ast.Expr) bool {
	ref, ok := x.(*ast.ColumnRef)
	if !ok {
		return false
	}
	column := s.column(ref.Name)
	return column != nil && column.Stored
}

// between binds BETWEEN, whose bounds may be dates in any form.
func (b *binder) between(x *ast.Between, s *scope) ast.Expr {
	out := *x
	value, t := b.expr(x.X, s)
	out.X, out.Low, out.High = value, asDate(b.value(x.Low, s), t), asDate(b.value(x.High, s), t)
	return &out
}

// in binds IN: over constants or over a query.
func (b *binder) in(x *ast.In, s *scope) ast.Expr {
	out := *x
	value, t := b.expr(x.X, s)
	out.X, out.Query = value, b.optionalQuery(x.Query, s)
	if x.Query != nil {
		return &out
	}
	out.List = make([]ast.Expr, len(x.List))
	trim := make([]ast.Expr, len(x.List))
	text := t.IsPadded()
	for i, item := range x.List {
		bound, is := b.expr(item, s)
		out.List[i] = asDate(bound, t)
		trim[i] = trimmed(bound)
		text = text && comparesText(value, t, bound, is)
	}
	if !text {
		return &out
	}
	return &ast.Rewritten{Original: &out, Engine: &ast.In{X: trimmed(value), Not: x.Not, List: trim}}
}
