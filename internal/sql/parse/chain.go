package parse

import (
	"slices"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// longChain is how many equal operators in a row are worth to be balanced.
const longChain = 64

// levelled is an expression whose operators stand side by side as far as that is possible, and not one inside the other: everything that
// walks a tree walks down its levels, and the engine allows no more than a thousand of them.
func (p *parser) levelled(x ast.Expr, links int) ast.Expr {
	if links < longChain {
		return x
	}
	if top, ok := x.(*ast.Binary); ok && isAssociative(top.Op) {
		if operands := chained(top); len(operands) > longChain {
			operands[0] = p.levelled(operands[0], links-len(operands)+1)
			return balanced(top.Op, operands)
		}
	}
	if links > maxChain {
		panic(&sqlstate.Error{Code: sqlstate.TooComplex, Message: "the statement has too many operators in a row", Position: p.peek().Pos})
	}
	return x
}

// isAssociative is for operators that may be computed in any grouping.
func isAssociative(op string) bool { return op == "+" || op == "*" || op == "||" }

// chained are the operands of an operator that is applied again and again, from left to right.
func chained(top *ast.Binary) []ast.Expr {
	var operands []ast.Expr
	var x ast.Expr = top
	for {
		binary, ok := x.(*ast.Binary)
		if !ok || binary.Op != top.Op {
			operands = append(operands, x)
			slices.Reverse(operands)
			return operands
		}
		operands = append(operands, binary.R)
		x = binary.L
	}
}

func balanced(op string, operands []ast.Expr) ast.Expr {
	if len(operands) == 1 {
		return operands[0]
	}
	half := len(operands) / 2
	return &ast.Binary{Op: op, L: balanced(op, operands[:half]), R: balanced(op, operands[half:])}
}
