package bind

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// value binds an expression whose type does not matter.
func (b *binder) value(x ast.Expr, s *scope) ast.Expr {
	out, _ := b.expr(x, s)
	return out
}

// optional binds a clause that may be missing.
func (b *binder) optional(x ast.Expr, s *scope) ast.Expr {
	if x == nil {
		return nil
	}
	return b.value(x, s)
}

func (b *binder) list(list []ast.Expr, s *scope) []ast.Expr {
	if list == nil {
		return nil
	}
	out := make([]ast.Expr, len(list))
	for i, x := range list {
		out[i] = b.value(x, s)
	}
	return out
}

// terms binds the terms of an ORDER BY inside a call or a window.
func (b *binder) terms(terms []ast.SortTerm, s *scope) []ast.SortTerm {
	out := append([]ast.SortTerm(nil), terms...)
	for i := range out {
		out[i].Expr = b.value(out[i].Expr, s)
	}
	return out
}

// expr binds an expression: what to compute, and its type.
func (b *binder) expr(x ast.Expr, s *scope) (ast.Expr, types.Type) {
	out, t := b.ungrouped(x, s)
	if s.isGrouped(x) {
		return s.asCompared(x, out, t), t
	}
	return out, t
}

// ungrouped binds an expression as if rows were not grouped by it.
func (b *binder) ungrouped(x ast.Expr, s *scope) (ast.Expr, types.Type) {
	switch x := x.(type) {
	case *ast.ColumnRef:
		if column := s.column(x.Name); column != nil {
			b.widths[x] = columnWidth(column)
			return x, column.Type
		}
		return x, types.Type{}
	case *ast.Number:
		return x, numberType(x.Text)
	case *ast.String:
		return x, types.Type{Kind: types.Untyped, Length: len(x.Value)}
	case *ast.Param:
		return x, types.Type{Kind: types.Untyped, Length: -1}
	case *ast.Null:
		return x, types.Type{Kind: types.Untyped}
	case *ast.Boolean:
		return x, types.Type{Kind: types.Boolean}
	case *ast.Interval:
		return x, types.Type{Kind: types.Interval}
	case *ast.BareCall:
		return x, bareType(x.Name)
	case *ast.Unary:
		return b.unary(x, s)
	case *ast.Binary:
		return b.binary(x, s)
	case *ast.Call:
		return b.call(x, s)
	case *ast.Cast:
		return b.cast(x, s)
	case *ast.Case:
		return b.caseExpr(x, s)
	}
	return b.predicate(x, s)
}

// numberType is the type of a number as written.
func numberType(text string) types.Type {
	whole, decimals, point := strings.Cut(text, ".")
	switch {
	case strings.ContainsAny(text, "eE"):
		return types.Type{Kind: types.Double}
	case !point:
		return types.Whole(text)
	}
	digits := len(strings.TrimLeft(whole, "0")) + len(decimals)
	return types.Decimal(min(max(digits, 1), types.MaxPrecision), min(len(decimals), types.MaxPrecision))
}

func bareType(name string) types.Type {
	switch name {
	case "current_date":
		return types.Type{Kind: types.Date}
	case "sysdate", "localtimestamp":
		return types.Type{Kind: types.Timestamp}
	case "current_timestamp":
		return types.Type{Kind: types.TimestampTZ}
	case "current_user_id":
		return types.Type{Kind: types.Integer}
	case "current_user", "session_user", "user":
		return types.Type{Kind: types.Varchar}
	}
	return types.Type{}
}

// predicate binds the expressions that are true or false.
func (b *binder) predicate(x ast.Expr, s *scope) (ast.Expr, types.Type) {
	boolean := types.Type{Kind: types.Boolean}
	switch x := x.(type) {
	case *ast.Logic:
		return &ast.Logic{Op: x.Op, Terms: b.list(x.Terms, s)}, boolean
	case *ast.Is:
		out := *x
		out.X = b.value(x.X, s)
		return &out, boolean
	case *ast.IsDistinct:
		return b.distinct(x, s), boolean
	case *ast.Between:
		return b.between(x, s), boolean
	case *ast.In:
		return b.in(x, s), boolean
	case *ast.Like:
		out := *x
		out.X, out.Pattern, out.Escape = b.value(x.X, s), b.value(x.Pattern, s), b.optional(x.Escape, s)
		return &out, boolean
	case *ast.Quantified:
		out := *x
		out.X, out.Array = b.value(x.X, s), b.optional(x.Array, s)
		if x.Query != nil {
			value, t := b.expr(x.X, s)
			out.X, out.Query = s.asCompared(x.X, value, t), b.comparedQuery(x.Query, s)
		}
		return &out, boolean
	case *ast.Exists:
		return &ast.Exists{Query: b.optionalQuery(x.Query, s)}, boolean
	}
	return b.compound(x, s)
}

