package ast

import (
	"strconv"
	"strings"

	"slipher/internal/sql/keyword"
)

// Dialect is what the printer asks before it writes.
type Dialect interface {
	// Expr may put another expression in the place of the one about to be written.
	Expr(Expr) Expr
	// Count is asked before a number of rows is written, which may be missing.
	Count(Expr) Expr
	// Selected may put another SELECT in its place; named tells that the names of its columns are seen outside.
	Selected(sel *Select, named bool) *Select
	// Name may change a table's name.
	Name(Name) Name
	// From is asked before a function is written in the place of a table.
	From(*Call) Expr
	// TypeName spells a type for a cast or a column.
	TypeName(Type) string
	// Text quotes a string.
	Text(string) string
	// Enter begins a query; what it returns ends it.
	Enter() (leave func())
	// Declare may change the name of a common table expression, which is known from here to the end of its query.
	Declare(string) string
	// Relation may put another table in the place of one that is read.
	Relation(*TableRef) *TableRef
	// Keep writes what outlives the session.
	Keep(write func())
	// Engine tells apart the few places where the engine's grammar differs.
	Engine() bool
}

// Printer writes syntax trees as SQL.
type Printer struct {
	strings.Builder
	Dialect Dialect
}

// redshift is the dialect of Statement.String: everything stays as it is.
type redshift struct{}

func (redshift) Expr(x Expr) Expr                     { return written(x) }
func (redshift) Count(x Expr) Expr                    { return x }
func (redshift) Selected(sel *Select, _ bool) *Select { return sel }
func (redshift) Name(n Name) Name                     { return n }
func (redshift) From(call *Call) Expr                 { return call }
func (redshift) Enter() func()                        { return func() {} }
func (redshift) Declare(name string) string           { return name }
func (redshift) Relation(ref *TableRef) *TableRef     { return ref }
func (redshift) Keep(write func())                    { write() }
func (redshift) Engine() bool                         { return false }

func (redshift) TypeName(t Type) string {
	name := t.Name
	switch {
	case t.Max:
		name += "(max)"
	case len(t.Args) == 1:
		name += "(" + strconv.Itoa(t.Args[0]) + ")"
	case len(t.Args) == 2:
		name += "(" + strconv.Itoa(t.Args[0]) + ", " + strconv.Itoa(t.Args[1]) + ")"
	case !plainType(name):
		name = quoteAlways(strings.Trim(name, `"`))
	}
	return name + strings.Repeat("[]", t.Array)
}

// TypeText is a type as a statement names it.
func TypeText(t Type) string { return redshift{}.TypeName(t) }

// written is an expression as the statement has it.
func written(x Expr) Expr {
	for {
		rewritten, ok := x.(*Rewritten)
		if !ok {
			return x
		}
		x = rewritten.Original
	}
}

// plainType reports whether a type's name reads back as it stands; the ones of several words are the parser's own.
func plainType(name string) bool { return isPlain(strings.ReplaceAll(name, " ", "_")) }

// Text doubles quotes. A string with a backslash becomes an E string, which says that its backslashes are doubled.
func (redshift) Text(value string) string {
	if strings.Contains(value, `\`) {
		return "E" + QuoteText(strings.ReplaceAll(value, `\`, `\\`))
	}
	return QuoteText(value)
}

// QuoteText writes a string in which a backslash is a character like any other.
func QuoteText(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// Put appends its parts, separated by nothing.
func (p *Printer) Put(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
}

// List writes n items separated by commas.
func (p *Printer) List(n int, item func(i int)) {
	for i := range n {
		if i > 0 {
			p.Put(", ")
		}
		item(i)
	}
}

func (p *Printer) exprs(list []Expr) { p.List(len(list), func(i int) { p.Expr(list[i]) }) }

func (p *Printer) names(list []string) {
	p.List(len(list), func(i int) { p.Put(QuoteName(list[i])) })
}

// bracketed writes (names), with a space before, or nothing when there are none.
func (p *Printer) bracketed(list []string) {
	if len(list) > 0 {
		p.Put(" (")
		p.names(list)
		p.Put(")")
	}
}

// When writes the text if the condition holds.
func (p *Printer) When(condition bool, text string) {
	if condition {
		p.Put(text)
	}
}

// Table writes the name of a table.
func (p *Printer) Table(name Name) { p.Put(p.Dialect.Name(name).Quoted()) }

// Quoted is the name as SQL, with quotes around the parts that need them.
func (n Name) Quoted() string {
	quoted := make([]string, len(n))
	for i, part := range n {
		quoted[i] = QuoteName(part)
	}
	return strings.Join(quoted, ".")
}

// QuoteName writes a name so that neither Redshift nor the engine takes it for anything else.
func QuoteName(name string) string {
	if isPlain(name) && !keyword.Reserved[name] && !keyword.EngineReserved[name] && !special[name] {
		return name
	}
	return quoteAlways(name)
}

func quoteAlways(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// special are words that are not reserved but that some clause of the grammar looks for where a name may stand.
var special = keyword.Words(`approximate boost column compound connect constraint exclude fetch filter if interleaved local no
	only operator over predicate quota range returning rows session set start temp temporary values varying window within`)

func isPlain(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !('a' <= c && c <= 'z' || c == '_' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return name != ""
}

// ownGrammar are functions that a name alone does not call.
var ownGrammar = keyword.Words("cast convert extract exists row trim values set window fetch returning operator")

// functionName writes the name of a function that is called.
func functionName(name Name) string {
	last := name.Last()
	if len(name) == 1 && isPlain(last) && !ownGrammar[last] && (!keyword.Reserved[last] || keyword.Callable[last]) {
		return last
	}
	return name.Quoted()
}
