package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// query reads [WITH …] SELECT … with ORDER BY, LIMIT and OFFSET.
func (p *parser) query() *ast.Query {
	var with *ast.With
	if p.is("with") {
		with = p.with()
	}
	return p.queryAfter(with)
}

func (p *parser) queryAfter(with *ast.With) *ast.Query {
	p.enter()
	defer p.leave()
	query := &ast.Query{With: with, Body: p.unions()}
	if p.accept("order", "by") {
		query.OrderBy = p.sortTerms()
	}
	p.limits(query)
	if inner, ok := query.Body.(*ast.Query); ok && bare(query) {
		return inner
	}
	return query
}

// bare reports whether the query adds nothing to its body.
func bare(q *ast.Query) bool {
	return q.With == nil && q.OrderBy == nil && q.Limit == nil && q.Offset == nil
}

// limits reads LIMIT and OFFSET in either order, each at most once.
func (p *parser) limits(query *ast.Query) {
	var limited, skipped bool
	for {
		switch {
		case !limited && p.accept("limit"):
			limited = true
			if !p.accept("all") {
				query.Limit = p.expr()
			}
		case !skipped && p.accept("offset"):
			skipped = true
			query.Offset = p.expr()
			p.acceptAny("rows", "row")
		default:
			return
		}
	}
}

func (p *parser) with() *ast.With {
	p.expect("with")
	with := &ast.With{Recursive: p.accept("recursive")}
	for {
		table := ast.CommonTable{Name: p.name()}
		if p.isOp("(") {
			table.Columns = p.names()
		}
		p.expect("as")
		table.Query = p.parenthesised()
		with.Tables = append(with.Tables, table)
		if !p.acceptOp(",") {
			return with
		}
	}
}

// parenthesised reads (query).
func (p *parser) parenthesised() *ast.Query {
	p.expectOp("(")
	query := p.query()
	p.expectOp(")")
	return query
}

// atQuery reports whether a query begins here, perhaps behind opening parentheses.
func (p *parser) atQuery() bool {
	ahead := 0
	for p.peekAt(ahead).isOp("(") {
		ahead++
	}
	first := p.peekAt(ahead)
	return first.is("select") || first.is("with") || first.is("values") && p.peekAt(ahead+1).isOp("(")
}

// unions reads bodies joined by UNION, EXCEPT and MINUS, which bind weaker than INTERSECT.
func (p *parser) unions() ast.QueryBody {
	links := 0
	left := p.intersections()
	for {
		op := p.acceptAny("union", "except", "minus")
		if op == "" {
			return left
		}
		p.link(&links, maxMembers)
		all := p.setQuantifier()
		left = &ast.SetOperation{Op: op, All: all, Left: left, Right: p.intersections()}
	}
}

func (p *parser) intersections() ast.QueryBody {
	links := 0
	left := p.body()
	for p.accept("intersect") {
		p.link(&links, maxMembers)
		all := p.setQuantifier()
		left = &ast.SetOperation{Op: "intersect", All: all, Left: left, Right: p.body()}
	}
	return left
}

func (p *parser) setQuantifier() (all bool) {
	return p.acceptAny("all", "distinct") == "all"
}

func (p *parser) body() ast.QueryBody {
	switch {
	case p.isOp("("):
		return p.parenthesised()
	case p.is("values"):
		return p.values()
	}
	return p.selectBody()
}

func (p *parser) values() *ast.Values {
	p.expect("values")
	values := &ast.Values{}
	for {
		p.expectOp("(")
		values.Rows = append(values.Rows, p.valueList())
		p.expectOp(")")
		if !p.acceptOp(",") {
			return values
		}
	}
}

// valueList reads expressions or DEFAULT, separated by commas.
func (p *parser) valueList() []ast.Expr {
	var list []ast.Expr
	for {
		list = append(list, p.exprOrDefault())
		if !p.acceptOp(",") {
			return list
		}
	}
}

func (p *parser) exprOrDefault() ast.Expr {
	if p.accept("default") {
		return &ast.Default{}
	}
	return p.expr()
}

