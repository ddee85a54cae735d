// Package parse reads Redshift's SQL.
//
//	sql text ──lexer──► tokens ──parser──► ast.Statement
//
// [Parse] reads the first statement of a string into a syntax tree and hands back what follows it. The package refuses
// to know what tables or functions exist: a statement that it has never heard of is a [sqlstate.SyntaxError], and one
// that it knows but that is not offered is an [ast.Unsupported].
package parse

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

const (
	// maxNesting bounds how deep expressions, queries and joins stand inside one another.
	maxNesting = 250
	// maxChain bounds how many operators may follow one another at one level, since each puts the ones before it one
	// level deeper. AND and OR are kept flat and do not count, and + * || are balanced.
	maxChain = 1000
	// maxLong bounds those that are kept flat or balanced.
	maxLong = 50_000
	// maxMembers bounds how many queries UNION and the like may join.
	maxMembers = 10_000
)

// Parse reads the first statement of sql and returns what follows it. Empty statements are passed over; when there
// is no other, stmt is nil. The error is a *SyntaxError, or an *Error for a statement nested too deeply.
func Parse(sql string) (stmt ast.Statement, rest string, err error) {
	rest = sql
	var tokens []Token
	for len(tokens) < 2 { // nothing but the end of input
		if rest == "" {
			return nil, "", nil
		}
		sql = rest
		if tokens, rest, err = lex(sql); err != nil {
			return nil, "", err
		}
	}
	p := parser{sql: sql, tokens: tokens}
	if stmt, err = p.parse(); err != nil {
		return nil, "", err
	}
	return stmt, rest, nil
}

// parser walks the tokens of one statement. It gives up by panicking with a *SyntaxError or an *Error, which parse
// turns into its result, so that the grammar below reads without an error check on every line.
type parser struct {
	sql    string
	tokens []Token
	at     int
	depth  int
}

func (p *parser) parse() (stmt ast.Statement, err error) {
	defer func() {
		switch refusal := recover().(type) {
		case nil:
		case *sqlstate.SyntaxError:
			err = refusal
		case *sqlstate.Error:
			err = refusal
		default:
			panic(refusal)
		}
	}()
	stmt = p.statement()
	if p.peek().Kind != EndOfInput {
		p.fail()
	}
	return stmt, nil
}

func (p *parser) peek() *Token { return &p.tokens[p.at] }

// peekAt looks n tokens ahead; beyond the last it stays at the end of input.
func (p *parser) peekAt(n int) *Token { return &p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() Token {
	token := p.tokens[p.at]
	if token.Kind != EndOfInput {
		p.at++
	}
	return token
}

// fail refuses the token that is next.
func (p *parser) fail() { p.failAt(*p.peek()) }

func (p *parser) failAt(t Token) {
	if t.Kind == EndOfInput {
		panic(&sqlstate.SyntaxError{Message: "syntax error at end of input", Position: t.Pos})
	}
	near := p.sql[t.start:t.end]
	panic(&sqlstate.SyntaxError{Message: `syntax error at or near "` + near + `"`, Position: t.Pos, Near: near})
}

// enter goes one level deeper; the caller defers leave.
func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		panic(&sqlstate.Error{Code: sqlstate.TooComplex, Message: "the statement is nested too deeply", Position: p.peek().Pos})
	}
}

func (p *parser) leave() { p.depth-- }

// link counts one more operator of a chain.
func (p *parser) link(links *int, most int) {
	if *links++; *links > most {
		panic(&sqlstate.Error{Code: sqlstate.TooComplex, Message: "the statement has too many operators in a row", Position: p.peek().Pos})
	}
}

// is reports whether the next tokens are these keywords.
func (p *parser) is(keywords ...string) bool {
	for i, word := range keywords {
		if !p.peekAt(i).is(word) {
			return false
		}
	}
	return true
}

// isAny reports whether the next token is one of these keywords.
func (p *parser) isAny(keywords ...string) bool {
	for _, word := range keywords {
		if p.peek().is(word) {
			return true
		}
	}
	return false
}

// accept takes these keywords if they are next.
func (p *parser) accept(keywords ...string) bool {
	if !p.is(keywords...) {
		return false
	}
	p.at += len(keywords)
	return true
}

// acceptAny takes the first of these keywords that is next and returns it, or "".
func (p *parser) acceptAny(keywords ...string) string {
	for _, word := range keywords {
		if p.accept(word) {
			return word
		}
	}
	return ""
}

func (p *parser) expect(keywords ...string) {
	for _, word := range keywords {
		if !p.accept(word) {
			p.fail()
		}
	}
}

func (p *parser) isOp(op string) bool { return p.peek().isOp(op) }

func (p *parser) acceptOp(op string) bool {
	if !p.isOp(op) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expectOp(op string) {
	if !p.acceptOp(op) {
		p.fail()
	}
}

// name takes a column, table or alias name.
func (p *parser) name() string {
	if !p.peek().isName() {
		p.fail()
	}
	return p.next().Text
}

// label takes a name where reserved words are names too.
func (p *parser) label() string {
	if !p.peek().isLabel() {
		p.fail()
	}
	return p.next().Text
}

// qualifiedName takes name, schema.name or database.schema.name.
func (p *parser) qualifiedName() ast.Name {
	name := ast.Name{p.name()}
	for p.acceptOp(".") {
		if len(name) == 3 {
			p.fail()
		}
		name = append(name, p.label())
	}
	return name
}

// names takes (a, b, …).
func (p *parser) names() []string {
	p.expectOp("(")
	list := []string{p.name()}
	for p.acceptOp(",") {
		list = append(list, p.name())
	}
	p.expectOp(")")
	return list
}

func (p *parser) stringValue() string {
	if p.peek().Kind != StringToken {
		p.fail()
	}
	return p.next().Text
}

// integer takes a whole number, perhaps with a sign.
func (p *parser) integer() int64 {
	negative := p.acceptOp("-")
	if !negative {
		p.acceptOp("+")
	}
	token := p.peek()
	if token.Kind != NumberToken {
		p.fail()
	}
	text := token.Text
	if negative {
		text = "-" + text
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.fail()
	}
	p.next()
	return value
}

// skipRest passes over the tokens that are left and returns the whole statement as it was written.
func (p *parser) skipRest() string {
	p.at = len(p.tokens) - 1
	return strings.TrimSpace(p.sql[p.tokens[0].start:p.tokens[p.at].start])
}
