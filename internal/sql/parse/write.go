package parse

import (
	"slipher/internal/sql/ast"
)

func (p *parser) insert() ast.Statement {
	p.expect("insert", "into")
	insert := &ast.Insert{Table: p.qualifiedName()}
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

func (p *parser) update(with *ast.With) ast.Statement {
	p.expect("update")
	update := &ast.Update{With: with, Table: p.target()}
	p.expect("set")
	for {
		column := p.name()
		p.expectOp("=")
		update.Set = append(update.Set, ast.Assignment{Column: column, Value: p.exprOrDefault()})
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

func (p *parser) delete(with *ast.With) ast.Statement {
	p.expect("delete")
	p.accept("from")
	del := &ast.Delete{With: with, Table: p.target()}
	if p.accept("using") {
		del.Using = p.fromList()
	}
	del.Where = p.condition("where")
	return del
}

// target reads the table that UPDATE or DELETE changes.
func (p *parser) target() *ast.TableRef {
	pos := p.peek().Pos
	table := &ast.TableRef{Name: p.qualifiedName(), Pos: pos}
	table.Alias = p.alias()
	return table
}

func (p *parser) truncate() ast.Statement {
	p.expect("truncate")
	p.accept("table")
	return &ast.Truncate{Table: p.qualifiedName()}
}
