package redshiftsql

func (p *parser) drop() Statement {
	p.expect("drop")
	drop := &Drop{Object: p.oneOf("table", "view", "schema")}
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

func (p *parser) alter() Statement {
	p.expect("alter", "table")
	alter := &AlterTable{Table: p.qualifiedName()}
	alter.Action = p.alterAction()
	return alter
}

func (p *parser) alterAction() AlterAction {
	pos := p.peek().Pos
	var action AlterAction
	switch {
	case p.accept("add"):
		action = p.alterAdd()
	case p.accept("drop"):
		action = p.alterDrop()
	case p.accept("rename"):
		action = p.alterRename()
	case p.accept("owner", "to"):
		action = AlterAction{Do: ChangeOwner, Name: p.name()}
	case p.is("append"):
		panic(unsupported(pos, "ALTER TABLE APPEND is not supported yet"))
	default:
		p.expect("alter")
		action = p.alterAlter()
	}
	action.Pos = pos
	return action
}

func (p *parser) alterAdd() AlterAction {
	if p.isAny("constraint", "primary", "unique", "foreign") {
		constraint := p.tableConstraint()
		return AlterAction{Do: AddConstraint, Constraint: &constraint}
	}
	p.accept("column")
	return AlterAction{Do: AddColumn, Column: p.columnDef()}
}

func (p *parser) alterDrop() AlterAction {
	if p.accept("constraint") {
		return AlterAction{Do: DropConstraint, Name: p.name(), Behaviour: p.behaviour()}
	}
	p.accept("column")
	return AlterAction{Do: DropColumn, Name: p.name(), Behaviour: p.behaviour()}
}

func (p *parser) alterRename() AlterAction {
	if p.accept("to") {
		return AlterAction{Do: RenameTable, NewName: p.name()}
	}
	p.accept("column")
	action := AlterAction{Do: RenameColumn, Name: p.name()}
	p.expect("to")
	action.NewName = p.name()
	return action
}

// alterAlter reads what may follow ALTER TABLE t ALTER.
func (p *parser) alterAlter() AlterAction {
	switch {
	case p.accept("diststyle"):
		action := AlterAction{Do: ChangeDistribution}
		action.Attributes.DistStyle = p.oneOf("auto", "even", "key", "all")
		if p.accept("distkey") {
			action.Attributes.DistKey = p.nameMaybeBracketed()
		}
		return action
	case p.accept("distkey"):
		return AlterAction{Do: ChangeDistribution, Attributes: TableAttributes{DistKey: p.nameMaybeBracketed()}}
	case p.isAny("compound", "interleaved", "sortkey"):
		action := AlterAction{Do: ChangeSortKey}
		p.sortKey(&action.Attributes)
		return action
	case p.accept("encode", "auto"):
		return AlterAction{Do: ChangeTableEncode, Attributes: TableAttributes{EncodeAuto: true}}
	}
	p.accept("column")
	action := AlterAction{Name: p.name()}
	if p.accept("encode") {
		action.Do, action.Encode = ChangeEncode, p.label()
		return action
	}
	p.expect("type")
	action.Do, action.Type = ChangeType, p.typeName()
	return action
}

func (p *parser) nameMaybeBracketed() string {
	if p.isOp("(") && p.peekAt(2).isOp(")") {
		return p.names()[0]
	}
	return p.name()
}

func (p *parser) comment() Statement {
	p.expect("comment", "on")
	comment := &Comment{Object: p.oneOf("table", "column", "view", "schema", "database", "constraint")}
	comment.Name = p.commentName()
	p.expect("is")
	if !p.accept("null") {
		text := p.stringValue()
		comment.Text = &text
	}
	return comment
}

// commentName is a name that may have one qualifier more than a table, since it may be a column.
func (p *parser) commentName() Name {
	name := p.qualifiedName()
	if p.acceptOp(".") {
		name = append(name, p.label())
	}
	return name
}
