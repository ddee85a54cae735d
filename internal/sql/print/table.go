package print

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// Table describes a table as it was declared: the part that Redshift's catalogue shows and the engine ignores.
type Table struct {
	Name        ast.Name
	Temp        bool
	IfNotExists bool
	Columns     []TableColumn // of CREATE TABLE AS, only the names that were given
	DistStyle   string        // "", "auto", "even", "key" or "all"; "key" also when only a DISTKEY was given
	DistKey     string
	SortStyle   string // "", "compound", "interleaved" or "auto"
	SortKeys    []string
	PrimaryKey  []string
	Keys        []Key // all of them, the primary one too
	Backup      bool
	// Like is the table whose columns were copied; LikeDefaults tells whether their defaults come along.
	Like         ast.Name
	LikeDefaults bool
	Runs         func([]LikeColumn) string // makes the table, given the columns of the other
}

// TableColumn is a column as it was declared.
type TableColumn struct {
	Name     string
	Type     ast.Type
	Length   int    // most bytes of a string column, 0 for other types
	Default  string // in Redshift SQL, "" for none
	Encode   string
	DistKey  bool
	SortKey  bool
	NotNull  bool
	Identity *ast.Identity
	Sequence ast.Name // the engine's sequence behind Identity
}

// IsChar is for columns whose values are padded with blanks, and kept without.
func (c *TableColumn) IsChar() bool { return isChar(c.Type) }

// Key is a key as it was declared; Redshift never enforces one. Without a name it gets the one that Redshift gives it.
type Key struct {
	Name       string
	Kind       string // "primary key", "unique" or "foreign key"
	Columns    []string
	Far        ast.Name // of a foreign key
	FarColumns []string // none for those of the primary key
}

// Alter is a change of one table, to be kept by the catalogue. Do tells which other fields count.
type Alter struct {
	Do         ast.AlterKind
	Table      ast.Name
	Column     *TableColumn // AddColumn
	Name       string
	NewName    string
	Type       ast.Type
	Encode     string
	Attributes ast.TableAttributes
	Key        *Key // AddConstraint
}

// Dropped is what a DROP names.
type Dropped struct {
	Object  string // "table", "view" or "schema"
	Names   []ast.Name
	Cascade bool // what stands on them goes too
}

func (t *translator) createTable(s *ast.CreateTable) Plan {
	s = t.admitted(s)
	table := t.describe(s)
	t.keeps.Table = table
	out := Plan{Kind: KindDDL, Tag: "CREATE TABLE"}
	if s.Like != nil {
		t.likeTable(s)
		return out
	}
	for i := range table.Columns {
		if column := &table.Columns[i]; column.Identity != nil {
			column.Sequence = t.sequenceName(table, column.Name)
			out.Runs = append(out.Runs, createSequence(table, column))
		}
	}
	out.Runs = append(out.Runs, t.print(func(p *ast.Printer) {
		p.TableHead(s.Name, s.Temp, s.IfNotExists)
		p.Put(" (")
		p.List(len(s.Columns), func(i int) { t.engineColumn(p, &s.Columns[i], &table.Columns[i]) })
		p.Put(")")
	}))
	return out
}

// admitted is a table to be made with full names.
func (t *translator) admitted(s *ast.CreateTable) *ast.CreateTable {
	out := *s
	out.Name = t.makeTable(s.Name, s.Temp)
	if s.Like != nil {
		like := *s.Like
		like.Table = t.target(s.Like.Table, "select")
		out.Like = &like
	}
	for i := range s.Columns {
		t.references(s.Columns[i].References, s.Name)
	}
	for i := range s.Constraints {
		t.references(s.Constraints[i].References, s.Name)
	}
	return &out
}

// makeTable admits a table that is made, and has the catalog keep whose it is.
func (t *translator) makeTable(name ast.Name, temporary bool) ast.Name {
	full := t.creation(name, temporary)
	if !temporary {
		t.made(full, "table", false)
	}
	return full
}

// references admits the table that a foreign key names, unless it is the key's own. The engine does not see it.
func (t *translator) references(r *ast.References, own ast.Name) {
	if r != nil && !(own != nil && keyword.Fold(r.Table.Last()) == keyword.Fold(own.Last())) {
		t.changed(r.Table, "references")
	}
}

// likeTable leaves the table to the catalog, which knows the columns of the other.
func (t *translator) likeTable(s *ast.CreateTable) {
	if len(s.Columns) > 0 {
		t.refuse(sqlstate.Unsupported(0, "LIKE together with other columns is not supported yet"))
	}
	t.keeps.Table.Runs = func(columns []LikeColumn) string {
		return t.print(func(p *ast.Printer) {
			p.TableHead(s.Name, s.Temp, s.IfNotExists)
			p.Put(" (")
			p.List(len(columns), func(i int) { columns[i].put(p) })
			p.Put(")")
		})
	}
}

