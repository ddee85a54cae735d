package parse

import (
	"strconv"

	"slipher/internal/sql/ast"
)

// declare reads DECLARE name CURSOR FOR query, with the words that drivers put between. A cursor outlives no transaction.
func (p *parser) declare() ast.Statement {
	p.expect("declare")
	declare := &ast.Declare{Name: p.name()}
	p.accept("no", "scroll")
	p.expect("cursor")
	if p.is("with", "hold") {
		return &ast.Unsupported{Feature: "DECLARE CURSOR WITH HOLD", Text: p.skipRest()}
	}
	p.accept("without", "hold")
	p.expect("for")
	start := *p.peek()
	query, ok := p.statement().(*ast.Query)
	if !ok {
		p.failAt(start)
	}
	declare.Query = query
	return declare
}

// fetch reads FETCH [NEXT | ALL | n | FORWARD [n | ALL]] FROM cursor.
func (p *parser) fetch() ast.Statement {
	p.expect("fetch")
	fetch := &ast.Fetch{Count: 1}
	switch {
	case p.accept("next"):
	case p.accept("forward"):
		p.fetchCount(fetch)
	default:
		p.fetchCount(fetch)
	}
	if !p.accept("in") {
		p.expect("from")
	}
	fetch.Name = p.name()
	return fetch
}

func (p *parser) fetchCount(fetch *ast.Fetch) {
	switch token := p.peek(); {
	case p.accept("all"):
		fetch.Count = -1
	case token.Kind == NumberToken:
		count, err := strconv.ParseInt(token.Text, 10, 32)
		if err != nil {
			p.fail()
		}
		fetch.Count = int(count)
		p.next()
	}
}

func (p *parser) closeCursor() ast.Statement {
	p.expect("close")
	if p.accept("all") {
		return &ast.CloseCursor{}
	}
	return &ast.CloseCursor{Name: p.name()}
}
