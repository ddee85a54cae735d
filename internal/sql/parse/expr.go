package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func (p *parser) expr() ast.Expr { return p.exprAbove(ast.BindNothing) }

// exprAbove reads an expression whose operators all bind stronger than power.
func (p *parser) exprAbove(power int) ast.Expr {
	p.enter()
	defer p.leave()
	left := p.prefix()
	links := 0
	for {
		extended := p.extend(left, power)
		if extended == nil {
			return p.levelled(left, links)
		}
		p.link(&links, maxLong)
		left = extended
	}
}

// prefix reads prefix operators and what they stand before.
func (p *parser) prefix() ast.Expr {
	token := p.peek()
	switch {
	case token.Kind == Identifier && token.Text == "not":
		p.next()
		return &ast.Unary{Op: "not", X: p.exprAbove(ast.BindNot)}
	case token.Kind != Operator:
		return p.primary()
	}
	switch token.Text {
	case "-", "+":
		p.next()
		return &ast.Unary{Op: token.Text, X: p.exprAbove(ast.BindSign)}
	case "~", "@", "|/", "||/":
		p.next()
		return &ast.Unary{Op: token.Text, X: p.exprAbove(ast.BindOperator)}
	}
	return p.primary()
}

// extend reads one operator behind left and its right side; nil when there is none that binds stronger than power.
func (p *parser) extend(left ast.Expr, power int) ast.Expr {
	token := p.peek()
	switch token.Kind {
	case Operator:
		return p.extendOperator(left, token.Text, power)
	case Identifier:
		return p.extendKeyword(left, token.Text, power)
	}
	return nil
}

func (p *parser) extendOperator(left ast.Expr, op string, power int) ast.Expr {
	binds := ast.OperatorPower(op)
	if op == "." && steppable(left) {
		binds = ast.BindPostfix
	}
	if binds <= power {
		return nil
	}
	p.next()
	switch op {
	case "::":
		return &ast.Cast{X: left, Type: p.typeName()}
	case "[":
		return p.index(left)
	case ".":
		return &ast.Field{X: left, Name: p.label()}
	case "=":
		binds-- // = groups to the right
	}
	return p.infix(left, op, binds)
}

// steppable reports whether .name may follow: into the SUPER value in parentheses or behind an index.
func steppable(x ast.Expr) bool {
	switch x.(type) {
	case *ast.Number, *ast.String:
		return false
	}
	return true
}

// infix reads the right side of an operator, which may be ANY or ALL of something.
func (p *parser) infix(left ast.Expr, op string, binds int) ast.Expr {
	if p.isAny("any", "some", "all") && p.peekAt(1).isOp("(") {
		return p.quantified(left, op)
	}
	return &ast.Binary{Op: op, L: left, R: p.exprAbove(binds)}
}

func (p *parser) quantified(left ast.Expr, op string) ast.Expr {
	quantified := &ast.Quantified{X: left, Op: op, All: p.next().Text == "all"}
	if p.atQueryInside() {
		quantified.Query = p.parenthesised()
		return quantified
	}
	p.expectOp("(")
	quantified.Array = p.expr()
	p.expectOp(")")
	return quantified
}

// atQueryInside reports whether the parenthesis that is next holds a query.
func (p *parser) atQueryInside() bool { return p.isOp("(") && p.atQuery() && !p.rowInside() }

func (p *parser) index(x ast.Expr) ast.Expr {
	index := &ast.Index{X: x}
	if !p.isOp(":") {
		index.Low = p.expr()
	}
	if p.acceptOp(":") {
		index.Slice = true
		if !p.isOp("]") {
			index.High = p.expr()
		}
	}
	p.expectOp("]")
	return index
}