// LikeColumn is a column that LIKE copies, in the engine's words.
type LikeColumn struct {
	Name, Type, Default string
	NotNull             bool
	Declared            ast.Type // of a string whose length was declared
}

func (c *LikeColumn) put(p *ast.Printer) {
	p.Put(ast.QuoteName(c.Name), " ", c.Type)
	p.When(c.Default != "", " DEFAULT "+c.Default)
	p.When(c.NotNull, " NOT NULL")
	p.When(c.Declared.Name != "", " "+lengthCheck(c.Name, c.Declared))
}

// engineColumn writes a column for the engine: keys are informational in Redshift and left out, the declared length
// becomes a check, an identity becomes a sequence.
func (t *translator) engineColumn(p *ast.Printer, def *ast.ColumnDef, column *TableColumn) {
	p.Put(ast.QuoteName(def.Name), " ", t.TypeName(def.Type))
	switch {
	case column.Sequence != nil:
		p.Put(" DEFAULT nextval(", ast.QuoteText(column.Sequence.Quoted()), ")")
	case def.Default != nil:
		p.Put(" DEFAULT ")
		t.Keep(func() { p.Whole(keptDefault(def)) })
	}
	p.When(column.NotNull, " NOT NULL")
	p.When(column.Length > 0, " "+lengthCheck(def.Name, def.Type))
}

// keptDefault is a default as its column keeps it.
func keptDefault(def *ast.ColumnDef) ast.Expr {
	value, isConstant := constant(def.Default)
	switch {
	case isChar(def.Type) && isConstant:
		return &ast.String{Value: strings.TrimRight(value, " ")}
	case isChar(def.Type):
		return native("rtrim", def.Default, &ast.String{Value: " "})
	}
	return def.Default
}

// lengthCheck holds a string column to its length in bytes. The order of the two sides tells LengthViolation which of
// Redshift's types the column has.
func lengthCheck(column string, typ ast.Type) string {
	limit := strconv.Itoa(typ.Length())
	if isChar(typ) { // which are kept without the blanks that they are padded with
		return "CHECK (" + limit + " >= strlen(" + ast.QuoteName(column) + ") AND NOT suffix(" + ast.QuoteName(column) + ", ' '))"
	}
	return "CHECK (strlen(" + ast.QuoteName(column) + ") <= " + limit + ")"
}

// sequenceName names the sequence behind an identity column. It lives beside its table; one of a temporary table has
// no schema to name.
func (t *translator) sequenceName(table *Table, column string) ast.Name {
	own := strings.TrimPrefix(table.Name.Last(), "#") + "_" + column + "_identity"
	if t.session.Unique != "" {
		own += "_" + t.session.Unique
	}
	name := append(ast.Name{}, table.Name[:len(table.Name)-1]...)
	if len(name) == 0 && !table.Temp && t.session.Schema != "" {
		name = ast.Name{t.session.Schema}
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
	return create + column.Sequence.Quoted() + bounds
}

// describe gathers what was declared of a table, from its columns and from behind them.
func (t *translator) describe(s *ast.CreateTable) *Table {
	table := &Table{Name: t.Name(s.Name), Temp: s.Temp, IfNotExists: s.IfNotExists}
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
	t.checkKeys(s)
	if s.Like != nil {
		table.Like, table.LikeDefaults = t.Name(s.Like.Table), s.Like.Defaults == "including"
	}
	return table
}

func (t *translator) describeColumn(def *ast.ColumnDef) TableColumn {
	column := TableColumn{
		Name: def.Name, Type: def.Type, Length: def.Type.Length(), Encode: def.Encode, DistKey: def.DistKey, SortKey: def.SortKey,
		NotNull: def.NotNull || def.PrimaryKey || def.Identity != nil && !def.Null, Identity: def.Identity,
	}
	if def.Default != nil {
		column.Default = ast.Render(func(p *ast.Printer) { p.Expr(def.Default) })
	}
	return column
}

// maxColumns is how many columns a table may have in Redshift.
const maxColumns = 1600

func (t *translator) checkCount(columns int) {
	if columns > maxColumns {
		t.refuse(&sqlstate.Error{Code: sqlstate.TooManyColumns, Message: fmt.Sprintf("tables can have at most %d columns", maxColumns)})
	}
}

// checkColumns refuses what the engine would take or would refuse in its own words.
func (t *translator) checkColumns(s *ast.CreateTable) {
	t.checkCount(len(s.Columns))
	for i := range s.Columns {
		def := &s.Columns[i]
		limit := map[string]int{"varchar": ast.MaxVarchar, "char": ast.MaxChar}[def.Type.Name]
		switch length := def.Type.Length(); {
		case limit > 0 && (length > limit || length < 1):
			t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Position: def.Type.Pos,
				Message: fmt.Sprintf("the length of column %q is %d and must be between 1 and %d", def.Name, length, limit)})
		case def.Identity != nil && def.Identity.Step == 0:
			t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Message: fmt.Sprintf("the step of identity column %q must not be 0", def.Name)})
		case def.Identity != nil && def.Type.Name != "integer" && def.Type.Name != "bigint":
			t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Message: fmt.Sprintf("identity column %q must be INT or BIGINT", def.Name)})
		}
	}
}

