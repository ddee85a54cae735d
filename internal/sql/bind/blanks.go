package bind

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

func blank() ast.Expr { return &ast.String{Value: " "} }

// trimmed is a string without its trailing blanks, as it is compared. Of a column the engine looks at the last character first, and takes
// only from those few strings something off that end with a blank: that costs next to nothing, where rtrim makes every string anew.
func (s *scope) trimmed(x ast.Expr) ast.Expr {
	if value, constant := constantText(x); constant {
		return &ast.String{Value: value}
	}
	if s.isTrimmed(x) {
		return x
	}
	if _, ok := x.(*ast.ColumnRef); ok {
		return native("without_blanks", x)
	}
	return native("rtrim", x, blank())
}

// isTrimmed reports whether an expression never has trailing blanks: a column that is stored without them, or what was trimmed before.
func (s *scope) isTrimmed(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Rewritten:
		return s.isTrimmed(x.Engine)
	case *ast.Call:
		return x.Native && (x.Name.Last() == "rtrim" || x.Name.Last() == "without_blanks")
	case *ast.ColumnRef:
		column := s.column(x.Name)
		return column != nil && column.Trimmed
	case *ast.String:
		return !strings.HasSuffix(x.Value, " ")
	}
	return false
}

// asCompared is an expression as it is told apart from others: of strings the trailing blanks do not count.
func (s *scope) asCompared(written, x ast.Expr, t types.Type) ast.Expr {
	_, quoted := x.(*ast.String)
	if !t.IsPadded() && !quoted || s.isTrimmed(x) {
		return x
	}
	return &ast.Rewritten{Original: written, Engine: s.trimmed(x)}
}

func constantText(x ast.Expr) (value string, ok bool) {
	quoted, ok := x.(*ast.String)
	if !ok {
		return "", false
	}
	return strings.TrimRight(quoted.Value, " "), true
}
