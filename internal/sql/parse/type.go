package parse

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

// typeName reads a data type.
func (p *parser) typeName() ast.Type {
	qualified := p.is("pg_catalog") && p.peekAt(1).isOp(".")
	if qualified {
		p.at += 2
	}
	token := *p.peek()
	if token.Kind == QuotedIdent || qualified && token.is("char") {
		return p.catalogueType(token)
	}
	if !p.peek().isLabel() {
		p.fail()
	}
	t := ast.Type{Name: p.next().Text, Pos: token.Pos}
	p.typeSuffix(&t)
	t.Name = ast.Shortest(t.Name)
	for p.isOp("[") && (p.peekAt(1).isOp("]") || p.peekAt(2).isOp("]")) {
		for !p.acceptOp("]") {
			p.next()
		}
		t.Array++
	}
	return t
}

// catalogueType reads a quoted type name; "char" is PostgreSQL's one-byte type and not char.
func (p *parser) catalogueType(token Token) ast.Type {
	name := p.label()
	if name == "char" {
		name = `"char"`
	}
	return ast.Type{Name: name, Pos: token.Pos}
}

// typeSuffix reads the words and the numbers that belong to a type's name.
func (p *parser) typeSuffix(t *ast.Type) {
	switch t.Name {
	case "double":
		p.accept("precision")
		t.Name = "double precision"
	case "character", "char", "nchar":
		if p.accept("varying") {
			t.Name = "varchar"
		}
	case "binary":
		if p.accept("varying") {
			t.Name = "varbyte"
		}
	case "interval":
		p.intervalType(t)
		return
	}
	p.typeArguments(t)
	if t.Name == "float" && len(t.Args) == 1 {
		if t.Args[0] <= 24 {
			t.Name = "real"
		}
		t.Args = nil
	}
	if t.Name == "time" || t.Name == "timestamp" {
		if p.accept("with", "time", "zone") {
			t.Name += "tz"
		} else {
			p.accept("without", "time", "zone")
		}
		t.Args = nil
	}
}

// bareTypes take no length.
var bareTypes = keyword.Words(`smallint int2 integer int int4 bigint int8 real float4 float8 boolean bool date text super`)

func (p *parser) typeArguments(t *ast.Type) {
	if bareTypes[t.Name] || !p.acceptOp("(") {
		return
	}
	if p.accept("max") {
		t.Max = true
	} else {
		t.Args = append(t.Args, p.typeArgument())
		if p.acceptOp(",") {
			t.Args = append(t.Args, p.typeArgument())
		}
	}
	p.expectOp(")")
}

func (p *parser) typeArgument() int {
	token := p.peek()
	value := p.integer()
	if value < 0 || value > 1<<30 {
		p.failAt(*token)
	}
	return int(value)
}

func (p *parser) intervalType(t *ast.Type) {
	unit, ok := intervalUnits[p.peek().Text]
	if !ok {
		return
	}
	p.next()
	p.intervalPrecision()
	if p.is("to") && intervalUnits[p.peekAt(1).Text] != "" {
		p.next()
		unit += " to " + intervalUnits[p.next().Text]
		p.intervalPrecision()
	}
	if strings.Contains(unit, "year") || strings.Contains(unit, "month") {
		t.Name = "interval year to month"
	} else {
		t.Name = "interval day to second"
	}
}