// extendKeyword reads the operators that are words.
func (p *parser) extendKeyword(left ast.Expr, word string, power int) ast.Expr {
	switch word {
	case "and":
		return p.logic(left, word, ast.BindAnd, power)
	case "or":
		return p.logic(left, word, ast.BindOr, power)
	case "not", "between", "in", "like", "ilike", "similar":
		return p.predicate(left, power)
	case "is", "isnull", "notnull":
		if power < ast.BindIs {
			return p.isPredicate(left)
		}
	case "at":
		if power < ast.BindAtTimeZone && p.accept("at", "time", "zone") {
			return &ast.AtTimeZone{X: left, Zone: p.exprAbove(ast.BindAtTimeZone)}
		}
	case "collate":
		if power < ast.BindCollate {
			p.next()
			return &ast.Collate{X: left, Collation: p.collation()}
		}
	case "operator":
		if power < ast.BindOperator && p.peekAt(1).isOp("(") {
			return p.infix(left, p.qualifiedOperator(), ast.BindOperator)
		}
	case "overlaps":
		if power < ast.BindLike {
			panic(sqlstate.Unsupported(p.peek().Pos, "OVERLAPS is not supported yet"))
		}
	}
	return nil
}

// logic adds one more term to a chain of AND or of OR.
func (p *parser) logic(left ast.Expr, op string, binds, power int) ast.Expr {
	if power >= binds {
		return nil
	}
	chain := &ast.Logic{Op: op, Terms: []ast.Expr{left}}
	for p.accept(op) {
		chain.Terms = append(chain.Terms, p.exprAbove(binds))
	}
	return chain
}

// predicate reads [NOT] BETWEEN, IN, LIKE, ILIKE or SIMILAR TO.
func (p *parser) predicate(left ast.Expr, power int) ast.Expr {
	start := p.at
	not := p.accept("not")
	switch {
	case p.is("between") && power < ast.BindBetween:
		return p.between(left, not)
	case p.is("in") && power < ast.BindIn:
		return p.in(left, not)
	case p.isAny("like", "ilike", "similar") && power < ast.BindLike:
		return p.like(left, not)
	}
	p.at = start
	return nil
}

func (p *parser) between(x ast.Expr, not bool) ast.Expr {
	p.expect("between")
	between := &ast.Between{X: x, Not: not}
	between.Low = p.exprAbove(ast.BindBetween)
	p.expect("and")
	between.High = p.exprAbove(ast.BindBetween)
	return between
}

func (p *parser) in(x ast.Expr, not bool) ast.Expr {
	p.expect("in")
	in := &ast.In{X: x, Not: not}
	if p.atQueryInside() {
		in.Query = p.parenthesised()
		return in
	}
	p.expectOp("(")
	in.List = p.exprs()
	p.expectOp(")")
	return in
}

// exprs reads expressions separated by commas.
func (p *parser) exprs() []ast.Expr {
	list := []ast.Expr{p.expr()}
	for p.acceptOp(",") {
		list = append(list, p.expr())
	}
	return list
}

func (p *parser) like(x ast.Expr, not bool) ast.Expr {
	like := &ast.Like{X: x, Not: not, Op: p.acceptAny("like", "ilike")}
	if like.Op == "" {
		p.expect("similar", "to")
		like.Op = "similar to"
	}
	like.Pattern = p.exprAbove(ast.BindLike)
	if p.accept("escape") {
		like.Escape = p.exprAbove(ast.BindLike)
	}
	return like
}

// isPredicate reads IS …, ISNULL or NOTNULL.
func (p *parser) isPredicate(x ast.Expr) ast.Expr {
	switch {
	case p.accept("isnull"):
		return &ast.Is{X: x, What: "null"}
	case p.accept("notnull"):
		return &ast.Is{X: x, Not: true, What: "null"}
	}
	p.expect("is")
	not := p.accept("not")
	if p.accept("distinct", "from") {
		return &ast.IsDistinct{L: x, Not: not, R: p.exprAbove(ast.BindIs)}
	}
	what := p.acceptAny("null", "true", "false", "unknown")
	if what == "" {
		p.fail()
	}
	return &ast.Is{X: x, Not: not, What: what}
}

func (p *parser) collation() ast.Name {
	name := ast.Name{p.label()}
	for p.acceptOp(".") {
		name = append(name, p.label())
	}
	return name
}

// qualifiedOperator reads OPERATOR(schema.op) and answers op.
func (p *parser) qualifiedOperator() string {
	p.expect("operator")
	p.expectOp("(")
	for p.peek().isLabel() {
		p.next()
		p.expectOp(".")
	}
	token := p.next()
	if power := ast.OperatorPower(token.Text); token.Kind != Operator || power == ast.BindNothing || power == ast.BindPostfix {
		p.failAt(token)
	}
	p.expectOp(")")
	return token.Text
}
