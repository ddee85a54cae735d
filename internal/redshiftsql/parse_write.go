package redshiftsql

func (p *parser) insert() Statement {
	p.expect("insert", "into")
	insert := &Insert{Table: p.qualifiedName()}
	if p.isOp("(") && !p.atQuery() {
		insert.Columns = p.names()
	}
	if p.accept("default", "values") {
		insert.DefaultValues = true
		return insert
	}
	insert.Query = p.query()
	return insert
}

func (p *parser) update(with *With) Statement {
	p.expect("update")
	update := &Update{With: with, Table: p.target()}
	p.expect("set")
	for {
		column := p.name()
		p.expectOp("=")
		update.Set = append(update.Set, Assignment{Column: column, Value: p.exprOrDefault()})
		if !p.acceptOp(",") {
			break
		}
	}
	if p.accept("from") {
		update.From = p.fromList()
	}
	update.Where = p.condition("where")
	return update
}

func (p *parser) delete(with *With) Statement {
	p.expect("delete")
	p.accept("from")
	del := &Delete{With: with, Table: p.target()}
	if p.accept("using") {
		del.Using = p.fromList()
	}
	del.Where = p.condition("where")
	return del
}

// target reads the table that UPDATE or DELETE changes.
func (p *parser) target() *TableRef {
	pos := p.peek().Pos
	table := &TableRef{Name: p.qualifiedName(), Pos: pos}
	table.Alias = p.alias()
	return table
}

func (p *parser) truncate() Statement {
	p.expect("truncate")
	p.accept("table")
	return &Truncate{Table: p.qualifiedName()}
}
