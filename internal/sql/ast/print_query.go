package ast

import (
	"strings"
)

// Render writes a tree in Redshift's dialect.
func Render(write func(*Printer)) string {
	p := &Printer{Dialect: redshift{}}
	write(p)
	return p.String()
}

func (q *Query) String() string  { return Render(func(p *Printer) { p.Query(q, true) }) }
func (s *Insert) String() string { return Render(func(p *Printer) { p.Insert(s) }) }
func (s *Update) String() string { return Render(func(p *Printer) { p.Update(s) }) }
func (s *Delete) String() string { return Render(func(p *Printer) { p.Delete(s) }) }

func (p *Printer) subquery(q *Query, named bool) {
	p.Put("(")
	p.Query(q, named)
	p.Put(")")
}

// Query writes a query; named tells that the names of its columns are seen outside.
func (p *Printer) Query(q *Query, named bool) {
	defer p.Dialect.Enter()()
	p.with(q.With)
	limit := q.Limit
	if sel, ok := q.Body.(*Select); ok && p.Dialect.Engine() && limit == nil {
		limit = sel.Top
	}
	p.body(q.Body, named, true)
	if q.OrderBy != nil {
		p.Put(" ")
		p.orderBy(q.OrderBy)
	}
	p.clause(" LIMIT ", p.Dialect.Count(limit))
	p.clause(" OFFSET ", p.Dialect.Count(q.Offset))
}

// clause writes a keyword and an expression, or nothing when there is no expression.
func (p *Printer) clause(keyword string, x Expr) {
	if x != nil {
		p.Put(keyword)
		p.Expr(x)
	}
}

func (p *Printer) with(with *With) {
	if with == nil {
		return
	}
	p.Put("WITH ")
	p.When(with.Recursive, "RECURSIVE ")
	p.List(len(with.Tables), func(i int) {
		table := with.Tables[i]
		var query string
		if !with.Recursive {
			query = p.apart(func(p *Printer) { p.subquery(table.Query, table.Columns == nil) })
		}
		p.Put(QuoteName(p.Dialect.Declare(table.Name)))
		p.bracketed(table.Columns)
		p.Put(" AS ", query)
		if with.Recursive {
			p.subquery(table.Query, table.Columns == nil)
		}
	})
	p.Put(" ")
}

// body writes one body; alone tells that it is the whole body of its query and no part of a set operation.
func (p *Printer) body(body QueryBody, named, alone bool) {
	switch body := body.(type) {
	case *Query:
		p.subquery(body, named)
	case *Values:
		p.values(body)
	case *SetOperation:
		p.setOperation(body, named)
	case *Select:
		if body.Top != nil && !alone && p.Dialect.Engine() {
			p.subquery(&Query{Body: body}, named)
			return
		}
		p.selected(p.Dialect.Selected(body, named))
	}
}

func (p *Printer) values(values *Values) {
	p.Put("VALUES ")
	p.List(len(values.Rows), func(i int) {
		p.Put("(")
		p.exprs(values.Rows[i])
		p.Put(")")
	})
}

// setOperation writes INTERSECT inside the others without parentheses, as it binds more strongly; the parser puts
// everything else into parentheses that needs them.
func (p *Printer) setOperation(op *SetOperation, named bool) {
	p.body(op.Left, named, false)
	word := op.Op
	if word == "minus" && p.Dialect.Engine() {
		word = "except"
	}
	p.Put(" ", strings.ToUpper(word), " ")
	p.When(op.All, "ALL ")
	p.body(op.Right, false, false)
}

func (p *Printer) selected(sel *Select) {
	p.Put("SELECT ")
	if sel.Top != nil && !p.Dialect.Engine() {
		p.Put("TOP ")
		p.Whole(sel.Top)
		p.Put(" ")
	}
	p.When(sel.Distinct, "DISTINCT ")
	p.List(len(sel.Items), func(i int) { p.selectItem(sel.Items[i]) })
	if sel.Into != nil {
		p.Put(" INTO ")
		p.When(sel.Into.Temp, "TEMP ")
		p.Table(sel.Into.Name)
	}
	if sel.From != nil {
		p.Put(" FROM ")
		p.tables(sel.From)
	}
	p.clause(" WHERE ", sel.Where)
	p.When(sel.GroupAll, " GROUP BY ALL")
	if sel.GroupBy != nil {
		p.Put(" GROUP BY ")
		p.exprs(sel.GroupBy)
	}
	p.clause(" HAVING ", sel.Having)
	if sel.Windows != nil {
		p.Put(" WINDOW ")
		p.List(len(sel.Windows), func(i int) {
			p.Put(QuoteName(sel.Windows[i].Name), " AS ")
			p.window(sel.Windows[i].Window)
		})
	}
	p.clause(" QUALIFY ", sel.Qualify)
}

