package print

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// alterTable changes the engine's table where it can, and tells the catalogue in every case.
func (t *translator) alterTable(s *ast.AlterTable) Translation {
	a := &s.Action
	change := &Alter{
		Do: a.Do, Table: t.Name(s.Table), Name: a.Name, NewName: a.NewName, Type: a.Type, Encode: a.Encode, Attributes: a.Attributes,
	}
	out := Translation{Kind: KindDDL, Tag: "ALTER TABLE", Alter: change, Target: change.Table}
	switch a.Do {
	case ast.AddColumn:
		column := t.describeColumn(&a.Column)
		change.Column = &column
		out.Statements = t.addColumn(s, &column)
	case ast.DropColumn, ast.RenameColumn, ast.RenameTable:
		out.Statements = []string{t.print(func(p *ast.Printer) { p.AlterTable(s) })}
	case ast.ChangeType:
		t.refuse(sqlstate.Unsupported(a.Pos, "changing a column's type is not supported yet"))
	case ast.AddConstraint:
		if a.Constraint.Kind == "primary key" {
			change.PrimaryKey = a.Constraint.Columns
		}
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
