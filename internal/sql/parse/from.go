package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// fromList reads the tables of a FROM or USING clause.
func (p *parser) fromList() []ast.TableExpr {
	var tables []ast.TableExpr
	for {
		tables = append(tables, p.joined())
		if !p.acceptOp(",") {
			return tables
		}
	}
}

// joined reads a table and the joins that follow it.
func (p *parser) joined() ast.TableExpr {
	p.enter()
	defer p.leave()
	links := 0
	left := p.table()
	if p.isAny("pivot", "unpivot") {
		panic(sqlstate.Unsupported(p.peek().Pos, "PIVOT and UNPIVOT are not supported yet"))
	}
	for {
		natural := p.accept("natural")
		kind := p.joinKind()
		if kind == "" {
			if natural {
				p.fail()
			}
			return left
		}
		p.link(&links, maxChain)
		join := &ast.Join{Kind: kind, Natural: natural, Left: left, Right: p.table()}
		if kind != "cross" && !natural {
			p.joinCondition(join)
		}
		left = join
	}
}

// joinKind reads the words up to and with JOIN.
func (p *parser) joinKind() string {
	switch {
	case p.accept("join"), p.accept("inner", "join"):
		return "inner"
	case p.accept("cross", "join"):
		return "cross"
	}
	for _, kind := range []string{"left", "right", "full"} {
		if p.accept(kind, "join") || p.accept(kind, "outer", "join") {
			return kind
		}
	}
	return ""
}

func (p *parser) joinCondition(join *ast.Join) {
	switch {
	case p.accept("on"):
		join.On = p.expr()
	case p.accept("using"):
		join.Using = p.names()
	case p.joinFollows():
		// a JOIN b JOIN c ON … ON …: what joins b comes first.
		right := &ast.Join{Kind: p.joinKind(), Left: join.Right, Right: p.table()}
		p.enter()
		defer p.leave()
		p.joinCondition(right)
		join.Right = right
		p.joinCondition(join)
	default:
		p.fail()
	}
}

func (p *parser) joinFollows() bool {
	return p.isAny("join", "left", "right", "full") || p.is("inner", "join")
}

func (p *parser) table() ast.TableExpr {
	p.enter()
	defer p.leave()
	lateral := p.accept("lateral")
	switch {
	case p.isOp("(") && (lateral || p.atQuery()):
		if table := p.tableSubquery(lateral); table != nil {
			return table
		}
	case p.isOp("("):
	default:
		return p.namedTable(lateral)
	}
	p.expectOp("(")
	table := p.joined()
	p.expectOp(")")
	return table
}

// tableSubquery reads (query) alias. It answers nil for what turns out to be a join that begins with a subquery, as in
// ((select …) a join b on …), and puts the parser back.
func (p *parser) tableSubquery(lateral bool) ast.TableExpr {
	start := p.at
	if p.peekAt(1).isOp("(") && p.joinInside() {
		p.at = start
		return nil
	}
	query := p.parenthesised()
	return &ast.TableSubquery{Lateral: lateral, Query: query, Alias: p.alias()}
}

// joinInside reports whether the parenthesis that is next holds a table expression that itself begins with a
// parenthesis, rather than a query: then an alias or a join follows the inner one.
func (p *parser) joinInside() bool {
	depth := 0
	for ahead := 1; ; ahead++ {
		switch token := p.peekAt(ahead); {
		case token.Kind == EndOfInput:
			return false
		case token.isOp("("):
			depth++
		case token.isOp(")"):
			if depth--; depth == 0 {
				following := p.peekAt(ahead + 1)
				return following.isName() || following.is("as") || joinWords[following.Text] && following.Kind == Identifier
			}
		}
	}
}

var joinWords = keyword.Words("join inner cross left right full natural")

// namedTable reads a table or a function call.
func (p *parser) namedTable(lateral bool) ast.TableExpr {
	p.accept("only")
	token := *p.peek()
	if !token.isName() && !(keyword.Callable[token.Text] && p.peekAt(1).isOp("(")) {
		p.fail()
	}
	name := ast.Name{p.next().Text}
	for p.acceptOp(".") {
		name = append(name, p.label())
	}
	if p.isOp("(") {
		call := p.call(name, token.Pos)
		return &ast.TableFunction{Lateral: lateral, Call: call, Alias: p.functionAlias()}
	}
	if lateral {
		p.fail()
	}
	return &ast.TableRef{Name: name, Alias: p.alias(), Pos: token.Pos}
}

// functionAlias reads an alias whose columns may have types: [AS] name (column type, …).
func (p *parser) functionAlias() ast.Alias {
	alias := p.aliasName()
	if alias.Name == "" || !p.isOp("(") {
		return alias
	}
	if token := p.peekAt(2); token.isOp(",") || token.isOp(")") {
		alias.Columns = p.names()
		return alias
	}
	for p.expectOp("("); ; p.expectOp(",") {
		alias.Columns = append(alias.Columns, p.name())
		alias.Types = append(alias.Types, p.typeName())
		if p.acceptOp(")") {
			return alias
		}
	}
}

// alias reads [AS] name [(columns)].
func (p *parser) alias() ast.Alias {
	alias := p.aliasName()
	if alias.Name != "" && p.isOp("(") {
		alias.Columns = p.names()
	}
	return alias
}

func (p *parser) aliasName() ast.Alias {
	var alias ast.Alias
	switch token := p.peek(); {
	case p.accept("as"):
		alias.Name = p.label()
	case token.Kind == Identifier && (clauseWords[token.Text] || p.is("start", "with") || p.is("connect", "by")):
		return alias
	case token.isName():
		alias.Name = p.next().Text
	}
	return alias
}
