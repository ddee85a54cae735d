package redshiftsql

// Binding powers, weakest first. They follow PostgreSQL 8's grammar, from which Redshift descends, except that <=, >=
// and <> bind like the other comparisons, as every later version has it.
const (
	bindNothing = iota
	bindOr
	bindAnd
	bindNot
	bindEqual
	bindCompare
	bindLike
	bindBetween
	bindIn
	bindOperator
	bindIs
	bindAdd
	bindMultiply
	bindPower
	bindAtTimeZone
	bindCollate
	bindSign
	bindPostfix
)

// operatorPower is how strongly an infix operator binds; 0 for what is no infix operator.
func operatorPower(op string) int {
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
		return bindNothing
	case "[", "::":
		return bindPostfix
	}
	return bindOperator
}

func (p *parser) expr() Expr { return p.exprAbove(bindNothing) }

// exprAbove reads an expression whose operators all bind stronger than power.
func (p *parser) exprAbove(power int) Expr {
	p.enter()
	defer p.leave()
	left := p.prefix()
	links := 0
	for {
		extended := p.extend(left, power)
		if extended == nil {
			return left
		}
		p.link(&links)
		left = extended
	}
}

// prefix reads prefix operators and what they stand before.
func (p *parser) prefix() Expr {
	token := p.peek()
	switch {
	case token.Kind == Identifier && token.Text == "not":
		p.next()
		return &Unary{Op: "not", X: p.exprAbove(bindNot)}
	case token.Kind != Operator:
		return p.primary()
	}
	switch token.Text {
	case "-", "+":
		p.next()
		return &Unary{Op: token.Text, X: p.exprAbove(bindSign)}
	case "~", "@", "|/", "||/":
		p.next()
		return &Unary{Op: token.Text, X: p.exprAbove(bindOperator)}
	}
	return p.primary()
}

// extend reads one operator behind left and its right side; nil when there is none that binds stronger than power.
func (p *parser) extend(left Expr, power int) Expr {
	token := p.peek()
	switch token.Kind {
	case Operator:
		return p.extendOperator(left, token.Text, power)
	case Identifier:
		return p.extendKeyword(left, token.Text, power)
	}
	return nil
}

func (p *parser) extendOperator(left Expr, op string, power int) Expr {
	binds := operatorPower(op)
	if op == "." && steppable(left) {
		binds = bindPostfix
	}
	if binds <= power {
		return nil
	}
	p.next()
	switch op {
	case "::":
		return &Cast{X: left, Type: p.typeName()}
	case "[":
		return p.index(left)
	case ".":
		return &Field{X: left, Name: p.label()}
	case "=":
		binds-- // = groups to the right
	}
	return p.infix(left, op, binds)
}

// steppable reports whether .name may follow: into the SUPER value in parentheses or behind an index.
func steppable(x Expr) bool {
	switch x.(type) {
	case *Number, *String:
		return false
	}
	return true
}

// infix reads the right side of an operator, which may be ANY or ALL of something.
func (p *parser) infix(left Expr, op string, binds int) Expr {
	if p.isAny("any", "some", "all") && p.peekAt(1).isOp("(") {
		return p.quantified(left, op)
	}
	return &Binary{Op: op, L: left, R: p.exprAbove(binds)}
}

func (p *parser) quantified(left Expr, op string) Expr {
	quantified := &Quantified{X: left, Op: op, All: p.next().Text == "all"}
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

func (p *parser) index(x Expr) Expr {
	index := &Index{X: x}
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
func (p *parser) extendKeyword(left Expr, word string, power int) Expr {
	switch word {
	case "and":
		return p.logic(left, word, bindAnd, power)
	case "or":
		return p.logic(left, word, bindOr, power)
	case "not", "between", "in", "like", "ilike", "similar":
		return p.predicate(left, power)
	case "is", "isnull", "notnull":
		if power < bindIs {
			return p.isPredicate(left)
		}
	case "at":
		if power < bindAtTimeZone && p.accept("at", "time", "zone") {
			return &AtTimeZone{X: left, Zone: p.exprAbove(bindAtTimeZone)}
		}
	case "collate":
		if power < bindCollate {
			p.next()
			return &Collate{X: left, Collation: p.collation()}
		}
	case "operator":
		if power < bindOperator && p.peekAt(1).isOp("(") {
			return p.infix(left, p.qualifiedOperator(), bindOperator)
		}
	case "overlaps":
		if power < bindLike {
			panic(unsupported(p.peek().Pos, "OVERLAPS is not supported yet"))
		}
	}
	return nil
}

// logic adds one more term to a chain of AND or of OR.
func (p *parser) logic(left Expr, op string, binds, power int) Expr {
	if power >= binds {
		return nil
	}
	chain := &Logic{Op: op, Terms: []Expr{left}}
	for p.accept(op) {
		chain.Terms = append(chain.Terms, p.exprAbove(binds))
	}
	return chain
}

// predicate reads [NOT] BETWEEN, IN, LIKE, ILIKE or SIMILAR TO.
func (p *parser) predicate(left Expr, power int) Expr {
	start := p.at
	not := p.accept("not")
	switch {
	case p.is("between") && power < bindBetween:
		return p.between(left, not)
	case p.is("in") && power < bindIn:
		return p.in(left, not)
	case p.isAny("like", "ilike", "similar") && power < bindLike:
		return p.like(left, not)
	}
	p.at = start
	return nil
}

func (p *parser) between(x Expr, not bool) Expr {
	p.expect("between")
	between := &Between{X: x, Not: not}
	between.Low = p.exprAbove(bindBetween)
	p.expect("and")
	between.High = p.exprAbove(bindBetween)
	return between
}

func (p *parser) in(x Expr, not bool) Expr {
	p.expect("in")
	in := &In{X: x, Not: not}
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
func (p *parser) exprs() []Expr {
	list := []Expr{p.expr()}
	for p.acceptOp(",") {
		list = append(list, p.expr())
	}
	return list
}

func (p *parser) like(x Expr, not bool) Expr {
	like := &Like{X: x, Not: not, Op: p.acceptAny("like", "ilike")}
	if like.Op == "" {
		p.expect("similar", "to")
		like.Op = "similar to"
	}
	like.Pattern = p.exprAbove(bindLike)
	if p.accept("escape") {
		like.Escape = p.exprAbove(bindLike)
	}
	return like
}

// isPredicate reads IS …, ISNULL or NOTNULL.
func (p *parser) isPredicate(x Expr) Expr {
	switch {
	case p.accept("isnull"):
		return &Is{X: x, What: "null"}
	case p.accept("notnull"):
		return &Is{X: x, Not: true, What: "null"}
	}
	p.expect("is")
	not := p.accept("not")
	if p.accept("distinct", "from") {
		return &IsDistinct{L: x, Not: not, R: p.exprAbove(bindIs)}
	}
	what := p.acceptAny("null", "true", "false", "unknown")
	if what == "" {
		p.fail()
	}
	return &Is{X: x, Not: not, What: what}
}

func (p *parser) collation() Name {
	name := Name{p.label()}
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
	if power := operatorPower(token.Text); token.Kind != Operator || power == bindNothing || power == bindPostfix {
		p.failAt(token)
	}
	p.expectOp(")")
	return token.Text
}
