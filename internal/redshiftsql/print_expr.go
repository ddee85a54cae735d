package redshiftsql

import (
	"strconv"
	"strings"
)

// How strongly what is printed holds together. An operand that does not hold together more strongly than the
// operator over it goes into parentheses; comparisons and predicates share one level, so that no reader, and no
// grammar, has to know which of them goes first.
const (
	holdsOr = iota + 1
	holdsAnd
	holdsNot
	holdsPredicate
	holdsOperator
	holdsSum
	holdsProduct
	holdsPower
	holdsSign
	holdsWord
)

func holds(x Expr) int {
	switch x := x.(type) {
	case *Logic:
		if x.Op == "or" {
			return holdsOr
		}
		return holdsAnd
	case *Unary:
		return unaryHolds(x.Op)
	case *Is, *IsDistinct, *Between, *In, *Like, *Quantified:
		return holdsPredicate
	case *Binary:
		return binaryHolds(x.Op)
	case *AtTimeZone, *Collate:
		return holdsSign
	}
	return holdsWord
}

func unaryHolds(op string) int {
	switch op {
	case "not":
		return holdsNot
	case "-", "+":
		return holdsSign
	}
	return holdsOperator
}

func binaryHolds(op string) int {
	switch operatorPower(op) {
	case bindEqual, bindCompare:
		return holdsPredicate
	case bindAdd:
		return holdsSum
	case bindMultiply:
		return holdsProduct
	case bindPower:
		return holdsPower
	}
	return holdsOperator
}

// operand writes x, in parentheses unless it holds together more strongly than level.
func (p *printer) operand(x Expr, level int) { p.inside(p.dialect.expr(x), level) }

// inside is operand for an expression that the dialect has seen.
func (p *printer) inside(x Expr, level int) {
	if holds(x) > level {
		p.plain(x)
		return
	}
	p.write("(")
	p.plain(x)
	p.write(")")
}

// expr writes an expression where anything may stand.
func (p *printer) expr(x Expr) { p.plain(p.dialect.expr(x)) }

// plain writes an expression that the dialect has seen.
func (p *printer) plain(x Expr) {
	switch x := x.(type) {
	case *ColumnRef:
		p.write(x.Name.quoted())
	case *Star:
		p.star(x)
	case *Number:
		p.write(x.Text)
	case *String:
		p.write(p.dialect.text(x.Value))
	case *Boolean:
		p.write(strings.ToUpper(strconv.FormatBool(x.Value)))
	case *Null:
		p.write("NULL")
	case *Param:
		p.write("$", strconv.Itoa(x.Number))
	case *Interval:
		p.write("INTERVAL ", p.dialect.text(x.Value))
		p.when(x.Unit != "", " "+strings.ToUpper(x.Unit))
	case *Default:
		p.write("DEFAULT")
	case *verbatim:
		p.write(x.text)
	default:
		p.operation(x)
	}
}

// operation writes the expressions made of others by operators and predicates.
func (p *printer) operation(x Expr) {
	switch x := x.(type) {
	case *Unary:
		p.unary(x)
	case *Binary:
		p.binary(x)
	case *Logic:
		p.logic(x)
	case *Is:
		p.operand(x.X, holdsPredicate)
		p.write(" IS ", not(x.Not), strings.ToUpper(x.What))
	case *IsDistinct:
		p.operand(x.L, holdsPredicate)
		p.write(" IS ", not(x.Not), "DISTINCT FROM ")
		p.operand(x.R, holdsPredicate)
	case *Between:
		p.operand(x.X, holdsPredicate)
		p.write(" ", not(x.Not), "BETWEEN ")
		p.operand(x.Low, holdsPredicate)
		p.write(" AND ")
		p.operand(x.High, holdsPredicate)
	case *In:
		p.in(x)
	case *Like:
		p.like(x)
	case *Quantified:
		p.quantified(x)
	case *AtTimeZone:
		p.operand(x.X, holdsSign)
		p.write(" AT TIME ZONE ")
		p.operand(x.Zone, holdsSign)
	case *Collate:
		p.operand(x.X, holdsSign)
		p.write(" COLLATE ", x.Collation.quoted())
	default:
		p.compound(x)
	}
}

// compound writes the expressions that hold together by themselves.
func (p *printer) compound(x Expr) {
	switch x := x.(type) {
	case *Exists:
		p.write("EXISTS ")
		p.subquery(x.Query, false)
	case *ArrayQuery:
		p.write("ARRAY")
		p.subquery(x.Query, false)
	case *Subquery:
		p.subquery(x.Query, false)
	case *Case:
		p.caseExpr(x)
	case *Cast:
		p.when(x.Try, "TRY_")
		p.write("CAST(")
		p.expr(x.X)
		p.write(" AS ", p.dialect.typeName(x.Type), ")")
	case *Row:
		p.row(x)
	case *Array:
		p.write("ARRAY[")
		p.exprs(x.Items)
		p.write("]")
	case *Index:
		p.index(x)
	case *Field:
		p.write("(")
		p.expr(x.X)
		p.write(").", quoteName(x.Name))
	case *Call:
		p.call(x)
	case *BareCall:
		p.write(strings.ToUpper(x.Name))
	case *Extract:
		p.write("EXTRACT(", p.dialect.text(x.Part), " FROM ")
		p.expr(x.X)
		p.write(")")
	case *GroupingSets:
		p.when(x.Sets != nil, "GROUPING SETS ")
		p.write("(")
		p.exprs(x.Sets)
		p.write(")")
	}
}

func not(negated bool) string {
	if negated {
		return "NOT "
	}
	return ""
}

