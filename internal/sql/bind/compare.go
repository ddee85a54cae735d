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
	if !comparesText(left, l, right, r) || s.isTrimmed(left) && s.isTrimmed(right) {
		return plain
	}
	op := x.Op
	if _, constant := s.beside(left); constant {
		left, right, op = right, left, mirrored[op]
	}
	if s.stores(left) && !s.isTrimmed(left) {
		if ranged := s.comparesConstant(op, left, right); ranged != nil {
			return &ast.Rewritten{Original: plain, Engine: ranged}
		}
	}
	return &ast.Rewritten{Original: plain, Engine: &ast.Binary{Op: op, L: s.trimmed(left), R: s.trimmed(right)}}
}

// mirrored are the operators when their sides change places.
var mirrored = map[string]string{"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

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

// comparesConstant compares a column with a constant by a range, which the engine can skip blocks by, and looks for blanks only in what
// lies within; nil where that is not possible. Between a constant and what is behind it are the constant, the constant with blanks, and
// strings that go on with characters before the blank.
func (s *scope) comparesConstant(op string, column, constant ast.Expr) ast.Expr {
	value, ok := s.beside(constant)
	if !ok {
		return nil
	}
	bare := s.trimmed(column)
	compared := func(op string, x, y ast.Expr) ast.Expr { return &ast.Binary{Op: op, L: x, R: y} }
	equals := and(compared(">=", column, value), compared("<", column, behind(value)), compared("=", bare, value))
	switch {
	case op == "=":
		return equals
	case op == "<>":
		return &ast.Unary{Op: "not", X: equals}
	case !isPrintable(value):
		return nil
	case op == "<", op == ">=": // blanks make a string no greater than a constant that it is less than
		return compared(op, column, value)
	case op == ">":
		return and(compared(">", column, value), compared("<>", bare, value))
	}
	return and(compared("<", column, behind(value)), compared("<=", bare, value))
}

func and(terms ...ast.Expr) ast.Expr { return &ast.Logic{Op: "and", Terms: terms} }

// isPrintable is for constants without characters that sort before the blank.
func isPrintable(x ast.Expr) bool {
	constant, ok := x.(*ast.String)
	return ok && !strings.ContainsFunc(constant.Value, func(r rune) bool { return r < ' ' })
}

// beside is a constant or a parameter without trailing blanks.
func (s *scope) beside(x ast.Expr) (value ast.Expr, ok bool) {
	switch x.(type) {
	case *ast.String, *ast.Param:
		return s.trimmed(x), true
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

// stores reports whether an expression is a column that is kept in a table, and not computed by a view or a subquery.
func (s *scope) stores(x ast.Expr) bool {
	ref, ok := x.(*ast.ColumnRef)
	if !ok {
		return false
	}
	column := s.column(ref.Name)
	return column != nil && column.Stored
}

// distinct binds IS DISTINCT FROM.
func (b *binder) distinct(x *ast.IsDistinct, s *scope) ast.Expr {
	out := *x
	left, l, right, r := b.sides(x.L, x.R, s)
	out.L, out.R = left, right
	if !comparesText(left, l, right, r) {
		return &out
	}
	return &ast.Rewritten{Original: &out, Engine: &ast.IsDistinct{L: s.trimmed(left), R: s.trimmed(right), Not: x.Not}}
}

// between binds BETWEEN, whose bounds may be dates in any form.
func (b *binder) between(x *ast.Between, s *scope) ast.Expr {
	out := *x
	value, t := b.expr(x.X, s)
	low, l := b.expr(x.Low, s)
	high, h := b.expr(x.High, s)
	out.X, out.Low, out.High = value, asDate(low, t), asDate(high, t)
	if !comparesText(value, t, low, l) || !comparesText(value, t, high, h) {
		return &out
	}
	engine := and(b.textual(">=", value, low, s), b.textual("<=", value, high, s))
	if x.Not {
		engine = &ast.Unary{Op: "not", X: engine}
	}
	return &ast.Rewritten{Original: &out, Engine: engine}
}

// textual compares strings that are bound already.
func (b *binder) textual(op string, left, right ast.Expr, s *scope) ast.Expr {
	if s.stores(left) && !s.isTrimmed(left) {
		if ranged := s.comparesConstant(op, left, right); ranged != nil {
			return ranged
		}
	}
	return &ast.Binary{Op: op, L: s.trimmed(left), R: s.trimmed(right)}
}

// in binds IN: over constants or over a query.
func (b *binder) in(x *ast.In, s *scope) ast.Expr {
	out := *x
	value, t := b.expr(x.X, s)
	out.X = value
	if x.Query != nil {
		out.X, out.Query = s.asCompared(x.X, value, t), b.comparedQuery(x.Query, s)
		return &out
	}
	out.List = make([]ast.Expr, len(x.List))
	trim := make([]ast.Expr, len(x.List))
	text := t.IsPadded()
	for i, item := range x.List {
		bound, is := b.expr(item, s)
		out.List[i] = asDate(bound, t)
		trim[i] = s.trimmed(bound)
		text = text && comparesText(value, t, bound, is)
	}
	if !text {
		return &out
	}
	return &ast.Rewritten{Original: &out, Engine: &ast.In{X: s.trimmed(value), Not: x.Not, List: trim}}
}

// comparedQuery binds a query with whose rows something is compared.
func (b *binder) comparedQuery(q *ast.Query, s *scope) *ast.Query {
	before := b.trimming
	b.trimming = true
	defer func() { b.trimming = before }()
	return b.optionalQuery(q, s)
}
