package bind

import (
	"strconv"
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

// assign has the rows of an INSERT be as their columns store them. They are the binder's own copy.
func assign(rows ast.QueryBody, columns []Column, targets []*Column) {
	switch body := rows.(type) {
	case *ast.Query:
		assign(body.Body, columns, targets)
	case *ast.SetOperation:
		assign(body.Left, columns, targets)
		assign(body.Right, columns, targets)
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
				body.Items[i].Expr = stored(body.Items[i].Expr, typeOfValue(body.Items[i].Expr, columns, i), targets[i])
			}
		}
	}
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
	if kept := column.fitting(x, t); kept != x {
		return &ast.Rewritten{Original: x, Engine: kept}
	}
	return asDate(x, column.Type)
}

// fitting is a string as its column keeps it: of CHAR without blanks, of VARCHAR without those that have no room.
func (c *Column) fitting(x ast.Expr, t types.Type) ast.Expr {
	if _, isDefault := x.(*ast.Default); isDefault || !c.Type.IsPadded() || c.Type.Length == 0 {
		return x
	}
	quoted, constant := x.(*ast.String)
	var none *scope
	switch {
	case c.Type.Kind == types.Char && (!constant || strings.HasSuffix(quoted.Value, " ")):
		return none.trimmed(asVarchar(x, t))
	case constant && withoutBlanks(quoted.Value, c.Type.Length) != quoted.Value:
		return &ast.String{Value: withoutBlanks(quoted.Value, c.Type.Length)}
	case constant || c.Type.Kind == types.Char || t.IsPadded() && 0 < t.Length && t.Length <= c.Type.Length:
		return x
	}
	return native("fit_bytes", asVarchar(x, t), &ast.Number{Text: strconv.Itoa(c.Type.Length)})
}

// asVarchar is a value of any type as a string.
func asVarchar(x ast.Expr, t types.Type) ast.Expr {
	if t.IsText() {
		return x
	}
	return nativeCast(x, ast.Type{Name: "varchar"})
}

// withoutBlanks cuts trailing blanks down to a number of bytes.
func withoutBlanks(text string, length int) string {
	for length > 0 && len(text) > length && strings.HasSuffix(text, " ") {
		text = text[:len(text)-1]
	}
	return text
}
