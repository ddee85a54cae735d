package bind

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/types"
)

// engineDigits is how many digits the engine's product or sum of two decimals has when neither side has more.
const engineDigits = 18

// binary binds an operator by the types of its sides.
func (b *binder) binary(x *ast.Binary, s *scope) (ast.Expr, types.Type) {
	switch x.Op {
	case "+", "-", "*", "/", "%":
		return b.arithmetic(x, s)
	case "=", "<>", "<", ">", "<=", ">=":
		return b.comparison(x, s), types.Type{Kind: types.Boolean}
	}
	out := *x
	left, l := b.expr(x.L, s)
	right, r := b.expr(x.R, s)
	out.L, out.R = left, right
	switch x.Op {
	case "~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*":
		return &out, types.Type{Kind: types.Boolean}
	case "||":
		return b.join(&out), joined(l, r)
	case "^":
		return &out, types.Type{Kind: types.Double}
	}
	return &out, types.Type{}
}

// joined is the type of l || r.
func joined(l, r types.Type) types.Type {
	if l.Kind == types.Varbyte || r.Kind == types.Varbyte {
		return types.Type{Kind: types.Varbyte}
	}
	return types.Type{Kind: types.Varchar}
}

func (b *binder) arithmetic(x *ast.Binary, s *scope) (ast.Expr, types.Type) {
	left, l := b.expr(x.L, s)
	right, r := b.right(x, s)
	left, l = asNumber(left, l, r)
	right, r = asNumber(right, r, l)
	plain := &ast.Binary{Op: x.Op, L: left, R: right}
	if x.Op == "+" && joins(left, l, right, r) {
		return &ast.Rewritten{Original: plain, Engine: b.join(&ast.Binary{Op: "||", L: left, R: right})}, types.Type{Kind: types.Varchar}
	}
	if x.Op == "+" || x.Op == "-" {
		if moved := days(x.Op, left, l, right, r); moved != nil {
			return &ast.Rewritten{Original: plain, Engine: moved}, types.Type{Kind: types.Timestamp}
		}
	}
	t := types.Computed(x.Op, l, r)
	if t.Kind != types.Numeric {
		return plain, dated(x.Op, l, r, t)
	}
	if engine := b.decimal(x.Op, left, l.AsDecimal(), right, r.AsDecimal(), t); engine != nil {
		return &ast.Rewritten{Original: plain, Engine: engine}, t
	}
	return plain, t
}

// maxDivisors bounds how deep divisors stand inside one another: the engine needs each twice.
const maxDivisors = 10

// right binds the right side of an operator.
func (b *binder) right(x *ast.Binary, s *scope) (ast.Expr, types.Type) {
	if x.Op != "/" && x.Op != "%" {
		return b.expr(x.R, s)
	}
	b.divisors++
	defer func() { b.divisors-- }()
	if b.divisors > maxDivisors {
		b.refuse(sqlstate.TooComplex, "the statement has too many divisions inside one another")
		return x.R, types.Type{}
	}
	return b.expr(x.R, s)
}

// dated is the type of an operation with a date or an interval.
func dated(op string, l, r, otherwise types.Type) types.Type {
	switch {
	case l.Kind == types.Date && r.IsInteger():
		return types.Type{Kind: types.Date}
	case op == "+" && l.IsInteger() && r.Kind == types.Date:
		return types.Type{Kind: types.Date}
	}
	return otherwise
}

// days moves a timestamp by a whole number of days, for which the engine wants an interval.
func days(op string, left ast.Expr, l types.Type, right ast.Expr, r types.Type) ast.Expr {
	if l.Kind == types.Timestamp && r.IsInteger() {
		return &ast.Binary{Op: op, L: left, R: native("to_days", nativeCast(right, ast.Type{Name: "integer"}))}
	}
	return nil
}

