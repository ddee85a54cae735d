package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

// columnOrCall reads a name: a column, or a function when a parenthesis follows.
func (p *parser) columnOrCall() ast.Expr {
	token := *p.peek()
	if !token.isName() && !(keyword.Callable[token.Text] && p.peekAt(1).isOp("(")) {
		p.fail()
	}
	name := ast.Name{p.next().Text}
	for p.isOp(".") && p.peekAt(1).isLabel() {
		p.next()
		name = append(name, p.next().Text)
	}
	if p.isOp("(") {
		return p.call(name, token.Pos)
	}
	return &ast.ColumnRef{Name: name, Pos: token.Pos}
}

// call reads the arguments of a function and what may follow them.
func (p *parser) call(name ast.Name, pos int) *ast.Call {
	call := &ast.Call{Name: name, Pos: pos}
	p.expectOp("(")
	switch {
	case p.acceptOp("*"):
		call.Star = true
	case !p.isOp(")"):
		call.Distinct = p.acceptAny("distinct", "all") == "distinct"
		call.Args = p.exprs()
		call.Nulls = p.nullTreatment()
		if p.accept("order", "by") {
			call.OrderBy = p.sortTerms()
		}
	}
	p.expectOp(")")
	p.callSuffix(call)
	return call
}

func (p *parser) callSuffix(call *ast.Call) {
	if p.accept("within", "group") {
		p.expectOp("(")
		p.expect("order", "by")
		call.WithinGroup = p.sortTerms()
		p.expectOp(")")
	}
	if p.is("filter") && p.peekAt(1).isOp("(") {
		p.next()
		p.expectOp("(")
		p.expect("where")
		call.Filter = p.expr()
		p.expectOp(")")
	}
	if call.Nulls == "" {
		call.Nulls = p.nullTreatment()
	}
	if p.accept("over") {
		call.Over = p.over()
	}
}

func (p *parser) nullTreatment() string {
	switch {
	case p.accept("ignore", "nulls"):
		return "ignore nulls"
	case p.accept("respect", "nulls"):
		return "respect nulls"
	}
	return ""
}

func (p *parser) over() *ast.Window {
	if p.isOp("(") {
		return p.windowSpec()
	}
	return &ast.Window{Reference: p.name(), Bare: true}
}

// windowSpec reads ([name] [PARTITION BY …] [ORDER BY …] [frame]).
func (p *parser) windowSpec() *ast.Window {
	p.expectOp("(")
	window := &ast.Window{}
	if p.peek().isName() && !p.isAny("rows", "range") {
		window.Reference = p.name()
	}
	if p.accept("partition", "by") {
		window.PartitionBy = p.exprs()
	}
	if p.accept("order", "by") {
		window.OrderBy = p.sortTerms()
	}
	if unit := p.acceptAny("rows", "range"); unit != "" {
		window.Frame = p.frame(unit)
	}
	p.expectOp(")")
	return window
}

func (p *parser) frame(unit string) *ast.Frame {
	frame := &ast.Frame{Unit: unit}
	if !p.accept("between") {
		frame.Start = p.bound()
		return frame
	}
	frame.Start = p.bound()
	p.expect("and")
	frame.End = p.bound()
	return frame
}

func (p *parser) bound() *ast.Bound {
	switch {
	case p.accept("unbounded", "preceding"):
		return &ast.Bound{Kind: "unbounded preceding"}
	case p.accept("unbounded", "following"):
		return &ast.Bound{Kind: "unbounded following"}
	case p.accept("current", "row"):
		return &ast.Bound{Kind: "current row"}
	}
	bound := &ast.Bound{Offset: p.exprAbove(ast.BindBetween)}
	if bound.Kind = p.acceptAny("preceding", "following"); bound.Kind == "" {
		p.fail()
	}
	return bound
}

// approximate reads APPROXIMATE aggregate(…).
func (p *parser) approximate() ast.Expr {
	p.expect("approximate")
	token := p.next()
	call := p.call(ast.Name{token.Text}, token.Pos)
	call.Approximate = true
	return call
}

// specialCall reads the functions whose arguments have a grammar of their own; nil when it is none of them.
func (p *parser) specialCall(token Token, following *Token) ast.Expr {
	if !following.isOp("(") {
		return nil
	}
	switch token.Text {
	case "cast":
		return p.cast()
	case "try_cast":
		cast := p.cast()
		cast.Try = true
		return cast
	case "convert":
		return p.convert()
	case "extract":
		return p.extract(token.Pos)
	case "substring":
		return p.substring(token.Pos)
	case "position":
		return p.position(token.Pos)
	case "trim":
		return p.trim(token.Pos)
	}
	return nil
}

// open takes the function's name and its parenthesis.
func (p *parser) open() {
	p.next()
	p.expectOp("(")
}

func (p *parser) cast() *ast.Cast {
	p.open()
	cast := &ast.Cast{X: p.expr()}
	p.expect("as")
	cast.Type = p.typeName()
	p.expectOp(")")
	return cast
}

// convert reads CONVERT(type, x).
func (p *parser) convert() ast.Expr {
	p.open()
	cast := &ast.Cast{Type: p.typeName()}
	p.expectOp(",")
	cast.X = p.expr()
	p.expectOp(")")
	return cast
}

func (p *parser) extract(pos int) ast.Expr {
	p.open()
	token := p.peek()
	if token.Kind != StringToken && !token.isLabel() {
		p.fail()
	}
	extract := &ast.Extract{Part: keyword.Fold(p.next().Text), Pos: pos}
	p.expect("from")
	extract.X = p.expr()
	p.expectOp(")")
	return extract
}

// substring reads SUBSTRING(s FROM start FOR length) as substring(s, start, length), besides the plain form.
func (p *parser) substring(pos int) ast.Expr {
	p.open()
	call := &ast.Call{Name: ast.Name{"substring"}, Args: []ast.Expr{p.expr()}, Pos: pos}
	switch {
	case p.accept("from"):
		call.Args = append(call.Args, p.expr())
		if p.accept("for") {
			call.Args = append(call.Args, p.expr())
		}
	case p.accept("for"):
		call.Args = append(call.Args, &ast.Number{Text: "1"}, p.expr())
	default:
		for p.acceptOp(",") {
			call.Args = append(call.Args, p.expr())
		}
	}
	p.expectOp(")")
	return call
}

// position reads POSITION(part IN whole) as position(part, whole).
func (p *parser) position(pos int) ast.Expr {
	p.open()
	call := &ast.Call{Name: ast.Name{"position"}, Args: []ast.Expr{p.exprAbove(ast.BindIn)}, Pos: pos}
	if !p.accept("in") {
		p.expectOp(",")
	}
	call.Args = append(call.Args, p.expr())
	p.expectOp(")")
	return call
}

// trim reads TRIM([BOTH | LEADING | TRAILING] characters FROM s) as btrim, ltrim or rtrim, besides the plain form.
func (p *parser) trim(pos int) ast.Expr {
	p.open()
	name := "btrim"
	switch p.acceptAny("both", "leading", "trailing") {
	case "leading":
		name = "ltrim"
	case "trailing":
		name = "rtrim"
	}
	call := &ast.Call{Name: ast.Name{name}, Pos: pos}
	if p.accept("from") {
		call.Args = []ast.Expr{p.expr()}
	} else {
		call.Args = p.exprs()
		if p.accept("from") {
			call.Args = append([]ast.Expr{p.expr()}, call.Args...)
		}
	}
	p.expectOp(")")
	return call
}