func (b *binder) optionalQuery(q *ast.Query, s *scope) *ast.Query {
	if q == nil {
		return nil
	}
	out, _ := b.query(q, s)
	return out
}

// compound binds the expressions that are made of others and have no rule of their own.
func (b *binder) compound(x ast.Expr, s *scope) (ast.Expr, types.Type) {
	switch x := x.(type) {
	case *ast.Subquery:
		query, columns := b.query(x.Query, s)
		if len(columns) == 1 {
			return &ast.Subquery{Query: query}, columns[0].Type
		}
		return &ast.Subquery{Query: query}, types.Type{}
	case *ast.ArrayQuery:
		return &ast.ArrayQuery{Query: b.optionalQuery(x.Query, s)}, types.Type{}
	case *ast.Row:
		return &ast.Row{Items: b.list(x.Items, s)}, types.Type{}
	case *ast.Array:
		return &ast.Array{Items: b.list(x.Items, s)}, types.Type{}
	case *ast.GroupingSets:
		return &ast.GroupingSets{Sets: b.list(x.Sets, s)}, types.Type{}
	case *ast.Extract:
		out := *x
		out.X = b.value(x.X, s)
		return &out, types.Type{Kind: types.Integer}
	case *ast.AtTimeZone:
		return &ast.AtTimeZone{X: b.value(x.X, s), Zone: b.value(x.Zone, s)}, types.Type{}
	case *ast.Collate:
		value, t := b.expr(x.X, s)
		return &ast.Collate{X: value, Collation: x.Collation}, t
	}
	return x, types.Type{}
}

func (b *binder) unary(x *ast.Unary, s *scope) (ast.Expr, types.Type) {
	out := *x
	value, t := b.expr(x.X, s)
	out.X = value
	switch x.Op {
	case "not":
		t = types.Type{Kind: types.Boolean}
	case "|/", "||/":
		t = types.Type{Kind: types.Double}
	}
	return &out, t
}

func (b *binder) caseExpr(x *ast.Case, s *scope) (ast.Expr, types.Type) {
	out := &ast.Case{Whens: make([]ast.When, len(x.Whens))}
	operand := types.Type{}
	if x.Operand != nil {
		out.Operand, operand = b.expr(x.Operand, s)
	}
	t, text := types.Type{Kind: types.Untyped}, operand.IsPadded()
	for i, when := range x.Whens {
		condition, c := b.expr(when.Condition, s)
		result, is := b.expr(when.Result, s)
		out.Whens[i] = ast.When{Condition: condition, Result: result}
		t, text = types.Common(t, is), text && comparesText(out.Operand, operand, condition, c)
	}
	if x.Else != nil {
		result, is := b.expr(x.Else, s)
		out.Else, t = result, types.Common(t, is)
	}
	if text {
		return &ast.Rewritten{Original: out, Engine: s.compares(out)}, t
	}
	return out, t
}

// compares is a CASE that compares strings.
func (s *scope) compares(x *ast.Case) *ast.Case {
	out := &ast.Case{Operand: s.trimmed(x.Operand), Whens: make([]ast.When, len(x.Whens)), Else: x.Else}
	for i, when := range x.Whens {
		out.Whens[i] = ast.When{Condition: s.trimmed(when.Condition), Result: when.Result}
	}
	return out
}

func (b *binder) cast(x *ast.Cast, s *scope) (ast.Expr, types.Type) {
	out := *x
	t := types.Of(x.Type)
	out.X = asDate(b.value(x.X, s), t)
	return &out, t
}

func (b *binder) window(w *ast.Window, s *scope) *ast.Window {
	if w == nil {
		return nil
	}
	out := *w
	out.PartitionBy, out.OrderBy = nil, b.terms(w.OrderBy, s)
	for _, term := range w.PartitionBy {
		value, t := b.expr(term, s)
		out.PartitionBy = append(out.PartitionBy, s.asCompared(term, value, t))
	}
	return &out
}
