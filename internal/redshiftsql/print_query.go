package redshiftsql

import "strings"

// render writes a tree in Redshift's dialect.
func render(write func(*printer)) string {
	p := &printer{dialect: redshift{}}
	write(p)
	return p.String()
}

func (q *Query) String() string  { return render(func(p *printer) { p.query(q, true) }) }
func (s *Insert) String() string { return render(func(p *printer) { p.insert(s) }) }
func (s *Update) String() string { return render(func(p *printer) { p.update(s) }) }
func (s *Delete) String() string { return render(func(p *printer) { p.delete(s) }) }

func (p *printer) subquery(q *Query, named bool) {
	p.write("(")
	p.query(q, named)
	p.write(")")
}

// query writes a query; named tells that the names of its columns are seen outside.
func (p *printer) query(q *Query, named bool) {
	defer p.dialect.enter()()
	p.with(q.With)
	limit := q.Limit
	if sel, ok := q.Body.(*Select); ok && p.dialect.engine() && limit == nil {
		limit = sel.Top
	}
	p.body(q.Body, named, true)
	if q.OrderBy != nil {
		p.write(" ")
		p.orderBy(q.OrderBy)
	}
	p.clause(" LIMIT ", limit)
	p.clause(" OFFSET ", q.Offset)
}

// clause writes a keyword and an expression, or nothing when there is no expression.
func (p *printer) clause(keyword string, x Expr) {
	if x != nil {
		p.write(keyword)
		p.expr(x)
	}
}

func (p *printer) with(with *With) {
	if with == nil {
		return
	}
	p.write("WITH ")
	p.when(with.Recursive, "RECURSIVE ")
	p.list(len(with.Tables), func(i int) {
		table := with.Tables[i]
		var query string
		if !with.Recursive {
			query = p.apart(func(p *printer) { p.subquery(table.Query, table.Columns == nil) })
		}
		p.write(quoteName(p.dialect.declare(table.Name)))
		p.bracketed(table.Columns)
		p.write(" AS ", query)
		if with.Recursive {
			p.subquery(table.Query, table.Columns == nil)
		}
	})
	p.write(" ")
}

// body writes one body; alone tells that it is the whole body of its query and no part of a set operation.
func (p *printer) body(body QueryBody, named, alone bool) {
	switch body := body.(type) {
	case *Query:
		p.subquery(body, named)
	case *Values:
		p.values(body)
	case *SetOperation:
		p.setOperation(body, named)
	case *Select:
		if body.Top != nil && !alone && p.dialect.engine() {
			p.subquery(&Query{Body: body}, named)
			return
		}
		p.selected(p.dialect.selected(body, named))
	}
}

func (p *printer) values(values *Values) {
	p.write("VALUES ")
	p.list(len(values.Rows), func(i int) {
		p.write("(")
		p.exprs(values.Rows[i])
		p.write(")")
	})
}

// setOperation writes INTERSECT inside the others without parentheses, as it binds more strongly; the parser puts
// everything else into parentheses that needs them.
func (p *printer) setOperation(op *SetOperation, named bool) {
	p.body(op.Left, named, false)
	word := op.Op
	if word == "minus" && p.dialect.engine() {
		word = "except"
	}
	p.write(" ", strings.ToUpper(word), " ")
	p.when(op.All, "ALL ")
	p.body(op.Right, false, false)
}

func (p *printer) selected(sel *Select) {
	p.write("SELECT ")
	if sel.Top != nil && !p.dialect.engine() {
		p.write("TOP ")
		p.operand(sel.Top, holdsWord-1)
		p.write(" ")
	}
	p.when(sel.Distinct, "DISTINCT ")
	p.list(len(sel.Items), func(i int) { p.selectItem(sel.Items[i]) })
	if sel.Into != nil {
		p.write(" INTO ")
		p.when(sel.Into.Temp, "TEMP ")
		p.table(sel.Into.Name)
	}
	if sel.From != nil {
		p.write(" FROM ")
		p.tables(sel.From)
	}
	p.clause(" WHERE ", sel.Where)
	p.when(sel.GroupAll, " GROUP BY ALL")
	if sel.GroupBy != nil {
		p.write(" GROUP BY ")
		p.exprs(sel.GroupBy)
	}
	p.clause(" HAVING ", sel.Having)
	if sel.Windows != nil {
		p.write(" WINDOW ")
		p.list(len(sel.Windows), func(i int) {
			p.write(quoteName(sel.Windows[i].Name), " AS ")
			p.window(sel.Windows[i].Window)
		})
	}
	p.clause(" QUALIFY ", sel.Qualify)
}

