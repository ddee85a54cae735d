package bind

import (
	"strconv"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/types"
)

// arguments binds everything inside a call.
func (b *binder) arguments(c *ast.Call, s *scope) (*ast.Call, []types.Type) {
	out := *c
	args := make([]types.Type, 0, len(c.Args))
	out.Args = nil
	if s != nil && c.Over == nil && aggregateNames[c.Name.Last()] {
		s.aggregating++
		defer func() { s.aggregating-- }()
	}
	for _, arg := range c.Args {
		value, t := b.expr(arg, s)
		if c.Distinct {
			value = s.asCompared(arg, value, t)
		}
		out.Args, args = append(out.Args, value), append(args, t)
	}
	out.OrderBy, out.WithinGroup = b.terms(c.OrderBy, s), b.terms(c.WithinGroup, s)
	out.Filter, out.Over = b.optional(c.Filter, s), b.window(c.Over, s)
	return &out, args
}

// call binds a function by its name and the types of its arguments.
func (b *binder) call(c *ast.Call, s *scope) (ast.Expr, types.Type) {
	out, args := b.arguments(c, s)
	if len(c.Name) > 1 && c.Name[0] != "pg_catalog" {
		return out, types.Type{}
	}
	name := c.Name.Last()
	b.check(name, c)
	if len(args) > 0 && args[0].Kind == types.Varbyte {
		return ofBytes(out, name)
	}
	if name == "octet_length" && len(args) == 1 && args[0].Kind == types.Char && args[0].Length > 0 {
		return ofPadded(out, args[0])
	}
	if aggregate := aggregates[name]; aggregate != nil && len(args) == 1 {
		return aggregate(b, out, args[0], s)
	}
	if grow := grows[name]; grow != nil {
		return grow(b, out), types.Type{Kind: types.Varchar}
	}
	if compared := b.comparing(out, name, args, s); compared != nil {
		return compared, first(args)
	}
	if result, known := results[name]; known {
		return answered(out, name, result(args))
	}
	return out, types.Type{}
}

// ofPadded is how many bytes a CHAR has with its blanks.
func ofPadded(c *ast.Call, t types.Type) (ast.Expr, types.Type) {
	length := &ast.Number{Text: strconv.Itoa(t.Length)}
	known := &ast.Case{Whens: []ast.When{{Condition: &ast.Is{X: c.Args[0], Not: true, What: "null"}, Result: length}}}
	return &ast.Rewritten{Original: c, Engine: known}, types.Type{Kind: types.Integer}
}

// comparing binds the functions that compare strings; nil for all others.
func (b *binder) comparing(c *ast.Call, name string, args []types.Type, s *scope) ast.Expr {
	if name != "nullif" || len(args) != 2 || !comparesText(c.Args[0], args[0], c.Args[1], args[1]) || !b.twice(c.Args[0]) {
		return nil
	}
	equal := b.textual("=", c.Args[0], c.Args[1], s)
	return &ast.Rewritten{Original: c, Engine: &ast.Case{Whens: []ast.When{{Condition: equal, Result: &ast.Null{}}}, Else: c.Args[0]}}
}

// answered gives a function of integers the width that Redshift's has.
func answered(c *ast.Call, name string, t types.Type) (ast.Expr, types.Type) {
	if !widerInEngine[name] {
		return c, t
	}
	return &ast.Rewritten{Original: c, Engine: nativeCast(c, t.Named())}, t
}

// check refuses what Redshift refuses by the form of the call alone.
func (b *binder) check(name string, c *ast.Call) {
	switch {
	case name == "concat" && len(c.Args) != 2:
		b.refuse(sqlstate.UndefinedFunction, "function concat does not exist with other than two arguments")
	case c.Over != nil && framed[name] && c.Over.OrderBy != nil && c.Over.Frame == nil && c.Over.Reference == "":
		b.refuse(sqlstate.FeatureNotSupported, "Aggregate window functions with an ORDER BY clause require a frame clause")
	case c.Over != nil && c.Over.Frame != nil && c.Over.Frame.Unit == "range":
		b.refuse(sqlstate.FeatureNotSupported, "RANGE clause of window functions not yet implemented")
	}
}
