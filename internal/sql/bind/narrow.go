package bind

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// maxNarrow bounds the text of what is computed in two ways, which is written more than once.
const maxNarrow = 1 << 12

// summed is SUM of decimals. The engine computes with 18 digits several times as fast as with 38, but refuses what has more of them: so rows
// whose values are small enough for 18 are summed with 18, and only the others with 38. Where the statistics of a column tell that all of its
// values are small, the engine does not even look at them.
func (b *binder) summed(c *ast.Call, s *scope) ast.Expr {
	if c.Over == nil && c.Filter == nil && !c.Distinct {
		if small, fits := s.narrow(c.Args[0]); small != nil {
			return native("sum_by_size", fits, small, c.Args[0])
		}
	}
	return asEngine(c)
}

// bySize is an expression of decimals that is computed with 18 digits for rows in which they are enough.
func (s *scope) bySize(x ast.Expr) ast.Expr {
	if small, fits := s.narrow(x); small != nil {
		return &ast.Rewritten{Original: x, Engine: &ast.Case{Whens: []ast.When{{Condition: fits, Result: small}}, Else: x}}
	}
	return x
}

// narrow is an expression in 18 digits, and when they are enough; nil where that would not be quicker, or is not known.
func (s *scope) narrow(x ast.Expr) (small, fits ast.Expr) {
	if len(ast.Render(func(p *ast.Printer) { p.Expr(x) })) > maxNarrow {
		return nil, nil
	}
	n := narrowing{scope: s}
	small, scale := n.plain(x)
	if small == nil || !n.widened || !n.share(small, engineDigits-1-scale) || len(n.within) == 0 {
		return nil, nil
	}
	return small, and(n.within...)
}

// narrowing finds out under which conditions an expression can be computed with 18 digits.
type narrowing struct {
	scope   *scope
	widened bool       // something in it is computed with 38 digits otherwise
	within  []ast.Expr // the conditions
}

// plain is a bound expression without what makes the engine compute with 38 digits, and its scale; nil where that is not known.
func (n *narrowing) plain(x ast.Expr) (small ast.Expr, scale int) {
	switch x := x.(type) {
	case *ast.Rewritten:
		original, isBinary := x.Original.(*ast.Binary)
		if !isBinary {
			return nil, 0
		}
		n.widened = true
		return n.plain(original)
	case *ast.Binary:
		return n.plainBinary(x)
	case *ast.Case:
		return n.plainCase(x)
	case *ast.Number:
		if t := numberType(x.Text); t.IsExact() && !(t.AsDecimal().Precision > 2*engineDigits) {
			return x, t.Scale
		}
	case *ast.ColumnRef:
		if t := n.typeOf(x); t.Kind == types.Smallint || t.Kind == types.Integer || t.Kind == types.Numeric && t.Precision <= engineDigits {
			return x, t.Scale
		}
	}
	return nil, 0
}

func (n *narrowing) typeOf(x *ast.ColumnRef) types.Type {
	column := n.scope.column(x.Name)
	if column == nil {
		return types.Type{}
	}
	return column.Type
}

func (n *narrowing) plainBinary(x *ast.Binary) (small ast.Expr, scale int) {
	left, l := n.plain(x.L)
	right, r := n.plain(x.R)
	switch {
	case left == nil || right == nil:
		return nil, 0
	case x.Op == "*":
		scale = l + r
	case x.Op == "+", x.Op == "-":
		scale = max(l, r)
	default:
		return nil, 0
	}
	return &ast.Binary{Op: x.Op, L: left, R: right}, scale
}

func (n *narrowing) plainCase(x *ast.Case) (small ast.Expr, scale int) {
	out := *x
	out.Whens = make([]ast.When, len(x.Whens))
	for i, when := range x.Whens {
		result, own := n.plain(when.Result)
		if result == nil {
			return nil, 0
		}
		out.Whens[i], scale = ast.When{Condition: when.Condition, Result: result}, max(scale, own)
	}
	if x.Else != nil {
		result, own := n.plain(x.Else)
		if result == nil {
			return nil, 0
		}
		out.Else, scale = result, max(scale, own)
	}
	return &out, scale
}

