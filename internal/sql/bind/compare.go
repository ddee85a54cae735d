package bind

import (
	"slipher/internal/sql/ast"
)

// compared binds the sides of a comparison.
func (b *binder) compared(left, right ast.Expr, s *scope) (ast.Expr, ast.Expr) {
	return b.value(left, s), b.value(right, s)
}
