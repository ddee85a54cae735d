package parse

import (
	"slipher/internal/sql/ast"
)

// create reads CREATE TABLE, VIEW or SCHEMA.
func (p *parser) create() ast.Statement {
	p.expect("create")
	replace := p.accept("or", "replace")
	if replace || p.is("view") {
		return p.createView(replace)
	}
	if p.accept("schema") {
		return p.createSchema()
	}
	p.acceptAny("local", "global")
	temp := p.acceptAny("temporary", "temp") != ""
	p.expect("table")
	return p.createTable(temp)
}

func (p *parser) ifNotExists() bool { return p.accept("if", "not", "exists") }
func (p *parser) ifExists() bool    { return p.accept("if", "exists") }

func (p *parser) createTable(temp bool) ast.Statement {
	table := &ast.CreateTable{IfNotExists: p.ifNotExists(), Name: p.qualifiedName()}
	table.Temp = temp || table.Name.Temporary()
	if !p.isOp("(") || p.columnListOnly() {
		return p.createTableAs(table)
	}
	p.expectOp("(")
	for {
		p.tableElement(table)
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	p.tableAttributes(&table.Attributes)
	return table
}

// columnListOnly reports whether the parenthesis holds names alone, as before AS, rather than definitions.
func (p *parser) columnListOnly() bool {
	return p.peekAt(1).isName() && (p.peekAt(2).isOp(",") || p.peekAt(2).isOp(")"))
}

func (p *parser) createTableAs(head *ast.CreateTable) ast.Statement {
	table := &ast.CreateTableAs{Name: head.Name, Temp: head.Temp, IfNotExists: head.IfNotExists}
	if p.isOp("(") {
		table.Columns = p.names()
	}
	p.tableAttributes(&table.Attributes)
	p.expect("as")
	table.Query = p.query()
	return table
}

// tableElement reads a column, a constraint or LIKE.
func (p *parser) tableElement(table *ast.CreateTable) {
	switch {
	case p.is("like") && table.Like == nil:
		table.Like = p.likeTable()
	case p.isAny("constraint", "primary", "unique", "foreign"):
		table.Constraints = append(table.Constraints, p.tableConstraint())
	default:
		table.Columns = append(table.Columns, p.columnDef())
	}
}

func (p *parser) likeTable() *ast.LikeTable {
	p.expect("like")
	like := &ast.LikeTable{Table: p.qualifiedName()}
	if like.Defaults = p.acceptAny("including", "excluding"); like.Defaults != "" {
		p.expect("defaults")
	}
	return like
}

func (p *parser) tableConstraint() ast.TableConstraint {
	var constraint ast.TableConstraint
	if p.accept("constraint") {
		constraint.Name = p.name()
	}
	switch {
	case p.accept("primary", "key"):
		constraint.Kind = "primary key"
	case p.accept("unique"):
		constraint.Kind = "unique"
	default:
		p.expect("foreign", "key")
		constraint.Kind = "foreign key"
	}
	constraint.Columns = p.names()
	if constraint.Kind == "foreign key" {
		constraint.References = p.references()
	}
	return constraint
}

func (p *parser) references() *ast.References {
	p.expect("references")
	references := &ast.References{Table: p.qualifiedName()}
	if p.isOp("(") {
		references.Columns = p.names()
	}
	return references
}

func (p *parser) columnDef() ast.ColumnDef {
	column := ast.ColumnDef{Name: p.name(), Type: p.typeName()}
	for p.columnAttribute(&column) {
	}
	return column
}

// columnAttribute reads one attribute or constraint of a column, and reports whether there was one.
func (p *parser) columnAttribute(column *ast.ColumnDef) bool {
	switch {
	case p.accept("default"):
		column.Default = p.exprAbove(ast.BindNot) // NOT NULL may follow
	case p.accept("identity"):
		column.Identity = p.identity(false)
	case p.accept("generated", "by", "default", "as", "identity"):
		column.Identity = p.identity(true)
	case p.accept("encode"):
		column.Encode = p.label()
	case p.accept("distkey"):
		column.DistKey = true
	case p.accept("sortkey"):
		column.SortKey = true
	case p.accept("not", "null"):
		column.NotNull = true
	case p.accept("null"):
		column.Null = true
	case p.accept("primary", "key"):
		column.PrimaryKey = true
	case p.accept("unique"):
		column.Unique = true
	case p.is("references"):
		column.References = p.references()
	case p.accept("collate"):
		column.Collate = p.label()
	default:
		return false
	}
	return true
}

// identity reads the (seed, step) of an identity column; (1, 1) when it is left out.
func (p *parser) identity(byDefault bool) *ast.Identity {
	identity := &ast.Identity{Seed: 1, Step: 1, ByDefault: byDefault}
	if p.acceptOp("(") {
		identity.Seed = p.integer()
		p.expectOp(",")
		identity.Step = p.integer()
		p.expectOp(")")
	}
	return identity
}

func (p *parser) tableAttributes(attributes *ast.TableAttributes) {
	for p.tableAttribute(attributes) {
	}
}

// tableAttribute reads one attribute of a table, and reports whether there was one.
func (p *parser) tableAttribute(attributes *ast.TableAttributes) bool {
	switch {
	case p.accept("backup"):
		attributes.Backup = p.oneOf("yes", "no")
	case p.accept("diststyle"):
		attributes.DistStyle = p.oneOf("auto", "even", "key", "all")
	case p.accept("distkey"):
		p.expectOp("(")
		attributes.DistKey = p.name()
		p.expectOp(")")
	case p.isAny("compound", "interleaved", "sortkey"):
		p.sortKey(attributes)
	case p.accept("encode", "auto"):
		attributes.EncodeAuto = true
	default:
		return false
	}
	return true
}

// sortKey reads [COMPOUND | INTERLEAVED] SORTKEY (a, b), SORTKEY AUTO or SORTKEY NONE.
func (p *parser) sortKey(attributes *ast.TableAttributes) {
	attributes.SortStyle = p.acceptAny("compound", "interleaved")
	p.expect("sortkey")
	if attributes.SortStyle == "" {
		switch p.acceptAny("auto", "none") {
		case "auto":
			attributes.SortStyle = "auto"
			return
		case "none":
			attributes.SortStyle = "none"
			return
		}
	}
	attributes.SortKeys = p.names()
}

// oneOf takes one of these keywords and refuses every other.
func (p *parser) oneOf(keywords ...string) string {
	word := p.acceptAny(keywords...)
	if word == "" {
		p.fail()
	}
	return word
}

func (p *parser) createView(replace bool) ast.Statement {
	p.expect("view")
	view := &ast.CreateView{OrReplace: replace, Name: p.qualifiedName()}
	if p.isOp("(") {
		view.Columns = p.names()
	}
	p.expect("as")
	view.Query = p.query()
	view.LateBinding = p.accept("with", "no", "schema", "binding")
	return view
}

func (p *parser) createSchema() ast.Statement {
	schema := &ast.CreateSchema{IfNotExists: p.ifNotExists()}
	if !p.is("authorization") {
		schema.Name = p.qualifiedName()
	}
	if p.accept("authorization") {
		schema.Owner = p.name()
	}
	if schema.Name == nil {
		schema.Name = ast.Name{schema.Owner}
	}
	if p.accept("quota") {
		schema.Quota = p.quota()
	}
	return schema
}

func (p *parser) quota() string {
	if p.accept("unlimited") {
		return "unlimited"
	}
	if p.peek().Kind != NumberToken {
		p.fail()
	}
	return p.next().Text + " " + p.oneOf("mb", "gb", "tb")
}