func (p *printer) selectItem(item SelectItem) {
	p.expr(item.Expr)
	if item.Alias != "" {
		p.write(" AS ", quoteName(item.Alias))
	}
}

func (p *printer) orderBy(terms []SortTerm) {
	p.write("ORDER BY ")
	p.list(len(terms), func(i int) {
		p.expr(terms[i].Expr)
		p.when(terms[i].Desc, " DESC")
		p.when(terms[i].Nulls != "", " NULLS "+strings.ToUpper(terms[i].Nulls))
	})
}

func (p *printer) tables(list []TableExpr) {
	p.list(len(list), func(i int) { p.tableExpr(list[i]) })
}

func (p *printer) tableExpr(table TableExpr) {
	switch table := table.(type) {
	case *TableRef:
		table = p.dialect.relation(table)
		p.write(table.Name.quoted())
		p.alias(table.Alias)
	case *TableSubquery:
		p.when(table.Lateral, "LATERAL ")
		p.subquery(table.Query, table.Alias.Columns == nil)
		p.alias(table.Alias)
	case *TableFunction:
		p.when(table.Lateral, "LATERAL ")
		p.expr(p.dialect.from(table.Call))
		p.alias(table.Alias)
	case *Join:
		p.join(table)
	}
}

// target writes the table that a statement changes.
func (p *printer) target(table *TableRef) {
	p.table(table.Name)
	p.alias(table.Alias)
}

// apart writes something to be put in its place later.
func (p *printer) apart(write func(*printer)) string {
	other := &printer{dialect: p.dialect}
	write(other)
	return other.String()
}

func (p *printer) alias(alias Alias) {
	if alias.Name != "" {
		p.write(" AS ", quoteName(alias.Name))
		p.bracketed(alias.Columns)
	}
}

func (p *printer) join(join *Join) {
	p.tableExpr(join.Left)
	p.when(join.Natural, " NATURAL")
	p.when(join.Kind != "inner", " "+strings.ToUpper(join.Kind))
	p.write(" JOIN ")
	if nested, ok := join.Right.(*Join); ok {
		p.write("(")
		p.join(nested)
		p.write(")")
	} else {
		p.tableExpr(join.Right)
	}
	p.clause(" ON ", join.On)
	if join.Using != nil {
		p.write(" USING")
		p.bracketed(join.Using)
	}
}

func (p *printer) insert(s *Insert) {
	p.write("INSERT INTO ")
	p.table(s.Table)
	p.bracketed(s.Columns)
	if s.DefaultValues {
		p.write(" DEFAULT VALUES")
		return
	}
	p.write(" ")
	p.query(s.Query, false)
}

func (p *printer) update(s *Update) {
	defer p.dialect.enter()()
	p.with(s.With)
	p.write("UPDATE ")
	p.target(s.Table)
	p.write(" SET ")
	p.list(len(s.Set), func(i int) {
		p.write(quoteName(s.Set[i].Column), " = ")
		p.expr(s.Set[i].Value)
	})
	if s.From != nil {
		p.write(" FROM ")
		p.tables(s.From)
	}
	p.clause(" WHERE ", s.Where)
}

func (p *printer) delete(s *Delete) {
	defer p.dialect.enter()()
	p.with(s.With)
	p.write("DELETE FROM ")
	p.target(s.Table)
	if s.Using != nil {
		p.write(" USING ")
		p.tables(s.Using)
	}
	p.clause(" WHERE ", s.Where)
}
