package parse

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func (p *parser) drop() ast.Statement {
	p.expect("drop")
	drop := &ast.Drop{Object: p.oneOf("table", "view", "schema")}
	drop.IfExists = p.ifExists()
	for {
		drop.Names = append(drop.Names, p.qualifiedName())
		if !p.acceptOp(",") {
			break
		}
	}
	drop.Behaviour = p.behaviour()
	return drop
}

func (p *parser) behaviour() string { return p.acceptAny("cascade", "restrict") }

func (p *parser) alter() ast.Statement {
	p.expect("alter", "table")
	alter := &ast.AlterTable{Table: p.qualifiedName()}
	alter.Action = p.alterAction()
	return alter
}

func (p *parser) alterAction() ast.AlterAction {
	pos := p.peek().Pos
	var action ast.AlterAction
	switch {
	case p.accept("add"):
		action = p.alterAdd()
	case p.accept("drop"):
		action = p.alterDrop()
	case p.accept("rename"):
		action = p.alterRename()
	case p.accept("owner", "to"):
		action = ast.AlterAction{Do: ast.ChangeOwner, Name: p.name()}
	case p.is("append"):
		panic(sqlstate.Unsupported(pos, "ALTER TABLE APPEND is not supported yet"))
	default:
		p.expect("alter")
		action = p.alterAlter()
	}
	action.Pos = pos
	return action
}

func (p *parser) alterAdd() ast.AlterAction {
	if p.isAny("constraint", "primary", "unique", "foreign") {
		constraint := p.tableConstraint()
		return ast.AlterAction{Do: ast.AddConstraint, Constraint: &constraint}
	}
	p.accept("column")
	return ast.AlterAction{Do: ast.AddColumn, Column: p.columnDef()}
}

func (p *parser) alterDrop() ast.AlterAction {
	if p.accept("constraint") {
		return ast.AlterAction{Do: ast.DropConstraint, Name: p.name(), Behaviour: p.behaviour()}
	}
	p.accept("column")
	return ast.AlterAction{Do: ast.DropColumn, Name: p.name(), Behaviour: p.behaviour()}
}

func (p *parser) alterRename() ast.AlterAction {
	if p.accept("to") {
		return ast.AlterAction{Do: ast.RenameTable, NewName: p.name()}
	}
	p.accept("column")
	action := ast.AlterAction{Do: ast.RenameColumn, Name: p.name()}
	p.expect("to")
	action.NewName = p.name()
	return action
}

// alterAlter reads what may follow ALTER TABLE t ALTER.
func (p *parser) alterAlter() ast.AlterAction {
	switch {
	case p.accept("diststyle"):
		action := ast.AlterAction{Do: ast.ChangeDistribution}
		action.Attributes.DistStyle = p.oneOf("auto", "even", "key", "all")
		if p.accept("distkey") {
			action.Attributes.DistKey = p.nameMaybeBracketed()
		}
		return action
	case p.accept("distkey"):
		return ast.AlterAction{Do: ast.ChangeDistribution, Attributes: ast.TableAttributes{DistKey: p.nameMaybeBracketed()}}
	case p.isAny("compound", "interleaved", "sortkey"):
		action := ast.AlterAction{Do: ast.ChangeSortKey}
		p.sortKey(&action.Attributes)
		return action
	case p.accept("encode", "auto"):
		return ast.AlterAction{Do: ast.ChangeTableEncode, Attributes: ast.TableAttributes{EncodeAuto: true}}
	}
	p.accept("column")
	action := ast.AlterAction{Name: p.name()}
	if p.accept("encode") {
		action.Do, action.Encode = ast.ChangeEncode, p.label()
		return action
	}
	p.expect("type")
	action.Do, action.Type = ast.ChangeType, p.typeName()
	return action
}

func (p *parser) nameMaybeBracketed() string {
	if p.isOp("(") && p.peekAt(2).isOp(")") {
		return p.names()[0]
	}
	return p.name()
}

func (p *parser) comment() ast.Statement {
	p.expect("comment", "on")
	comment := &ast.Comment{Object: p.oneOf("table", "column", "view", "schema", "database", "constraint")}
	comment.Name = p.commentName()
	p.expect("is")
	if !p.accept("null") {
		text := p.stringValue()
		comment.Text = &text
	}
	return comment
}

// commentName is a name that may have one qualifier more than a table, since it may be a column.
func (p *parser) commentName() ast.Name {
	name := p.qualifiedName()
	if p.acceptOp(".") {
		name = append(name, p.label())
	}
	return name
}
