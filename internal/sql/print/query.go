package print

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func (t *translator) query(s *ast.Query) Plan {
	if sel, ok := s.Body.(*ast.Select); ok && sel.Into != nil {
		return t.selectInto(s, sel)
	}
	sql := t.print(func(p *ast.Printer) { p.Query(s, true) })
	return Plan{Kind: KindQuery, Tag: "SELECT", Counts: true, Rows: true, Runs: []string{sql}, Echoes: echoes(s)}
}

// echoes finds the columns of a query that are parameters; behind a star nobody knows which column is which.
func echoes(s *ast.Query) map[int]int {
	sel, ok := s.Body.(*ast.Select)
	if !ok {
		return nil
	}
	var found map[int]int
	for i, item := range sel.Items {
		switch x := item.Expr.(type) {
		case *ast.Star:
			return found
		case *ast.Param:
			if found == nil {
				found = map[int]int{}
			}
			found[i] = x.Number
		}
	}
	return found
}

// selectInto makes SELECT … INTO t the CREATE TABLE AS that it is.
func (t *translator) selectInto(s *ast.Query, sel *ast.Select) Plan {
	plain := *sel
	plain.Into = nil
	query := *s
	query.Body = &plain
	return t.createTableAs(&ast.CreateTableAs{Name: sel.Into.Name, Temp: sel.Into.Temp || sel.Into.Name.Temporary(), Query: &query, Outputs: sel.Into.Outputs})
}

// insert fills the columns that it names, or those that the session knows it to mean.
func (t *translator) insert(s *ast.Insert) Plan {
	out := *s
	out.Table = t.changed(s.Table, "insert")
	unnamed := len(s.Columns) == 0 && t.session.Columns == nil
	if len(s.Columns) == 0 {
		out.Columns = t.session.Columns
	}
	plan := t.write(KindInsert, "INSERT 0", out.Table, func(p *ast.Printer) { p.Insert(&out) })
	plan.Unnamed = unnamed
	return plan
}

func (t *translator) update(s *ast.Update) Plan {
	out := *s
	out.Table = t.changedRows(s.Table, "update", s.Where != nil || s.From != nil || computes(s.Set))
	return t.write(KindUpdate, "UPDATE", out.Table.Name, func(p *ast.Printer) { p.Update(&out) })
}

func (t *translator) delete(s *ast.Delete) Plan {
	out := *s
	out.Table = t.changedRows(s.Table, "delete", s.Where != nil || s.Using != nil)
	return t.write(KindDelete, "DELETE", out.Table.Name, func(p *ast.Printer) { p.Delete(&out) })
}

// changedRows admits the table of an UPDATE or DELETE. Which rows and values it has, a condition would give away, so that takes SELECT as well.
func (t *translator) changedRows(table *ast.TableRef, privilege string, reads bool) *ast.TableRef {
	out := *table
	out.Name = t.changed(table.Name, privilege)
	if reads {
		t.changed(table.Name, "select")
	}
	return calledAs(&out, table.Name)
}

// calledAs lets a table be referred to by the name that the statement has for it.
func calledAs(table *ast.TableRef, name ast.Name) *ast.TableRef {
	if table.Alias.Name == "" && table.Name.Last() != name.Last() {
		table.Alias.Name = name.Last()
	}
	return table
}

// computes says whether an UPDATE may read a column.
func computes(set []ast.Assignment) bool {
	for _, assignment := range set {
		switch assignment.Value.(type) {
		case *ast.String, *ast.Number, *ast.Boolean, *ast.Null, *ast.Param, *ast.Default:
		default:
			return true
		}
	}
	return false
}

func (t *translator) write(kind Kind, tag string, target ast.Name, write func(*ast.Printer)) Plan {
	return Plan{Kind: kind, Tag: tag, Counts: true, Target: t.Name(target), Runs: []string{t.print(write)}}
}

// explain needs what the statement needs, and keeps nothing of it.
func (t *translator) explain(s *ast.Explain) (Plan, error) {
	inner, err := t.statement(s.Statement)
	if err != nil {
		return Plan{}, err
	}
	if len(inner.Runs) == 0 {
		return Plan{}, sqlstate.Unsupported(0, "EXPLAIN takes a statement that has a plan")
	}
	t.keeps = Keeps{}
	sql := "EXPLAIN " + inner.Runs[len(inner.Runs)-1]
	if made, ok := s.Statement.(*ast.CreateTableAs); ok { // whose table is not there to be filled
		sql = "EXPLAIN " + t.print(func(p *ast.Printer) { p.Query(made.Query, true) })
	}
	return Plan{Kind: KindExplain, Tag: "EXPLAIN", Rows: true, Runs: []string{sql}}, nil
}

// truncate deletes all rows, for good.
func (t *translator) truncate(s *ast.Truncate) Plan {
	table := t.Name(t.target(s.Table, "truncate", Owning))
	return Plan{Kind: KindDDL, Tag: "TRUNCATE TABLE", Commits: true, Runs: []string{"TRUNCATE " + table.Quoted()}, Target: table}
}

func (t *translator) analyze(s *ast.Analyze) Plan {
	table := t.lookedAfter(s.Table)
	sql := "ANALYZE"
	if table != nil {
		sql += " " + table.Quoted()
	}
	return Plan{Kind: KindAnalyze, Tag: "ANALYZE", Target: table, Runs: []string{sql}}
}

func (t *translator) vacuum(s *ast.Vacuum) Plan {
	return Plan{Kind: KindVacuum, Tag: "VACUUM", Target: t.lookedAfter(s.Table)}
}

// lookedAfter admits the table of ANALYZE or VACUUM, which may be all of them.
func (t *translator) lookedAfter(table ast.Name) ast.Name {
	if table == nil {
		return nil
	}
	return t.Name(t.changed(table, Owning))
}

// lock is not needed: the engine lets one of two writers of a row fail.
func (t *translator) lock(s *ast.Lock) Plan {
	for _, table := range s.Tables {
		t.changed(table, "update", "delete", "truncate")
	}
	return Plan{Kind: KindNothing, Tag: "LOCK TABLE"}
}
