package print

import (
	"fmt"
	"slices"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// Selected gives the columns of a SELECT the names that Redshift gives them, where the engine would make up others.
func (t *translator) Selected(sel *ast.Select, named bool) *ast.Select {
	if sel.Into != nil {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidTableDefinition, Message: "INTO is only allowed in the first SELECT of a statement"})
	}
	t.tables(sel.From)
	if !named {
		return sel
	}
	items := make([]ast.SelectItem, len(sel.Items))
	for i, item := range sel.Items {
		if item.Alias == "" {
			item.Alias = outputAlias(item.Expr)
		}
		items[i] = item
	}
	renamed := *sel
	renamed.Items = items
	return &renamed
}

// outputAlias is the name to give a column that has none; "" when it has the right one already.
func outputAlias(x ast.Expr) string {
	switch x.(type) {
	case *ast.ColumnRef, *ast.Star:
		return ""
	}
	if name, _ := outputName(x); name != "" {
		return name
	}
	return "?column?"
}

// outputName is the name that PostgreSQL gives the column of an expression. A weak name gives way to another: a CASE
// takes its ELSE's name, and a cast its operand's, only if that is not weak.
func outputName(x ast.Expr) (name string, weak bool) {
	switch x := x.(type) {
	case *ast.Rewritten:
		return outputName(x.Original)
	case *ast.ColumnRef:
		return x.Name.Last(), false
	case *ast.Field:
		return x.Name, false
	case *ast.Index:
		return outputName(x.X)
	case *ast.Collate:
		return outputName(x.X)
	case *ast.Call:
		return callName(x.Name.Last()), false
	case *ast.BareCall:
		return bareCallName(x.Name), false
	case *ast.Extract:
		return "date_part", false
	case *ast.AtTimeZone:
		return "timezone", false
	case *ast.Array, *ast.ArrayQuery:
		return "array", false
	case *ast.Row:
		return "row", false
	case *ast.Boolean:
		return "bool", true
	case *ast.Interval:
		return "interval", true
	case *ast.Cast:
		return strongerName(x.X, x.Type.OutputName())
	case *ast.Case:
		return strongerName(x.Else, "case")
	}
	return "", true
}

func strongerName(x ast.Expr, otherwise string) (name string, weak bool) {
	if x != nil {
		if name, weak := outputName(x); name != "" && !weak {
			return name, false
		}
	}
	return otherwise, true
}

// callName is the name of a function's column: its own, but for those that Redshift rewrites before it looks.
func callName(function string) string {
	switch function {
	case "decode":
		return "case"
	case "nvl":
		return "coalesce"
	}
	return function
}

func bareCallName(function string) string {
	switch function {
	case "current_date":
		return "date"
	case "current_timestamp":
		return "timestamptz"
	case "user":
		return "current_user"
	}
	return function
}

// tables refuses what looks like a table but is a SUPER column of a table before it: FROM t, t.items.
func (t *translator) tables(from []ast.TableExpr) {
	seen := map[string]bool{}
	for _, table := range from {
		ref, ok := table.(*ast.TableRef)
		if !ok {
			continue
		}
		if len(ref.Name) > 1 && seen[ref.Name[0]] {
			t.refuse(sqlstate.Unsupported(ref.Pos, "navigating a SUPER column in FROM is not supported yet"))
		}
		if ref.Alias.Name != "" {
			seen[ref.Alias.Name] = true
		} else {
			seen[ref.Name.Last()] = true
		}
	}
}

// tableFunctions are those that may stand in FROM. The engine has many more, which read files, run statements given as text, checkpoint behind
// the node's back or show what the instance is made of.
var tableFunctions = keyword.Words("generate_series unnest pg_get_cols pg_get_late_binding_view_cols")

// From is such a call in the engine's words, which are the same; in an expression they are others.
func (t *translator) From(c *ast.Call) ast.Expr {
	if !tableFunctions[keyword.Fold(c.Name.Last())] {
		t.refuse(&sqlstate.Error{Code: sqlstate.UndefinedFunction, Message: fmt.Sprintf("function %s does not exist or cannot stand in FROM", strings.Join(c.Name, ".")), Position: c.Pos})
	}
	out := *c
	out.Name, out.Native = within(c.Name, 2), true
	return &out
}

// fileNames are the endings by which the engine takes the name of a table that does not exist for a file to read.
var fileNames = []string{".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".db", ".ddb", ".duckdb"}

// isFile says whether the engine might take a table's name for the path of a file.
func isFile(n ast.Name) bool {
	path := keyword.Fold(strings.Join(n, "."))
	return strings.ContainsAny(path, `/\`) && slices.ContainsFunc(fileNames, func(ending string) bool { return strings.Contains(path, ending) })
}