// asNumber makes a quoted number that stands beside a number one.
func asNumber(x ast.Expr, t, beside types.Type) (ast.Expr, types.Type) {
	quoted, ok := x.(*ast.String)
	if !ok || !beside.IsNumber() {
		return x, t
	}
	text := strings.TrimSpace(quoted.Value)
	if _, err := strconv.ParseFloat(text, 64); err != nil || strings.Trim(text, "0123456789.") != "" || !beginsNumber(text) {
		return x, t
	}
	return &ast.Rewritten{Original: x, Engine: &ast.Number{Text: text}}, numberType(text)
}

func beginsNumber(text string) bool { return '0' <= text[0] && text[0] <= '9' }

// joins reports whether + stands between strings.
func joins(left ast.Expr, l types.Type, right ast.Expr, r types.Type) bool {
	return isText(left, l) && (isText(right, r) || r.Kind == types.Untyped) || l.Kind == types.Untyped && isText(right, r)
}

func isText(x ast.Expr, t types.Type) bool {
	_, quoted := x.(*ast.String)
	return quoted || t.IsText()
}

// decimal is arithmetic on decimals as the engine has to be told; nil where it does the right thing by itself.
func (b *binder) decimal(op string, left ast.Expr, l types.Type, right ast.Expr, r, t types.Type) ast.Expr {
	switch op {
	case "/":
		return quotient(left, l, right, r, t)
	case "%":
		return remainder(left, right, t)
	}
	if t.Precision <= engineDigits || max(l.Precision, r.Precision) > engineDigits {
		return nil
	}
	return &ast.Binary{Op: op, L: nativeCast(left, types.Decimal(types.MaxPrecision, l.Scale).Named()), R: right}
}

// quotient divides whole numbers, since the engine divides decimals as floating point numbers. What is behind the last
// decimal is cut off.
func quotient(left ast.Expr, l types.Type, right ast.Expr, r, t types.Type) ast.Expr {
	digits := native("decimal_quotient", whole(left, l.Scale), whole(right, r.Scale), power(max(0, t.Scale-l.Scale+r.Scale)))
	return scaled(digits, t)
}

// remainder is that of whole numbers of the same scale.
func remainder(left, right ast.Expr, t types.Type) ast.Expr {
	return scaled(native("decimal_remainder", whole(left, t.Scale), whole(right, t.Scale)), t)
}

// whole moves the point of a decimal behind its last digit.
func whole(x ast.Expr, scale int) ast.Expr {
	if scale == 0 {
		return x
	}
	return &ast.Binary{Op: "*", L: x, R: power(scale)}
}

// scaled moves the point of a whole number of 38 digits back to where the type has it.
func scaled(x ast.Expr, t types.Type) ast.Expr {
	if t.Scale == 0 {
		return nativeCast(x, t.Named())
	}
	unit := "0." + strings.Repeat("0", t.Scale-1) + "1"
	ones := nativeCast(&ast.String{Value: unit}, types.Decimal(types.MaxPrecision, t.Scale).Named())
	return nativeCast(&ast.Binary{Op: "*", L: x, R: ones}, t.Named())
}

// power is a power of ten as a decimal of 38 digits, which makes the engine compute with that many.
func power(exponent int) ast.Expr {
	number := &ast.Number{Text: "1" + strings.Repeat("0", exponent)}
	return nativeCast(number, types.Decimal(types.MaxPrecision, 0).Named())
}

func native(name string, args ...ast.Expr) *ast.Call {
	return &ast.Call{Name: ast.Name{name}, Args: args, Native: true}
}

func nativeCast(x ast.Expr, t ast.Type) ast.Expr { return &ast.Cast{X: x, Type: t, Native: true} }

// settled gives an output of computed decimals just the precision that Redshift says, which the engine may not.
func settled(written, x ast.Expr, t types.Type) ast.Expr {
	if _, computed := written.(*ast.Binary); !computed || t.Kind != types.Numeric {
		return x
	}
	if rewritten, ok := x.(*ast.Rewritten); ok {
		if _, exact := rewritten.Engine.(*ast.Cast); exact {
			return x
		}
	}
	return &ast.Rewritten{Original: written, Engine: nativeCast(x, t.Named())}
}