func (p *parser) selectBody() *ast.Select {
	p.expect("select")
	sel := &ast.Select{}
	sel.Top = p.top()
	sel.Distinct = p.acceptAny("distinct", "all") == "distinct"
	if sel.Top == nil {
		sel.Top = p.top()
	}
	sel.Items = p.selectItems()
	if p.accept("into") {
		sel.Into = p.into()
	}
	if p.accept("from") {
		sel.From = p.fromList()
	}
	sel.Where = p.condition("where")
	if p.is("connect", "by") || p.is("start", "with") {
		panic(sqlstate.Unsupported(p.peek().Pos, "CONNECT BY is not supported yet"))
	}
	p.groupBy(sel)
	sel.Having = p.condition("having")
	// Redshift wants QUALIFY behind the other clauses; tools write WINDOW on either side of it.
	p.windows(sel)
	sel.Qualify = p.condition("qualify")
	p.windows(sel)
	return sel
}

// top reads TOP n; the number of rows is a literal, a parameter or anything in parentheses.
func (p *parser) top() ast.Expr {
	if !p.accept("top") {
		return nil
	}
	return p.primary()
}

// condition reads an expression behind a keyword; nil when the keyword is not there.
func (p *parser) condition(keyword string) ast.Expr {
	if !p.accept(keyword) {
		return nil
	}
	return p.expr()
}

func (p *parser) selectItems() []ast.SelectItem {
	var items []ast.SelectItem
	for {
		items = append(items, p.selectItem())
		if !p.acceptOp(",") {
			return items
		}
	}
}

func (p *parser) selectItem() ast.SelectItem {
	if star := p.star(); star != nil {
		return ast.SelectItem{Expr: star}
	}
	item := ast.SelectItem{Expr: p.expr()}
	switch {
	case p.is("as", "identity"): // the one reserved word that AS does not make a name
		p.next()
		p.fail()
	case p.accept("as"):
		item.Alias = p.label()
	case p.peek().isName() && !clauseWords[p.peek().Text]:
		item.Alias = p.next().Text
	}
	return item
}

// star reads * or t.*, if one is next.
func (p *parser) star() ast.Expr {
	ahead := 0
	for p.peekAt(ahead).isLabel() && p.peekAt(ahead+1).isOp(".") {
		ahead += 2
	}
	if !p.peekAt(ahead).isOp("*") {
		return nil
	}
	star := &ast.Star{}
	for !p.isOp("*") {
		star.Table = append(star.Table, p.label())
		p.expectOp(".")
	}
	p.next()
	if p.accept("exclude") {
		star.Exclude = p.excluded()
	}
	return star
}

func (p *parser) excluded() []string {
	if p.isOp("(") {
		return p.names()
	}
	return []string{p.name()}
}

func (p *parser) into() *ast.Into {
	temp := p.acceptAny("temporary", "temp") != ""
	p.accept("table")
	return &ast.Into{Temp: temp, Name: p.qualifiedName()}
}

func (p *parser) groupBy(sel *ast.Select) {
	if !p.accept("group", "by") {
		return
	}
	if p.accept("all") {
		sel.GroupAll = true
		return
	}
	for {
		sel.GroupBy = append(sel.GroupBy, p.groupTerm())
		if !p.acceptOp(",") {
			return
		}
	}
}

func (p *parser) groupTerm() ast.Expr {
	switch {
	case p.accept("grouping", "sets"):
		sets := &ast.GroupingSets{}
		p.expectOp("(")
		for {
			sets.Sets = append(sets.Sets, p.groupTerm())
			if !p.acceptOp(",") {
				break
			}
		}
		p.expectOp(")")
		return sets
	case p.isOp("(") && p.peekAt(1).isOp(")"):
		p.at += 2
		return &ast.GroupingSets{}
	}
	return p.expr()
}

func (p *parser) windows(sel *ast.Select) {
	if sel.Windows != nil || !p.accept("window") {
		return
	}
	for {
		name := p.name()
		p.expect("as")
		sel.Windows = append(sel.Windows, ast.NamedWindow{Name: name, Window: p.windowSpec()})
		if !p.acceptOp(",") {
			return
		}
	}
}

func (p *parser) sortTerms() []ast.SortTerm {
	var terms []ast.SortTerm
	for {
		term := ast.SortTerm{Expr: p.expr()}
		term.Desc = p.acceptAny("asc", "desc") == "desc"
		if p.accept("nulls") {
			if term.Nulls = p.acceptAny("first", "last"); term.Nulls == "" {
				p.fail()
			}
		}
		terms = append(terms, term)
		if !p.acceptOp(",") {
			return terms
		}
	}
}