// checkKeys refuses keys that there can be one of only.
func (t *translator) checkKeys(s *ast.CreateTable) {
	distributing, primary := min(1, len(s.Attributes.DistKey)), 0
	for _, column := range s.Columns {
		distributing += count(column.DistKey)
		primary += count(column.PrimaryKey)
	}
	for _, constraint := range s.Constraints {
		primary += count(constraint.Kind == "primary key")
	}
	if distributing > 1 {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidTableDefinition, Message: "multiple distribution keys for table " + strconv.Quote(s.Name.Last()) + " are not allowed"})
	}
	if primary > 1 {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidTableDefinition, Message: "multiple primary keys for table " + strconv.Quote(s.Name.Last()) + " are not allowed"})
	}
}

func count(one bool) int {
	if one {
		return 1
	}
	return 0
}

func (table *Table) attributes(a *ast.TableAttributes) {
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
func (table *Table) columnKeys(def *ast.ColumnDef) {
	if def.DistKey {
		table.DistStyle, table.DistKey = "key", def.Name
	}
	if def.SortKey {
		table.SortStyle, table.SortKeys = "compound", append(table.SortKeys, def.Name)
	}
	if def.PrimaryKey {
		table.constraint(&ast.TableConstraint{Kind: "primary key", Columns: []string{def.Name}})
	}
	if def.Unique {
		table.constraint(&ast.TableConstraint{Kind: "unique", Columns: []string{def.Name}})
	}
	if def.References != nil {
		table.constraint(&ast.TableConstraint{Kind: "foreign key", Columns: []string{def.Name}, References: def.References})
	}
}

func (table *Table) constraint(c *ast.TableConstraint) {
	if c.Kind == "primary key" {
		table.PrimaryKey = c.Columns
	}
	table.Keys = append(table.Keys, keyOf(c))
}

func keyOf(c *ast.TableConstraint) Key {
	key := Key{Name: c.Name, Kind: c.Kind, Columns: c.Columns}
	if c.References != nil {
		key.Far, key.FarColumns = c.References.Table, c.References.Columns
	}
	return key
}

// createTableAs makes a table of a query's rows. Where a length is known it is made first and filled then, since the engine makes no
// table of a query that holds its strings to their lengths.
func (t *translator) createTableAs(s *ast.CreateTableAs) Plan {
	t.checkCount(len(s.Outputs))
	plain := *s
	plain.Name, plain.Attributes = t.makeTable(s.Name, s.Temp), ast.TableAttributes{}
	table := &Table{Name: t.Name(plain.Name), Temp: s.Temp, IfNotExists: s.IfNotExists}
	table.attributes(&s.Attributes)
	table.Columns = t.described(s.Columns, s.Outputs)
	t.keeps.Table = table
	out := Plan{Kind: KindSelectInto, Tag: "SELECT"}
	if bounded(s.Outputs) {
		out.Runs = append(out.Runs, t.print(func(p *ast.Printer) {
			p.TableHead(plain.Name, s.Temp, s.IfNotExists)
			p.Put(" (")
			p.List(len(s.Outputs), func(i int) { t.engineColumn(p, &s.Outputs[i], &table.Columns[i]) })
			p.Put(")")
		}), t.print(func(p *ast.Printer) { p.Insert(&ast.Insert{Table: plain.Name, Query: s.Query}) }))
		return out
	}
	out.Runs = []string{t.print(func(p *ast.Printer) { p.CreateTableAs(&plain) })}
	return out
}

// described are the columns of a query as the catalog keeps them.
func (t *translator) described(names []string, outputs []ast.ColumnDef) (columns []TableColumn) {
	for i := range outputs {
		columns = append(columns, t.describeColumn(&outputs[i]))
		columns[i].Length = boundOf(&outputs[i])
	}
	for i, name := range names {
		if i >= len(columns) {
			columns = append(columns, TableColumn{Name: name})
		}
	}
	return columns
}

// boundOf is the most bytes that an output is known to have, 0 where nothing says.
func boundOf(output *ast.ColumnDef) int {
	if output.Type.Max || output.Type.Name == "" {
		return 0
	}
	return output.Type.Length()
}

// bounded tells whether all columns are known, and the length of at least one.
func bounded(outputs []ast.ColumnDef) (found bool) {
	for i := range outputs {
		if outputs[i].Type.Name == "" {
			return false
		}
		found = found || boundOf(&outputs[i]) > 0
	}
	return found
}