// share has an expression be at most 10 to the power of digits, by conditions on its columns; false where no conditions can do that.
func (n *narrowing) share(x ast.Expr, digits int) bool {
	switch x := x.(type) {
	case *ast.Number:
		return wholeDigits(x) <= digits
	case *ast.ColumnRef:
		return digits > 0 && n.limit(x, tens(digits))
	case *ast.Case:
		fits := x.Else == nil || n.share(x.Else, digits)
		for _, when := range x.Whens {
			fits = fits && n.share(when.Result, digits)
		}
		return fits
	case *ast.Binary:
		if x.Op == "*" {
			return n.shareProduct(factors(x), digits)
		}
		return n.share(x.L, digits-1) && n.share(x.R, digits-1)
	}
	return false
}

// limit has a column be at most so far from zero.
func (n *narrowing) limit(x *ast.ColumnRef, most int64) bool {
	t := n.typeOf(x).AsDecimal()
	if most < 1 {
		return false
	}
	if tens(t.Precision-t.Scale)-1 > most {
		text := strconv.FormatInt(most, 10)
		if t.Scale > 0 {
			text += "." + strings.Repeat("0", t.Scale)
		}
		n.within = append(n.within, &ast.Between{X: x, Low: &ast.Number{Text: "-" + text}, High: &ast.Number{Text: text}})
	}
	return true
}

// shareProduct gives the factors their shares of the digits. A column beside a number, as in 1 - discount, is taken for about as large as
// that number; the others share what is left.
func (n *narrowing) shareProduct(all []ast.Expr, digits int) bool {
	var open []ast.Expr
	for _, factor := range all {
		number, column := besideNumber(factor)
		if number == nil {
			open = append(open, factor)
			continue
		}
		own := wholeDigits(number)
		if digits -= own; column != nil && (own > engineDigits-1 || !n.limit(column, tens(own)-whole64(number)-1)) {
			return false
		}
	}
	for _, factor := range open {
		if !n.share(factor, digits/len(open)) {
			return false
		}
	}
	return digits >= 0
}

// factors are those of a product, of which the first may be a product itself.
func factors(x ast.Expr) []ast.Expr {
	if product, ok := x.(*ast.Binary); ok && product.Op == "*" {
		return append(factors(product.L), factors(product.R)...)
	}
	return []ast.Expr{x}
}

// besideNumber takes a number, or a sum or difference of a number and a column, apart; both are nil for everything else.
func besideNumber(x ast.Expr) (number *ast.Number, column *ast.ColumnRef) {
	if number, ok := x.(*ast.Number); ok {
		return number, nil
	}
	sum, ok := x.(*ast.Binary)
	if !ok || sum.Op == "*" {
		return nil, nil
	}
	for _, sides := range [][2]ast.Expr{{sum.L, sum.R}, {sum.R, sum.L}} {
		number, isNumber := sides[0].(*ast.Number)
		column, isColumn := sides[1].(*ast.ColumnRef)
		if isNumber && isColumn {
			return number, column
		}
	}
	return nil, nil
}

// wholeDigits are the digits before a number's point.
func wholeDigits(x *ast.Number) int {
	before, _, _ := strings.Cut(x.Text, ".")
	return len(strings.TrimLeft(before, "0"))
}

// whole64 is what stands before a number's point.
func whole64(x *ast.Number) int64 {
	before, _, _ := strings.Cut(x.Text, ".")
	value, _ := strconv.ParseInt("0"+before, 10, 64)
	return value
}

// tens is 10 to a power of less than 19.
func tens(power int) int64 {
	value := int64(1)
	for range power {
		value *= 10
	}
	return value
}
