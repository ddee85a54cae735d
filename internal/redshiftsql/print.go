package redshiftsql

import (
	"strconv"
	"strings"
)

// dialect is what the printer asks before it writes.
type dialect interface {
	// expr may put another expression in the place of the one about to be written.
	expr(Expr) Expr
	// selected may put another SELECT in its place; named tells that the names of its columns are seen outside.
	selected(sel *Select, named bool) *Select
	// name may change a table's name.
	name(Name) Name
	// from is asked before a function is written in the place of a table.
	from(*Call) Expr
	// typeName spells a type for a cast or a column.
	typeName(Type) string
	// text quotes a string.
	text(string) string
	// enter begins a query; what it returns ends it.
	enter() (leave func())
	// declare may change the name of a common table expression, which is known from here to the end of its query.
	declare(string) string
	// relation may put another table in the place of one that is read.
	relation(*TableRef) *TableRef
	// keep writes what outlives the session.
	keep(write func())
	// engine tells apart the few places where the engine's grammar differs.
	engine() bool
}

// printer writes syntax trees as SQL.
type printer struct {
	strings.Builder
	dialect dialect
}

// redshift is the dialect of Statement.String: everything stays as it is.
type redshift struct{}

func (redshift) expr(x Expr) Expr                     { return x }
func (redshift) selected(sel *Select, _ bool) *Select { return sel }
func (redshift) name(n Name) Name                     { return n }
func (redshift) from(call *Call) Expr                 { return call }
func (redshift) enter() func()                        { return func() {} }
func (redshift) declare(name string) string           { return name }
func (redshift) relation(ref *TableRef) *TableRef     { return ref }
func (redshift) keep(write func())                    { write() }
func (redshift) engine() bool                         { return false }

func (redshift) typeName(t Type) string {
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

// plainType reports whether a type's name reads back as it stands; the ones of several words are the parser's own.
func plainType(name string) bool { return isPlain(strings.ReplaceAll(name, " ", "_")) }

// text doubles quotes. A string with a backslash becomes an E string, which means the same under either reading of
// plain strings.
func (redshift) text(value string) string {
	if strings.Contains(value, `\`) {
		return "E" + quoteText(strings.ReplaceAll(value, `\`, `\\`))
	}
	return quoteText(value)
}

func quoteText(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// write appends its parts, separated by nothing.
func (p *printer) write(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
}

// list writes n items separated by commas.
func (p *printer) list(n int, item func(i int)) {
	for i := range n {
		if i > 0 {
			p.write(", ")
		}
		item(i)
	}
}

func (p *printer) exprs(list []Expr) { p.list(len(list), func(i int) { p.expr(list[i]) }) }

func (p *printer) names(list []string) {
	p.list(len(list), func(i int) { p.write(quoteName(list[i])) })
}

// bracketed writes (names), with a space before, or nothing when there are none.
func (p *printer) bracketed(list []string) {
	if len(list) > 0 {
		p.write(" (")
		p.names(list)
		p.write(")")
	}
}

// when writes the text if the condition holds.
func (p *printer) when(condition bool, text string) {
	if condition {
		p.write(text)
	}
}

// table writes the name of a table.
func (p *printer) table(name Name) { p.write(p.dialect.name(name).quoted()) }

func (n Name) quoted() string {
	quoted := make([]string, len(n))
	for i, part := range n {
		quoted[i] = quoteName(part)
	}
	return strings.Join(quoted, ".")
}

// quoteName writes a name so that neither Redshift nor the engine takes it for anything else.
func quoteName(name string) string {
	if isPlain(name) && !reserved[name] && !engineReserved[name] && !special[name] {
		return name
	}
	return quoteAlways(name)
}

func quoteAlways(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// special are words that are not reserved but that some clause of the grammar looks for where a name may stand.
var special = words(`approximate boost column compound connect constraint exclude fetch filter if interleaved local no
	only operator over predicate quota range returning rows session set start temp temporary values varying window within`)

func isPlain(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !('a' <= c && c <= 'z' || c == '_' || i > 0 && isDigit(c)) {
			return false
		}
	}
	return name != ""
}

// ownGrammar are functions that a name alone does not call.
var ownGrammar = words("cast convert extract exists row trim values set window fetch returning operator")

// functionName writes the name of a function that is called.
func functionName(name Name) string {
	last := name.Last()
	if len(name) == 1 && isPlain(last) && !ownGrammar[last] && (!reserved[last] || callable[last]) {
		return last
	}
	return name.quoted()
}
