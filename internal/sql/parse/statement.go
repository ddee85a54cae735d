package parse

import (
	"strings"

	"slipher/internal/sql/ast"
)

// statement reads one statement of any kind.
func (p *parser) statement() ast.Statement {
	p.enter()
	defer p.leave()
	if stmt := p.dataStatement(); stmt != nil {
		return stmt
	}
	if stmt := p.securityStatement(); stmt != nil {
		return stmt
	}
	if feature := p.unsupportedFeature(); feature != "" {
		return &ast.Unsupported{Feature: feature, Text: p.skipRest()}
	}
	if stmt := p.schemaStatement(); stmt != nil {
		return stmt
	}
	if stmt := p.sessionStatement(); stmt != nil {
		return stmt
	}
	p.fail()
	return nil
}

// dataStatement reads the statements about rows; nil when it is none of them.
func (p *parser) dataStatement() ast.Statement {
	switch {
	case p.isOp("("), p.isAny("select", "values"):
		return p.query()
	case p.peek().Kind != Identifier:
		p.fail()
	}
	switch p.peek().Text {
	case "with":
		return p.withStatement()
	case "insert":
		return p.insert()
	case "update":
		return p.update(nil)
	case "delete":
		return p.delete(nil)
	case "copy":
		return p.copy()
	}
	return nil
}

// withStatement reads WITH …, which may go before a query, an UPDATE or a DELETE.
func (p *parser) withStatement() ast.Statement {
	with := p.with()
	switch {
	case p.is("update"):
		return p.update(with)
	case p.is("delete"):
		return p.delete(with)
	}
	return p.queryAfter(with)
}

// schemaStatement reads the statements about tables, views and schemas; nil when it is none of them.
func (p *parser) schemaStatement() ast.Statement {
	switch p.peek().Text {
	case "create":
		return p.create()
	case "drop":
		return p.drop()
	case "alter":
		return p.alter()
	case "truncate":
		return p.truncate()
	case "comment":
		return p.comment()
	}
	return nil
}

// sessionStatement reads the statements about the session and its transactions; nil when it is none of them.
func (p *parser) sessionStatement() ast.Statement {
	switch p.peek().Text {
	case "begin", "start":
		return p.begin()
	case "commit", "end":
		return p.endTransaction(&ast.Commit{})
	case "rollback", "abort":
		return p.endTransaction(&ast.Rollback{})
	case "set":
		return p.set()
	case "reset":
		p.next()
		return &ast.Reset{Name: p.settingName()}
	case "show":
		return p.show()
	case "explain":
		return p.explain()
	case "analyze", "analyse":
		return p.analyze()
	case "vacuum":
		return p.vacuum()
	case "prepare":
		return p.prepare()
	case "execute":
		return p.execute()
	case "deallocate":
		return p.deallocate()
	case "lock":
		return p.lock()
	case "declare":
		return p.declare()
	case "fetch":
		return p.fetch()
	case "close":
		return p.closeCursor()
	}
	return nil
}

// unsupportedStatements are the statements that are known by their first words and nothing more. Longer openings
// stand before shorter ones.
var unsupportedStatements = [][]string{
	{"alter", "materialized", "view"}, {"alter", "external", "table"},
	{"alter", "database"}, {"alter", "datashare"}, {"alter", "function"}, {"alter", "identity"},
	{"alter", "masking"}, {"alter", "procedure"}, {"alter", "rls"}, {"alter", "role"},
	{"alter", "system"},
	{"create", "external", "function"}, {"create", "external", "model"}, {"create", "external", "schema"},
	{"create", "external", "table"}, {"create", "external", "view"}, {"create", "materialized", "view"},
	{"create", "or", "replace", "external"}, {"create", "or", "replace", "function"},
	{"create", "or", "replace", "library"}, {"create", "or", "replace", "procedure"}, {"create", "database"},
	{"create", "datashare"}, {"create", "function"}, {"create", "identity"}, {"create", "library"},
	{"create", "masking"}, {"create", "model"}, {"create", "procedure"}, {"create", "rls"}, {"create", "role"},
	{"drop", "external", "view"}, {"drop", "materialized", "view"}, {"drop", "database"}, {"drop", "datashare"},
	{"drop", "function"}, {"drop", "identity"}, {"drop", "library"}, {"drop", "masking"},
	{"drop", "model"}, {"drop", "procedure"}, {"drop", "rls"}, {"drop", "role"},
	{"refresh", "materialized", "view"}, {"show", "databases", "from"}, {"show", "datashares"}, {"show", "external", "table"},
	{"show", "model"}, {"show", "policies"}, {"show", "procedure"}, {"analyze", "compression"}, {"attach"}, {"call"}, {"cancel"},
	{"desc"}, {"detach"}, {"merge"}, {"move"}, {"notify"}, {"listen"}, {"unlisten"},
	{"release"}, {"savepoint"}, {"unload"}, {"use"},
}

// unsupportedFeature names the statement, if it is one of Redshift's that is not offered: "GRANT".
func (p *parser) unsupportedFeature() string {
	for _, opening := range unsupportedStatements {
		if p.is(opening...) {
			return strings.ToUpper(strings.Join(opening, " "))
		}
	}
	return ""
}
