package bind

import (
	"math"
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/types"
)

// MaxText is the longest text that an expression may make, in bytes.
const MaxText = 16_000_000

// maxOther is more than any value has as text that is none.
const maxOther = 64

// grown is a call or a || that may make a text much longer than what it is given. Where the widths of its parts do not tell that it stays below
// MaxText, the engine is given a function that looks before, or at least before anything more is made of it.
func (b *binder) grown(original, x ast.Expr, width float64) ast.Expr {
	if width <= MaxText {
		b.widths[original] = width
		return original
	}
	bounded := &ast.Rewritten{Original: original, Engine: x}
	b.widths[original], b.widths[bounded] = width, MaxText
	return bounded
}

// maxGuarded bounds the text that is looked at by naming it twice, which is quicker than the way that names it once.
const maxGuarded = 1 << 12

// guarded looks at a text that is made already.
func (b *binder) guarded(x ast.Expr) ast.Expr {
	if len(ast.Render(func(p *ast.Printer) { p.Expr(x) })) <= maxGuarded {
		return native("bounded_text", x)
	}
	return native("bounded_long_text", x)
}

// grows maps the functions that may make long texts of short ones to how they are bounded.
var grows = map[string]func(*binder, *ast.Call) ast.Expr{
	"repeat": (*binder).repeat, "replicate": (*binder).repeat, "lpad": (*binder).pad, "rpad": (*binder).pad, "concat": (*binder).concat,
	"replace": (*binder).replace, "regexp_replace": (*binder).replacePattern,
	"translate": several(4), "upper": several(2), "lower": several(2), "initcap": several(2), "quote_ident": several(3), "quote_literal": several(3),
	"from_varbyte": several(2),
}

func (b *binder) repeat(c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return c
	}
	return b.grown(c, native("bounded_repeat", c.Args...), b.width(c.Args[0])*count(c.Args[1]))
}

func (b *binder) pad(c *ast.Call) ast.Expr {
	if len(c.Args) < 2 || len(c.Args) > 3 {
		return c
	}
	shorter := *c
	shorter.Args = append([]ast.Expr{c.Args[0], native("bounded_length", c.Args[1])}, c.Args[2:]...)
	return b.grown(c, b.guarded(&shorter), 4*count(c.Args[1]))
}

func (b *binder) concat(c *ast.Call) ast.Expr {
	width := 0.0
	for _, arg := range c.Args {
		width += b.width(arg)
	}
	return b.grown(c, b.guarded(c), width)
}

// maxJoined is how long the result of several || may be before anybody looks at it.
const maxJoined = 8 * MaxText

// join looks at the result of a row of || as a whole.
func (b *binder) join(x *ast.Binary) ast.Expr {
	x.L = b.unguarded(x.L)
	return b.grown(x, b.guarded(x), b.width(x.L)+b.width(x.R))
}

func (b *binder) unguarded(x ast.Expr) ast.Expr {
	bounded, ok := x.(*ast.Rewritten)
	if !ok {
		return x
	}
	if inner, ok := bounded.Original.(*ast.Binary); ok && inner.Op == "||" && b.widths[inner] <= maxJoined {
		return inner
	}
	return x
}

// replace puts at most one replacement in the place of each byte.
func (b *binder) replace(c *ast.Call) ast.Expr {
	if len(c.Args) != 3 {
		return c
	}
	width := b.width(c.Args[0])
	return b.grown(c, native("bounded_replace", c.Args...), width*max(1, b.width(c.Args[2])))
}

// replacePattern may put a replacement before and behind each byte, and the text itself for a reference in it.
func (b *binder) replacePattern(c *ast.Call) ast.Expr {
	if len(c.Args) < 3 || !b.twice(c) {
		return c
	}
	checked := *c
	checked.Args = append([]ast.Expr{native("bounded_subject", c.Args[:3]...)}, c.Args[1:]...)
	width, written := b.width(c.Args[0])+1, b.width(c.Args[2])
	if replacement, ok := c.Args[2].(*ast.String); !ok || strings.ContainsAny(replacement.Value, `\$`) {
		written *= width
	}
	return b.grown(c, b.guarded(&checked), width*(1+written))
}

// several is for a function whose text has at most so many bytes for each that it is given.
func several(times float64) func(*binder, *ast.Call) ast.Expr {
	return func(b *binder, c *ast.Call) ast.Expr {
		if len(c.Args) == 0 {
			return c
		}
		return b.grown(c, b.guarded(c), times*b.width(c.Args[0])+maxOther)
	}
}

// count is how often something is repeated.
func count(x ast.Expr) float64 {
	if number, ok := x.(*ast.Number); ok {
		if times, err := strconv.ParseFloat(number.Text, 64); err == nil {
			return max(times, 0)
		}
	}
	return math.MaxInt32
}

// narrow are the functions whose text is no longer than their longest argument.
var narrow = keyword.Words("trim btrim ltrim rtrim left right substring substr reverse split_part regexp_substr coalesce nvl isnull nullif min max any_value first_value last_value lag lead nth_value greatest least")

// width is the most bytes that a bound expression may have as text.
func (b *binder) width(x ast.Expr) float64 {
	if width, known := b.widths[x]; known {
		return width
	}
	switch x := x.(type) {
	case *ast.String:
		return float64(len(x.Value))
	case *ast.Number, *ast.Boolean, *ast.Null, *ast.BareCall, *ast.Interval, *ast.Extract:
		return maxOther
	case *ast.Rewritten:
		return b.width(x.Original)
	case *ast.Cast:
		return b.width(x.X)
	case *ast.Call:
		if narrow[x.Name.Last()] {
			return b.widest(x.Args)
		}
	case *ast.Case:
		results := []ast.Expr{x.Else}
		for _, when := range x.Whens {
			results = append(results, when.Result)
		}
		return b.widest(results)
	}
	return MaxText
}

func (b *binder) widest(list []ast.Expr) float64 {
	width := 0.0
	for _, x := range list {
		if x != nil {
			width = max(width, b.width(x))
		}
	}
	return width
}

// columnWidth is what a column of a table may hold. Of a query's column nothing is known.
func columnWidth(column *Column) float64 {
	switch {
	case column.width > 0:
		return column.width
	case !column.Stored || column.Type.Kind == types.Unknown || column.Type.Kind == types.Super || column.Type.Kind == types.Varbyte:
		return MaxText
	case !column.Type.IsText():
		return maxOther
	case column.Type.Length > 0:
		return float64(column.Type.Length)
	}
	return ast.MaxVarchar
}
