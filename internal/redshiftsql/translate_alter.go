package redshiftsql

// alterTable changes the engine's table where it can, and tells the catalogue in every case.
func (t *translator) alterTable(s *AlterTable) Translation {
	a := &s.Action
	change := &Alter{
		Do: a.Do, Table: t.name(s.Table), Name: a.Name, NewName: a.NewName, Type: a.Type, Encode: a.Encode, Attributes: a.Attributes,
	}
	out := Translation{Kind: KindDDL, Tag: "ALTER TABLE", Alter: change, Target: change.Table}
	switch a.Do {
	case AddColumn:
		column := t.describeColumn(&a.Column)
		change.Column = &column
		out.Statements = t.addColumn(s, &column)
	case DropColumn, RenameColumn, RenameTable:
		out.Statements = []string{t.print(func(p *printer) { p.alterTable(s) })}
	case ChangeType:
		t.refuse(unsupported(a.Pos, "changing a column's type is not supported yet"))
	case AddConstraint:
		if a.Constraint.Kind == "primary key" {
			change.PrimaryKey = a.Constraint.Columns
		}
	}
	return out
}

// addColumn adds a column in two steps where it must not be null, since the engine adds none with a constraint.
func (t *translator) addColumn(s *AlterTable, column *TableColumn) []string {
	def := s.Action.Column
	if def.Identity != nil {
		t.refuse(unsupported(s.Action.Pos, "adding an identity column is not supported; declare it when the table is created"))
	}
	add := t.print(func(p *printer) {
		p.write("ALTER TABLE ")
		p.table(s.Table)
		p.write(" ADD COLUMN ")
		p.engineColumn(&def, &TableColumn{})
	})
	if !column.NotNull {
		return []string{add}
	}
	return []string{add, t.print(func(p *printer) {
		p.write("ALTER TABLE ")
		p.table(s.Table)
		p.write(" ALTER COLUMN ", quoteName(def.Name), " SET NOT NULL")
	})}
}
