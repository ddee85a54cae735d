package redshiftsql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Table describes a table as it was declared: the part that Redshift's catalogue shows and the engine ignores.
type Table struct {
	Name        Name
	Temp        bool
	IfNotExists bool
	Columns     []TableColumn // of CREATE TABLE AS, only the names that were given
	DistStyle   string        // "", "auto", "even", "key" or "all"; "key" also when only a DISTKEY was given
	DistKey     string
	SortStyle   string // "", "compound", "interleaved" or "auto"
	SortKeys    []string
	PrimaryKey  []string
	Unique      [][]string
	ForeignKeys []ForeignKey
	Backup      bool
	// Like is the table whose columns were copied; LikeDefaults tells whether their defaults come along.
	Like         Name
	LikeDefaults bool
}

// TableColumn is a column as it was declared.
type TableColumn struct {
	Name     string
	Type     Type
	Length   int    // most bytes of a string column, 0 for other types
	Default  string // in Redshift SQL, "" for none
	Encode   string
	DistKey  bool
	SortKey  bool
	NotNull  bool
	Identity *Identity
	Sequence Name // the engine's sequence behind Identity
}

// ForeignKey is a foreign key as it was declared; Redshift never enforces one.
type ForeignKey struct {
	Columns    []string
	Table      Name
	References []string
}

// Alter is a change of one table, to be kept by the catalogue. Do tells which other fields count.
type Alter struct {
	Do         AlterKind
	Table      Name
	Column     *TableColumn // AddColumn
	Name       string
	NewName    string
	Type       Type
	Encode     string
	Attributes TableAttributes
	PrimaryKey []string // AddConstraint
}

// Dropped is what a DROP names.
type Dropped struct {
	Object string // "table", "view" or "schema"
	Names  []Name
}

// schema translates the statements that make, change and drop tables, views and schemas.
func (t *translator) schema(stmt Statement) (out Translation, ok bool) {
	switch s := stmt.(type) {
	case *CreateTable:
		out = t.createTable(s)
	case *CreateTableAs:
		out = t.createTableAs(s)
	case *CreateView:
		out = t.createView(s)
	case *CreateSchema:
		out = t.createSchema(s)
	case *Drop:
		out = t.drop(s)
	case *AlterTable:
		out = t.alterTable(s)
	case *Truncate:
		sql := "TRUNCATE " + t.name(s.Table).quoted()
		out = Translation{Kind: KindDDL, Tag: "TRUNCATE TABLE", Statements: []string{sql}, Target: t.name(s.Table)}
	case *Comment:
		out = t.comment(s)
	default:
		return Translation{}, false
	}
	return out, true
}

func (t *translator) createTable(s *CreateTable) Translation {
	table := t.describe(s)
	out := Translation{Kind: KindDDL, Tag: "CREATE TABLE", Table: table}
	if s.Like != nil {
		out.Statements = []string{t.likeTable(s)}
		return out
	}
	for i := range table.Columns {
		if column := &table.Columns[i]; column.Identity != nil {
			column.Sequence = t.sequenceName(table, column.Name)
			out.Statements = append(out.Statements, createSequence(table, column))
		}
	}
	out.Statements = append(out.Statements, t.print(func(p *printer) {
		p.tableHead(s.Name, s.Temp, s.IfNotExists)
		p.write(" (")
		p.list(len(s.Columns), func(i int) { p.engineColumn(&s.Columns[i], &table.Columns[i]) })
		p.write(")")
	}))
	return out
}

// likeTable copies another table's columns by a query that finds no row; the engine has no LIKE.
func (t *translator) likeTable(s *CreateTable) string {
	if len(s.Columns) > 0 {
		t.refuse(unsupported(0, "LIKE together with other columns is not supported yet"))
	}
	return t.print(func(p *printer) {
		p.tableHead(s.Name, s.Temp, s.IfNotExists)
		p.write(" AS SELECT * FROM ")
		p.table(s.Like.Table)
		p.write(" LIMIT 0")
	})
}

// engineColumn writes a column for the engine: keys are informational in Redshift and left out, the declared length
// becomes a check, an identity becomes a sequence.
func (p *printer) engineColumn(def *ColumnDef, column *TableColumn) {
	p.write(quoteName(def.Name), " ", p.dialect.typeName(def.Type))
	switch {
	case column.Sequence != nil:
		p.write(" DEFAULT nextval(", quoteText(column.Sequence.quoted()), ")")
	case def.Default != nil:
		p.write(" DEFAULT ")
		p.dialect.keep(func() { p.operand(def.Default, holdsWord-1) })
	}
	p.when(column.NotNull, " NOT NULL")
	p.when(column.Length > 0, " "+lengthCheck(def.Name, def.Type))
}

