package parse

import (
	"strconv"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

// primary reads what stands between operators.
func (p *parser) primary() ast.Expr {
	token := *p.peek()
	switch token.Kind {
	case StringToken:
		p.next()
		return &ast.String{Value: token.Text}
	case NumberToken:
		p.next()
		return &ast.Number{Text: token.Text}
	case ParamToken:
		p.next()
		number, _ := strconv.Atoi(token.Text[1:])
		return &ast.Param{Number: number}
	case Operator:
		return p.bracketed()
	case Identifier:
		if x := p.keywordExpr(token); x != nil {
			return x
		}
	}
	return p.columnOrCall()
}

// bracketed reads a subquery, a row or an expression in parentheses.
func (p *parser) bracketed() ast.Expr {
	if p.atQueryInside() {
		return &ast.Subquery{Query: p.parenthesised()}
	}
	p.expectOp("(")
	items := p.exprs()
	p.expectOp(")")
	if len(items) == 1 {
		return items[0]
	}
	return &ast.Row{Items: items}
}

// rowInside reports whether the parenthesis that is next, though a query begins in it, holds an expression:
// ((select 1) + 1) and ((select 1), 2).
func (p *parser) rowInside() bool {
	if !p.peekAt(1).isOp("(") {
		return false
	}
	depth := 0
	for ahead := 1; ; ahead++ {
		switch token := p.peekAt(ahead); {
		case token.Kind == EndOfInput:
			return false
		case token.isOp("("):
			depth++
		case token.isOp(")"):
			if depth--; depth == 0 {
				return !p.continuesQuery(p.peekAt(ahead + 1))
			}
		}
	}
}

// continuesQuery reports whether a query in parentheses may go on with the token, or ends before it.
func (p *parser) continuesQuery(t *Token) bool {
	return t.isOp(")") || t.Kind == Identifier && queryWords[t.Text]
}

var queryWords = keyword.Words("union except minus intersect order limit offset")

// keywordExpr reads the expressions that begin with a word of their own; nil when the word is a name.
func (p *parser) keywordExpr(token Token) ast.Expr {
	following := p.peekAt(1)
	switch token.Text {
	case "null":
		p.next()
		return &ast.Null{}
	case "true", "false":
		p.next()
		return &ast.Boolean{Value: token.Text == "true"}
	case "case":
		return p.caseExpr()
	case "interval":
		if following.Kind == StringToken {
			return p.interval()
		}
	case "array":
		if following.isOp("[") {
			return p.array()
		}
		if following.isOp("(") && (p.peekAt(2).is("select") || p.peekAt(2).is("with")) {
			p.next()
			return &ast.ArrayQuery{Query: p.parenthesised()}
		}
	case "exists":
		if following.isOp("(") {
			p.next()
			return &ast.Exists{Query: p.parenthesised()}
		}
	case "row":
		if following.isOp("(") {
			return p.row()
		}
	case "approximate":
		if following.Kind == Identifier {
			return p.approximate()
		}
	}
	if x := p.specialCall(token, following); x != nil {
		return x
	}
	if keyword.BareFunctions[token.Text] && !following.isOp("(") {
		p.next()
		return &ast.BareCall{Name: token.Text, Pos: token.Pos}
	}
	return p.typedLiteral(token)
}

func (p *parser) caseExpr() ast.Expr {
	p.expect("case")
	expr := &ast.Case{}
	if !p.is("when") {
		expr.Operand = p.expr()
	}
	for p.accept("when") {
		condition := p.expr()
		p.expect("then")
		expr.Whens = append(expr.Whens, ast.When{Condition: condition, Result: p.expr()})
	}
	if expr.Whens == nil {
		p.fail()
	}
	if p.accept("else") {
		expr.Else = p.expr()
	}
	p.expect("end")
	return expr
}

func (p *parser) row() ast.Expr {
	p.expect("row")
	p.expectOp("(")
	row := &ast.Row{}
	if !p.isOp(")") {
		row.Items = p.exprs()
	}
	p.expectOp(")")
	return row
}

func (p *parser) array() ast.Expr {
	p.expect("array")
	p.expectOp("[")
	array := &ast.Array{}
	if !p.isOp("]") {
		array.Items = p.exprs()
	}
	p.expectOp("]")
	return array
}

// interval reads INTERVAL '…' and the unit that may follow.
func (p *parser) interval() ast.Expr {
	p.expect("interval")
	literal := &ast.Interval{Value: p.stringValue()}
	unit, ok := intervalUnits[p.peek().Text]
	if !ok || p.peek().Kind != Identifier {
		return literal
	}
	p.next()
	if p.is("to") && intervalUnits[p.peekAt(1).Text] != "" {
		p.next()
		unit += " to " + intervalUnits[p.next().Text]
	}
	literal.Unit = unit
	p.intervalPrecision()
	return literal
}

// intervalPrecision passes over the (n) that may follow SECOND.
func (p *parser) intervalPrecision() {
	if p.isOp("(") && p.peekAt(1).Kind == NumberToken {
		p.next()
		p.next()
		p.expectOp(")")
	}
}

var intervalUnits = map[string]string{
	"year": "year", "years": "year", "month": "month", "months": "month", "week": "week", "weeks": "week",
	"day": "day", "days": "day", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute",
	"second": "second", "seconds": "second",
}

// typedLiteral reads DATE '…', TIMESTAMP WITH TIME ZONE '…' and the like; nil when it is none.
func (p *parser) typedLiteral(token Token) ast.Expr {
	if !literalTypes[token.Text] || p.peekAt(p.typeWidth()).Kind != StringToken {
		return nil
	}
	t := p.typeName()
	return &ast.Cast{X: &ast.String{Value: p.stringValue()}, Type: t}
}

// typeWidth is how many tokens the type that is next takes, by the look of it; 0 when it does not look like one.
func (p *parser) typeWidth() int {
	width := 1
	if p.peekAt(width).is("precision") || p.peekAt(width).is("varying") {
		width++
	}
	if p.peekAt(width).isOp("(") {
		width++
		for p.peekAt(width).isOp(",") || p.peekAt(width).is("max") || p.peekAt(width).Kind == NumberToken {
			width++
		}
		if !p.peekAt(width).isOp(")") || p.peekAt(width-1).isOp("(") {
			return 0
		}
		width++
	}
	if p.peekAt(width).is("with") || p.peekAt(width).is("without") {
		width += 3
	}
	return width
}

var literalTypes = keyword.Words(`date time timetz timestamp timestamptz varchar char character bpchar text numeric decimal
	int int2 int4 int8 integer bigint smallint float float4 float8 real double bool boolean super varbyte bytea name oid`)
