package parse

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

func (p *parser) begin() ast.Statement {
	begin := &ast.Begin{Start: p.next().Text == "start"}
	if begin.Start {
		p.expect("transaction")
	} else {
		p.acceptAny("transaction", "work")
	}
	p.transactionModes(&begin.Options)
	return begin
}

func (p *parser) transactionModes(options *ast.TransactionOptions) {
	for p.transactionMode(options) {
		p.acceptOp(",")
	}
}

func (p *parser) transactionMode(options *ast.TransactionOptions) bool {
	switch {
	case p.accept("isolation", "level"):
		options.Isolation = p.isolationLevel()
	case p.accept("read", "only"):
		options.Access = "read only"
	case p.accept("read", "write"):
		options.Access = "read write"
	default:
		return false
	}
	return true
}

func (p *parser) isolationLevel() string {
	for _, level := range []string{"serializable", "snapshot", "repeatable read", "read committed", "read uncommitted"} {
		if p.accept(strings.Fields(level)...) {
			return level
		}
	}
	p.fail()
	return ""
}

func (p *parser) endTransaction(stmt ast.Statement) ast.Statement {
	p.next()
	p.acceptAny("transaction", "work")
	return stmt
}

// set reads SET [SESSION | LOCAL] name {TO | =} value and its older siblings.
func (p *parser) set() ast.Statement {
	p.expect("set")
	set := &ast.Set{}
	if p.accept("session", "characteristics", "as", "transaction") {
		return p.setTransaction(&ast.Set{})
	}
	if p.accept("transaction") {
		return p.setTransaction(&ast.Set{Local: true})
	}
	if !p.is("session", "authorization") {
		set.Local = p.acceptAny("local", "session") == "local"
	}
	switch {
	case p.accept("time", "zone"):
		set.Name = "timezone"
	case p.accept("session", "authorization"):
		set.Name = "session_authorization"
	case p.accept("names"):
		set.Name = "client_encoding"
	default:
		set.Name = p.settingName()
		if !p.accept("to") {
			p.expectOp("=")
		}
	}
	if p.accept("default") || set.Name == "timezone" && p.accept("local") {
		set.Default = true
		return set
	}
	set.Value = p.settingValues()
	return set
}

// setTransaction reads the modes of SET TRANSACTION and keeps the one that counts as a setting.
func (p *parser) setTransaction(set *ast.Set) ast.Statement {
	var options ast.TransactionOptions
	start := *p.peek()
	p.transactionModes(&options)
	switch {
	case options.Isolation != "":
		set.Name, set.Value = "transaction_isolation", options.Isolation
	case options.Access != "":
		set.Name, set.Value = "transaction_read_only", map[bool]string{true: "on", false: "off"}[options.Access == "read only"]
	default:
		p.failAt(start)
	}
	return set
}

// settingName reads the name of a setting, which may hold dots, or one of those that are written as several words.
func (p *parser) settingName() string {
	switch {
	case p.accept("time", "zone"):
		return "timezone"
	case p.accept("session", "authorization"):
		return "session_authorization"
	case p.accept("transaction", "isolation", "level"):
		return "transaction_isolation"
	}
	name := p.label()
	for p.acceptOp(".") {
		name += "." + p.label()
	}
	return keyword.Fold(name)
}

// settingValues reads one value or a list of them.
func (p *parser) settingValues() string {
	values := []string{p.settingValue()}
	for p.acceptOp(",") {
		values = append(values, p.settingValue())
	}
	return strings.Join(values, ", ")
}

func (p *parser) settingValue() string {
	token := *p.peek()
	switch {
	case token.isOp("-"), token.isOp("+"):
		p.next()
		if p.peek().Kind != NumberToken {
			p.fail()
		}
		return strings.TrimPrefix(token.Text, "+") + p.next().Text
	case token.Kind == Operator, token.Kind == EndOfInput, token.Kind == ParamToken:
		p.fail()
	}
	return p.next().Text
}

func (p *parser) explain() ast.Statement {
	p.expect("explain")
	verbose := p.accept("verbose")
	return &ast.Explain{Verbose: verbose, Statement: p.statement()}
}

func (p *parser) analyze() ast.Statement {
	p.next()
	p.accept("verbose")
	analyze := &ast.Analyze{}
	if p.peek().isName() && !p.isAny("predicate") {
		analyze.Table = p.qualifiedName()
		if p.isOp("(") {
			analyze.Columns = p.names()
		}
	}
	if !p.accept("predicate", "columns") {
		p.accept("all", "columns")
	}
	return analyze
}

func (p *parser) vacuum() ast.Statement {
	p.expect("vacuum")
	vacuum := &ast.Vacuum{}
	for _, mode := range []string{"full", "sort only", "delete only", "reindex", "recluster"} {
		if p.accept(strings.Fields(mode)...) {
			vacuum.Mode = mode
			break
		}
	}
	if p.peek().isName() && !p.is("boost") {
		vacuum.Table = p.qualifiedName()
	}
	if p.accept("to") {
		if p.peek().Kind != NumberToken {
			p.fail()
		}
		vacuum.Percent = p.next().Text
		p.expect("percent")
	}
	vacuum.Boost = p.accept("boost")
	return vacuum
}

func (p *parser) prepare() ast.Statement {
	p.expect("prepare")
	prepare := &ast.Prepare{Name: p.name()}
	if p.acceptOp("(") {
		prepare.Types = append(prepare.Types, p.typeName())
		for p.acceptOp(",") {
			prepare.Types = append(prepare.Types, p.typeName())
		}
		p.expectOp(")")
	}
	p.expect("as")
	prepare.Statement = p.statement()
	return prepare
}

func (p *parser) execute() ast.Statement {
	p.expect("execute")
	execute := &ast.Execute{Name: p.name()}
	if p.acceptOp("(") {
		if !p.isOp(")") {
			execute.Args = p.exprs()
		}
		p.expectOp(")")
	}
	return execute
}

func (p *parser) deallocate() ast.Statement {
	p.expect("deallocate")
	p.accept("prepare")
	if p.accept("all") {
		return &ast.Deallocate{}
	}
	return &ast.Deallocate{Name: p.name()}
}

func (p *parser) lock() ast.Statement {
	p.expect("lock")
	p.accept("table")
	lock := &ast.Lock{Tables: []ast.Name{p.qualifiedName()}}
	for p.acceptOp(",") {
		lock.Tables = append(lock.Tables, p.qualifiedName())
	}
	return lock
}
