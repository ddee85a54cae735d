package print

import (
	"slipher/internal/sql/ast"
)

var aggregateFunctions = map[string]rewrite{
	"avg":             avg,
	"listagg":         listagg,
	"ratio_to_report": ratioToReport,
	"every":           renamed("bool_and"),
	"percentile_cont": percentile("quantile_cont"),
	"percentile_disc": percentile("quantile_disc"),
}

// listagg moves the order of WITHIN GROUP into the argument list, where the engine wants it.
func listagg(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) == 0 || len(c.Args) > 2 {
		return nil
	}
	separator := ast.Expr(&ast.String{})
	if len(c.Args) == 2 {
		separator = c.Args[1]
	}
	out := *c
	out.Name, out.Native = ast.Name{"string_agg"}, true
	text := t.repeatable(nativeCast(c.Args[0], "varchar"))
	out.Args = []ast.Expr{text, separator}
	out.OrderBy, out.WithinGroup = c.WithinGroup, nil
	if c.Distinct && len(c.WithinGroup) == 1 {
		// The engine orders distinct values by themselves only.
		out.OrderBy = []ast.SortTerm{{Expr: text, Desc: c.WithinGroup[0].Desc, Nulls: c.WithinGroup[0].Nulls}}
	}
	return native("bounded_listagg", &out)
}

// avg is a whole number for whole numbers, and has the scale of the argument for decimals; the engine's is always a floating point number.
func avg(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 1 || c.Star {
		return nil
	}
	part := func(name string) ast.Expr {
		aggregate := *c
		aggregate.Name, aggregate.Args, aggregate.Native = ast.Name{name}, []ast.Expr{t.repeatable(c.Args[0])}, true
		return &aggregate
	}
	return t.sql("cast_to_type({1} / nullif({2}, 0), {1})", part("sum"), part("count"))
}

// ratioToReport divides by the sum over the same window.
func ratioToReport(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 1 || c.Over == nil {
		return nil
	}
	x := t.repeatable(c.Args[0])
	sum := native("sum", x)
	sum.Over = c.Over
	return &ast.Binary{Op: "/", L: nativeCast(x, "double precision"), R: sum}
}

// percentile is needed over a window only, where the engine has the function in another form.
func percentile(engineName string) rewrite {
	return func(t *translator, c *ast.Call) ast.Expr {
		if c.Over == nil || len(c.Args) != 1 || len(c.WithinGroup) != 1 {
			return nil
		}
		fraction := c.Args[0]
		if c.WithinGroup[0].Desc {
			fraction = &ast.Binary{Op: "-", L: &ast.Number{Text: "1"}, R: fraction}
		}
		out := native(engineName, c.WithinGroup[0].Expr, fraction)
		out.Over, out.Filter = c.Over, c.Filter
		return out
	}
}

// approximate takes APPROXIMATE COUNT(DISTINCT x) for the engine's sketch, and any other approximation for the
// exact thing.
func (t *translator) approximate(c *ast.Call) ast.Expr {
	exact := *c
	exact.Approximate = false
	if c.Name.Last() == "count" && c.Distinct {
		exact.Name, exact.Distinct, exact.Native = ast.Name{"approx_count_distinct"}, false, true
		return &exact
	}
	exact.Native = true
	return &exact
}
