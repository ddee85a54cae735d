package ast

// Binding powers, weakest first. They follow PostgreSQL 8's grammar, from which Redshift descends, except that <=, >=
// and <> bind like the other comparisons, as every later version has it.
const (
	BindNothing = iota
	BindOr
	BindAnd
	BindNot
	bindEqual
	bindCompare
	BindLike
	BindBetween
	BindIn
	BindOperator
	BindIs
	bindAdd
	bindMultiply
	bindPower
	BindAtTimeZone
	BindCollate
	BindSign
	BindPostfix
)

// OperatorPower is how strongly an infix operator binds; 0 for what is no infix operator.
func OperatorPower(op string) int {
	switch op {
	case "=":
		return bindEqual
	case "<", ">", "<=", ">=", "<>":
		return bindCompare
	case "+", "-":
		return bindAdd
	case "*", "/", "%":
		return bindMultiply
	case "^":
		return bindPower
	case "(", ")", ",", ";", ".", "]", ":", ":=", "?":
		return BindNothing
	case "[", "::":
		return BindPostfix
	}
	return BindOperator
}
