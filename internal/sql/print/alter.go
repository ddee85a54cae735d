package print

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// alterTable changes the engine's table where it can, and tells the catalog in every case.
func (t *translator) alterTable(s *ast.AlterTable) Plan {
	s = t.altered(s)
	a := &s.Action
	change := &Alter{
		Do: a.Do, Table: t.Name(s.Table), Name: a.Name, NewName: a.NewName, Type: a.Type, Encode: a.Encode, Attributes: a.Attributes,
	}
	t.keeps.Alter = change
	out := Plan{Kind: KindDDL, Tag: "ALTER TABLE", Target: change.Table}
	switch a.Do {
	case ast.AddColumn:
		column := t.describeColumn(&a.Column)
		change.Column = &column
		out.Runs = t.addColumn(s, &column)
	case ast.DropColumn, ast.RenameColumn, ast.RenameTable:
		out.Runs = []string{t.print(func(p *ast.Printer) { p.AlterTable(s) })}
		if kept := t.keeps.Renamed; kept != nil && kept.Object.Kind == "view" { // which Redshift has no other statement for
			out.Runs = []string{"ALTER VIEW " + t.Name(s.Table).Quoted() + " RENAME TO " + ast.QuoteName(a.NewName)}
		}
	case ast.ChangeType:
		t.refuse(sqlstate.Unsupported(a.Pos, "changing a column's type is not supported yet"))
	case ast.AddConstraint:
		key := keyOf(a.Constraint)
		change.Key = &key
	}
	return out
}

// addColumn adds a column in two steps where it must not be null, since the engine adds none with a constraint.
func (t *translator) addColumn(s *ast.AlterTable, column *TableColumn) []string {
	def := s.Action.Column
	if def.Identity != nil {
		t.refuse(sqlstate.Unsupported(s.Action.Pos, "adding an identity column is not supported; declare it when the table is created"))
	}
	add := t.print(func(p *ast.Printer) {
		p.Put("ALTER TABLE ")
		p.Table(s.Table)
		p.Put(" ADD COLUMN ")
		t.engineColumn(p, &def, &TableColumn{})
	})
	if !column.NotNull {
		return []string{add}
	}
	return []string{add, t.print(func(p *ast.Printer) {
		p.Put("ALTER TABLE ")
		p.Table(s.Table)
		p.Put(" ALTER COLUMN ", ast.QuoteName(def.Name), " SET NOT NULL")
	})}
}

// altered admits a change of a table, and returns it with the table's full name. Of a view only the owner changes.
func (t *translator) altered(s *ast.AlterTable) *ast.AlterTable {
	privileges := []string{Owning, "alter"}
	if s.Action.Do == ast.ChangeOwner {
		privileges = []string{Superior}
	}
	out := *s
	var found Object
	found, out.Table = t.object(s.Table, privileges...)
	if found.Kind == "" || t.err != nil {
		return &out
	}
	if found.Kind == "view" && s.Action.Do != ast.ChangeOwner && s.Action.Do != ast.RenameTable {
		t.refuse(&sqlstate.Error{Code: sqlstate.WrongObjectType, Message: `"` + found.Name + `" is not a table`})
	}
	if s.Action.Constraint != nil {
		t.references(s.Action.Constraint.References, nil)
	}
	switch s.Action.Do {
	case ast.ChangeOwner:
		t.given(found, s.Action.Name)
	case ast.RenameTable:
		t.need(Object{Schema: found.Schema}, "create")
		t.keeps.Renamed = &Renaming{found, s.Action.NewName}
	}
	return &out
}