func (p *Printer) selectItem(item SelectItem) {
	p.Expr(item.Expr)
	if item.Alias != "" {
		p.Put(" AS ", QuoteName(item.Alias))
	}
}

func (p *Printer) orderBy(terms []SortTerm) {
	p.Put("ORDER BY ")
	p.List(len(terms), func(i int) {
		p.Expr(terms[i].Expr)
		p.When(terms[i].Desc, " DESC")
		p.When(terms[i].Nulls != "", " NULLS "+strings.ToUpper(terms[i].Nulls))
	})
}

func (p *Printer) tables(list []TableExpr) {
	p.List(len(list), func(i int) { p.tableExpr(list[i]) })
}

func (p *Printer) tableExpr(table TableExpr) {
	switch table := table.(type) {
	case *TableRef:
		table = p.Dialect.Relation(table)
		p.Put(table.Name.Quoted())
		p.alias(table.Alias)
	case *TableSubquery:
		p.When(table.Lateral, "LATERAL ")
		p.subquery(table.Query, table.Alias.Columns == nil)
		p.alias(table.Alias)
	case *TableFunction:
		p.When(table.Lateral, "LATERAL ")
		p.Expr(p.Dialect.From(table.Call))
		p.alias(table.Alias)
	case *Join:
		p.join(table)
	}
}

// target writes the table that a statement changes.
func (p *Printer) target(table *TableRef) {
	p.Table(table.Name)
	p.alias(table.Alias)
}

// apart writes something to be put in its place later.
func (p *Printer) apart(write func(*Printer)) string {
	other := &Printer{Dialect: p.Dialect}
	write(other)
	return other.String()
}

func (p *Printer) alias(alias Alias) {
	if alias.Name != "" {
		p.Put(" AS ", QuoteName(alias.Name))
		if alias.Types == nil || p.Dialect.Engine() {
			p.bracketed(alias.Columns)
			return
		}
		p.Put(" (")
		p.List(len(alias.Columns), func(i int) { p.Put(QuoteName(alias.Columns[i]), " ", p.Dialect.TypeName(alias.Types[i])) })
		p.Put(")")
	}
}

func (p *Printer) join(join *Join) {
	p.tableExpr(join.Left)
	p.When(join.Natural, " NATURAL")
	p.When(join.Kind != "inner", " "+strings.ToUpper(join.Kind))
	p.Put(" JOIN ")
	if nested, ok := join.Right.(*Join); ok {
		p.Put("(")
		p.join(nested)
		p.Put(")")
	} else {
		p.tableExpr(join.Right)
	}
	p.clause(" ON ", join.On)
	if join.Using != nil {
		p.Put(" USING")
		p.bracketed(join.Using)
	}
}

// Insert prints INSERT. VALUES are a query, as in the tree.
func (p *Printer) Insert(s *Insert) {
	p.Put("INSERT INTO ")
	p.Table(s.Table)
	p.bracketed(s.Columns)
	if s.DefaultValues {
		p.Put(" DEFAULT VALUES")
		return
	}
	p.Put(" ")
	p.Query(s.Query, false)
}

// Update prints UPDATE. The tables of FROM come after SET.
func (p *Printer) Update(s *Update) {
	defer p.Dialect.Enter()()
	p.with(s.With)
	p.Put("UPDATE ")
	p.target(s.Table)
	p.Put(" SET ")
	p.List(len(s.Set), func(i int) {
		p.Put(QuoteName(s.Set[i].Column), " = ")
		p.Expr(s.Set[i].Value)
	})
	if s.From != nil {
		p.Put(" FROM ")
		p.tables(s.From)
	}
	p.clause(" WHERE ", s.Where)
}

// Delete prints DELETE. The other tables come with USING.
func (p *Printer) Delete(s *Delete) {
	defer p.Dialect.Enter()()
	p.with(s.With)
	p.Put("DELETE FROM ")
	p.target(s.Table)
	if s.Using != nil {
		p.Put(" USING ")
		p.tables(s.Using)
	}
	p.clause(" WHERE ", s.Where)
}
