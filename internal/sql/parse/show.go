package parse

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
)

// show reads SHOW of a setting, or of what there is.
func (p *parser) show() ast.Statement {
	p.expect("show")
	if shown := p.showObjects(); shown != nil {
		return shown
	}
	return &ast.Show{Name: p.settingName()}
}

// listings are the statements that list what is in a database, a schema or a table.
var listings = map[string]string{"schemas": "database", "tables": "schema", "functions": "schema", "procedures": "schema", "columns": "table"}

// showObjects reads the statements about what there is; nil when it is none of them.
func (p *parser) showObjects() ast.Statement {
	shown := &ast.ShowObjects{What: p.peek().Text}
	switch of, isListing := listings[shown.What]; {
	case p.accept("databases"):
	case p.isAny("table", "view"):
		shown.Of = p.next().Text
		shown.Path = p.path(2)
		return shown
	case p.accept("constraints"):
		p.constraintsShown(shown)
	case p.accept("parameters", "of"):
		if shown.Of = p.acceptAny("function", "procedure"); shown.Of == "" {
			p.fail()
		}
		shown.Path = p.path(3)
		shown.Args = p.argumentTypes()
	case p.accept("column", "grants", "on", "table"):
		shown.What, shown.Of = "column grants", "table"
		shown.Path = p.path(3)
		p.forWhom(shown)
	case p.accept("grants"):
		p.grantsShown(shown)
	case isListing && p.accept(shown.What):
		p.expect("from", of)
		shown.Of = of
		shown.Path = p.path(map[string]int{"database": 1, "schema": 2, "table": 3}[of])
	default:
		return nil
	}
	p.filters(shown)
	return shown
}

func (p *parser) constraintsShown(shown *ast.ShowObjects) {
	if shown.What = "primary keys"; !p.accept("primary", "keys") {
		p.expect("foreign", "keys")
		if shown.What = "foreign keys"; p.accept("exported") {
			shown.What += " exported"
		}
	}
	p.expect("from", "table")
	shown.Of = "table"
	shown.Path = p.path(3)
}

func (p *parser) grantsShown(shown *ast.ShowObjects) {
	if !p.accept("on") {
		p.forWhom(shown)
		if shown.For == nil || shown.For.Kind == "public" {
			p.fail()
		}
		if p.accept("from", "database") {
			shown.Path = p.path(1)
		}
		return
	}
	if shown.Of = p.acceptAny("database", "schema", "table", "function"); shown.Of == "" {
		shown.Of = "table"
	}
	shown.Path = p.path(3)
	if shown.Of == "function" && p.isOp("(") {
		shown.Args = p.argumentTypes()
	}
	p.forWhom(shown)
}

// forWhom reads FOR user, FOR ROLE role or FOR PUBLIC, which may be missing.
func (p *parser) forWhom(shown *ast.ShowObjects) {
	switch {
	case !p.accept("for"):
	case p.accept("public"):
		shown.For = &ast.Grantee{Kind: "public"}
	case p.accept("role"):
		shown.For = &ast.Grantee{Kind: "role", Name: p.name()}
	default:
		shown.For = &ast.Grantee{Kind: "user", Name: p.name()}
	}
}

// path reads a name of some parts at most, each of which may be a parameter.
func (p *parser) path(parts int) []ast.Word {
	path := []ast.Word{p.word()}
	for len(path) < parts && p.acceptOp(".") {
		path = append(path, p.word())
	}
	return path
}

func (p *parser) word() ast.Word {
	if p.peek().Kind == ParamToken {
		return p.parameter()
	}
	return ast.Word{Text: p.label()}
}

func (p *parser) parameter() ast.Word {
	number, _ := strconv.Atoi(strings.TrimPrefix(p.next().Text, "$"))
	return ast.Word{Param: number}
}

func (p *parser) argumentTypes() (args []ast.Word) {
	p.expectOp("(")
	for !p.acceptOp(")") {
		if args != nil {
			p.expectOp(",")
		}
		if p.peek().Kind == ParamToken {
			args = append(args, p.parameter())
			continue
		}
		args = append(args, ast.Word{Text: ast.TypeText(p.typeName())})
	}
	return args
}

// filters reads LIKE and LIMIT.
func (p *parser) filters(shown *ast.ShowObjects) {
	if p.accept("like") {
		shown.Like = p.value(StringToken)
	}
	if p.accept("limit") {
		shown.Limit = p.value(NumberToken)
	}
}

// value reads a token of one kind, or the parameter in its place.
func (p *parser) value(kind TokenKind) *ast.Word {
	word := ast.Word{Text: p.peek().Text}
	switch p.peek().Kind {
	case ParamToken:
		word = p.parameter()
	case kind:
		p.next()
	default:
		p.fail()
	}
	return &word
}