// lengthCheck holds a string column to its length in bytes. The order of the two sides tells LengthViolation which of
// Redshift's types the column has.
func lengthCheck(column string, typ Type) string {
	limit := strconv.Itoa(typ.length())
	if typ.Name == "char" || typ.Name == "bpchar" {
		return "CHECK (" + limit + " >= strlen(" + quoteName(column) + "))"
	}
	return "CHECK (strlen(" + quoteName(column) + ") <= " + limit + ")"
}

// sequenceName names the sequence behind an identity column. It lives beside its table; one of a temporary table has
// no schema to name.
func (t *translator) sequenceName(table *Table, column string) Name {
	own := strings.TrimPrefix(table.Name.Last(), "#") + "_" + column + "_identity"
	if t.session.Unique != "" {
		own += "_" + t.session.Unique
	}
	name := append(Name{}, table.Name[:len(table.Name)-1]...)
	if len(name) == 0 && !table.Temp && t.session.Schema != "" {
		name = Name{t.session.Schema}
	}
	return append(name, own)
}

// createSequence makes the sequence behind an identity column. One that an earlier table of the same name left behind
// is replaced, unless the table may still be there.
func createSequence(table *Table, column *TableColumn) string {
	create := "CREATE OR REPLACE "
	if table.IfNotExists {
		create = "CREATE "
	}
	if table.Temp {
		create += "TEMP "
	}
	create += "SEQUENCE "
	if table.IfNotExists {
		create += "IF NOT EXISTS "
	}
	bounds := fmt.Sprintf(" START WITH %d INCREMENT BY %d", column.Identity.Seed, column.Identity.Step)
	if column.Identity.Step < 0 || column.Identity.Seed < 1 {
		bounds += " MINVALUE -9223372036854775807 MAXVALUE 9223372036854775806"
	}
	return create + column.Sequence.quoted() + bounds
}

// describe gathers what was declared of a table, from its columns and from behind them.
func (t *translator) describe(s *CreateTable) *Table {
	table := &Table{Name: t.name(s.Name), Temp: s.Temp, IfNotExists: s.IfNotExists}
	table.attributes(&s.Attributes)
	for i := range s.Columns {
		def := &s.Columns[i]
		table.Columns = append(table.Columns, t.describeColumn(def))
		table.columnKeys(def)
	}
	for _, constraint := range s.Constraints {
		table.constraint(&constraint)
	}
	for i := range table.Columns {
		column := &table.Columns[i]
		column.DistKey = column.DistKey || column.Name == table.DistKey
		column.NotNull = column.NotNull || slices.Contains(table.PrimaryKey, column.Name)
		column.SortKey = column.SortKey || slices.Contains(table.SortKeys, column.Name)
	}
	t.checkColumns(s)
	if s.Like != nil {
		table.Like, table.LikeDefaults = t.name(s.Like.Table), s.Like.Defaults == "including"
	}
	return table
}

func (t *translator) describeColumn(def *ColumnDef) TableColumn {
	column := TableColumn{
		Name: def.Name, Type: def.Type, Length: def.Type.length(), Encode: def.Encode, DistKey: def.DistKey, SortKey: def.SortKey,
		NotNull: def.NotNull || def.PrimaryKey || def.Identity != nil && !def.Null, Identity: def.Identity,
	}
	if def.Default != nil {
		column.Default = render(func(p *printer) { p.expr(def.Default) })
	}
	return column
}

// checkColumns refuses what the engine would take or would refuse in its own words.
func (t *translator) checkColumns(s *CreateTable) {
	for i := range s.Columns {
		def := &s.Columns[i]
		limit := map[string]int{"varchar": maxVarchar, "char": maxChar}[def.Type.Name]
		switch length := def.Type.length(); {
		case limit > 0 && (length > limit || length < 1):
			t.refuse(&Error{Code: codeBadParameter, Position: def.Type.Pos,
				Message: fmt.Sprintf("the length of column %q is %d and must be between 1 and %d", def.Name, length, limit)})
		case def.Identity != nil && def.Identity.Step == 0:
			t.refuse(&Error{Code: codeBadParameter, Message: fmt.Sprintf("the step of identity column %q must not be 0", def.Name)})
		case def.Identity != nil && def.Type.Name != "integer" && def.Type.Name != "bigint":
			t.refuse(&Error{Code: codeBadParameter, Message: fmt.Sprintf("identity column %q must be INT or BIGINT", def.Name)})
		}
	}
}

