package bind

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// targets are the columns that an INSERT fills; without names the first ones. One that is not known is nil.
func (r *Relation) targets(names []string) []*Column {
	var out []*Column
	if names == nil {
		for i := range r.Columns {
			out = append(out, &r.Columns[i])
		}
	}
	source := source{columns: r.Columns}
	for _, name := range names {
		out = append(out, source.column(name))
	}
	return out
}

// assigned is the query of an INSERT with its outputs as their columns store them. The query is the binder's own copy.
func assigned(q *ast.Query, columns []Column, targets []*Column) *ast.Query {
	switch body := q.Body.(type) {
	case *ast.Values:
		for _, row := range body.Rows {
			for i := range row {
				if i < len(targets) {
					row[i] = stored(row[i], typeOfValue(row[i], columns, i), targets[i])
				}
			}
		}
	case *ast.Select:
		for i := range body.Items {
			if len(columns) == len(body.Items) && i < len(targets) && !body.Distinct {
				body.Items[i].Expr = stored(body.Items[i].Expr, columns[i].Type, targets[i])
			}
		}
	}
	return q
}

// typeOfValue is the type of one value of VALUES: a quoted string has none, whatever the others of its column are.
func typeOfValue(x ast.Expr, columns []Column, at int) types.Type {
	switch x.(type) {
	case *ast.String, *ast.Param:
		return types.Type{Kind: types.Untyped}
	}
	if at < len(columns) {
		return columns[at].Type
	}
	return types.Type{}
}

// stored is a value as a column stores it: a string in a SUPER column is one string and no JSON, a date may be written in
// any form, and blanks beyond a column's length are cut off.
func stored(x ast.Expr, t types.Type, column *Column) ast.Expr {
	if column == nil || isNull(x) {
		return x
	}
	if column.Type.Kind == types.Super && (t.IsText() || t.Kind == types.Untyped) {
		return &ast.Rewritten{Original: x, Engine: native("to_json", nativeCast(x, ast.Type{Name: "varchar"}))}
	}
	if quoted, ok := x.(*ast.String); ok && column.Type.IsText() {
		if cut := withoutBlanks(quoted.Value, column.Type.Length); cut != quoted.Value {
			return &ast.Rewritten{Original: x, Engine: &ast.String{Value: cut}}
		}
	}
	return asDate(x, column.Type)
}

// withoutBlanks cuts trailing blanks down to a number of bytes.
func withoutBlanks(text string, length int) string {
	for length > 0 && len(text) > length && strings.HasSuffix(text, " ") {
		text = text[:len(text)-1]
	}
	return text
}