func (p *printer) star(x *Star) {
	p.when(len(x.Table) > 0, x.Table.quoted()+".")
	p.write("*")
	if len(x.Exclude) > 0 {
		p.write(" EXCLUDE")
		p.bracketed(x.Exclude)
	}
}

func (p *printer) unary(x *Unary) {
	if x.Op == "not" {
		p.write("NOT ")
		p.operand(x.X, holdsNot)
		return
	}
	p.write(x.Op)
	p.operand(x.X, holdsSign)
}

// binary writes chains that group to the left without parentheses: a + b - c, a || b || c.
func (p *printer) binary(x *Binary) {
	level := binaryHolds(x.Op)
	left := p.dialect.expr(x.L)
	if level == holdsSum || level == holdsProduct || x.Op == "||" && chained(left) {
		p.inside(left, level-1)
	} else {
		p.inside(left, level)
	}
	p.write(" ", x.Op, " ")
	p.operand(x.R, level)
}

// chained reports whether x is itself a concatenation.
func chained(x Expr) bool {
	left, ok := x.(*Binary)
	return ok && left.Op == "||"
}

func (p *printer) logic(x *Logic) {
	level := holdsAnd
	if x.Op == "or" {
		level = holdsOr
	}
	for i, term := range x.Terms {
		if i > 0 {
			p.write(" ", strings.ToUpper(x.Op), " ")
		}
		p.operand(term, level)
	}
}

func (p *printer) in(x *In) {
	p.operand(x.X, holdsPredicate)
	p.write(" ", not(x.Not), "IN ")
	if x.Query != nil {
		p.subquery(x.Query, false)
		return
	}
	p.write("(")
	p.exprs(x.List)
	p.write(")")
}

func (p *printer) like(x *Like) {
	p.operand(x.X, holdsPredicate)
	p.write(" ", not(x.Not), strings.ToUpper(x.Op), " ")
	p.operand(x.Pattern, holdsPredicate)
	if x.Escape != nil {
		p.write(" ESCAPE ")
		p.operand(x.Escape, holdsPredicate)
	}
}

func (p *printer) quantified(x *Quantified) {
	p.operand(x.X, holdsPredicate)
	p.write(" ", x.Op)
	if x.All {
		p.write(" ALL ")
	} else {
		p.write(" ANY ")
	}
	if x.Query != nil {
		p.subquery(x.Query, false)
		return
	}
	p.write("(")
	p.expr(x.Array)
	p.write(")")
}

func (p *printer) caseExpr(x *Case) {
	p.write("CASE")
	if x.Operand != nil {
		p.write(" ")
		p.expr(x.Operand)
	}
	for _, when := range x.Whens {
		p.write(" WHEN ")
		p.expr(when.Condition)
		p.write(" THEN ")
		p.expr(when.Result)
	}
	if x.Else != nil {
		p.write(" ELSE ")
		p.expr(x.Else)
	}
	p.write(" END")
}

// row writes ROW(…) only where parentheses alone would not make a row.
func (p *printer) row(x *Row) {
	p.when(len(x.Items) < 2, "ROW")
	p.write("(")
	p.exprs(x.Items)
	p.write(")")
}

func (p *printer) index(x *Index) {
	if _, plain := x.X.(*ColumnRef); plain {
		p.expr(x.X)
	} else {
		p.write("(")
		p.expr(x.X)
		p.write(")")
	}
	p.write("[")
	if x.Low != nil {
		p.expr(x.Low)
	}
	p.when(x.Slice, ":")
	if x.High != nil {
		p.expr(x.High)
	}
	p.write("]")
}

func (p *printer) call(x *Call) {
	p.when(x.Approximate, "APPROXIMATE ")
	p.write(functionName(x.Name), "(")
	p.when(x.Star, "*")
	p.when(x.Distinct, "DISTINCT ")
	p.exprs(x.Args)
	nulls := ""
	if x.Nulls != "" {
		nulls = " " + strings.ToUpper(x.Nulls)
	}
	p.when(len(x.Args) > 0, nulls)
	if x.OrderBy != nil {
		p.write(" ")
		p.orderBy(x.OrderBy)
	}
	p.write(")")
	if x.WithinGroup != nil {
		p.write(" WITHIN GROUP (")
		p.orderBy(x.WithinGroup)
		p.write(")")
	}
	if x.Filter != nil {
		p.write(" FILTER (WHERE ")
		p.expr(x.Filter)
		p.write(")")
	}
	p.when(len(x.Args) == 0, nulls)
	if x.Over != nil {
		p.write(" OVER ")
		p.window(x.Over)
	}
}

func (p *printer) window(x *Window) {
	if x.Bare {
		p.write(quoteName(x.Reference))
		return
	}
	var parts []func() // one for each clause that is there
	if x.Reference != "" {
		parts = append(parts, func() { p.write(quoteName(x.Reference)) })
	}
	if x.PartitionBy != nil {
		parts = append(parts, func() { p.write("PARTITION BY "); p.exprs(x.PartitionBy) })
	}
	if x.OrderBy != nil {
		parts = append(parts, func() { p.orderBy(x.OrderBy) })
	}
	if x.Frame != nil {
		parts = append(parts, func() { p.frame(x.Frame) })
	}
	p.write("(")
	for i, part := range parts {
		p.when(i > 0, " ")
		part()
	}
	p.write(")")
}

func (p *printer) frame(x *Frame) {
	p.write(strings.ToUpper(x.Unit), " ")
	if x.End == nil {
		p.bound(x.Start)
		return
	}
	p.write("BETWEEN ")
	p.bound(x.Start)
	p.write(" AND ")
	p.bound(x.End)
}

func (p *printer) bound(x *Bound) {
	if x.Offset != nil {
		p.operand(x.Offset, holdsPredicate)
		p.write(" ")
	}
	p.write(strings.ToUpper(x.Kind))
}