func (table *Table) attributes(a *TableAttributes) {
	table.DistStyle, table.DistKey = a.DistStyle, a.DistKey
	table.SortStyle, table.SortKeys = a.SortStyle, a.SortKeys
	table.Backup = a.Backup != "no"
	if table.DistStyle == "" && a.DistKey != "" {
		table.DistStyle = "key"
	}
	if len(a.SortKeys) > 0 && a.SortStyle == "" {
		table.SortStyle = "compound"
	}
}

// columnKeys adds the keys that a column declares by itself.
func (table *Table) columnKeys(def *ColumnDef) {
	if def.DistKey {
		table.DistStyle, table.DistKey = "key", def.Name
	}
	if def.SortKey {
		table.SortStyle, table.SortKeys = "compound", append(table.SortKeys, def.Name)
	}
	if def.PrimaryKey {
		table.PrimaryKey = []string{def.Name}
	}
	if def.Unique {
		table.Unique = append(table.Unique, []string{def.Name})
	}
	if def.References != nil {
		table.ForeignKeys = append(table.ForeignKeys,
			ForeignKey{Columns: []string{def.Name}, Table: def.References.Table, References: def.References.Columns})
	}
}

func (table *Table) constraint(c *TableConstraint) {
	switch c.Kind {
	case "primary key":
		table.PrimaryKey = c.Columns
	case "unique":
		table.Unique = append(table.Unique, c.Columns)
	case "foreign key":
		table.ForeignKeys = append(table.ForeignKeys,
			ForeignKey{Columns: c.Columns, Table: c.References.Table, References: c.References.Columns})
	}
}

func (t *translator) createTableAs(s *CreateTableAs) Translation {
	table := &Table{Name: t.name(s.Name), Temp: s.Temp, IfNotExists: s.IfNotExists}
	table.attributes(&s.Attributes)
	for _, column := range s.Columns {
		table.Columns = append(table.Columns, TableColumn{Name: column})
	}
	plain := *s
	plain.Attributes = TableAttributes{}
	sql := t.print(func(p *printer) { p.createTableAs(&plain) })
	return Translation{Kind: KindSelectInto, Tag: "SELECT", Table: table, Statements: []string{sql}}
}

func (t *translator) createView(s *CreateView) Translation {
	plain := *s
	plain.LateBinding = false
	sql := t.print(func(p *printer) { t.keep(func() { p.createView(&plain) }) })
	return Translation{Kind: KindDDL, Tag: "CREATE VIEW", Statements: []string{sql}, Target: t.name(s.Name)}
}

// keep marks what write writes as something that outlives the session.
func (t *translator) keep(write func()) {
	before := t.keeping
	t.keeping = true
	write()
	t.keeping = before
}

func (t *translator) createSchema(s *CreateSchema) Translation {
	sql := t.print(func(p *printer) { p.createSchema(&CreateSchema{Name: s.Name, IfNotExists: s.IfNotExists}) })
	return Translation{Kind: KindDDL, Tag: "CREATE SCHEMA", Statements: []string{sql}, Target: s.Name}
}

// drop drops one object with each statement, since the engine takes no more.
func (t *translator) drop(s *Drop) Translation {
	dropped := &Dropped{Object: s.Object}
	out := Translation{Kind: KindDDL, Tag: "DROP " + strings.ToUpper(s.Object), Drop: dropped}
	for _, name := range s.Names {
		one := *s
		one.Names = []Name{name}
		dropped.Names = append(dropped.Names, t.name(name))
		out.Statements = append(out.Statements, t.print(func(p *printer) { p.drop(&one) }))
	}
	return out
}

func (t *translator) comment(s *Comment) Translation {
	if s.Object == "database" || s.Object == "constraint" || s.Object == "schema" {
		return Translation{Kind: KindNothing, Tag: "COMMENT"}
	}
	sql := t.print(func(p *printer) { p.comment(s) })
	return Translation{Kind: KindDDL, Tag: "COMMENT", Statements: []string{sql}}
}
