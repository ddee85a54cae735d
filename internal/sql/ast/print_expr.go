package ast

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
	switch OperatorPower(op) {
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
func (p *Printer) operand(x Expr, level int) { p.inside(p.Dialect.Expr(x), level) }

// Whole writes x so that it holds together by itself, whatever stands around it.
func (p *Printer) Whole(x Expr) { p.operand(x, holdsWord-1) }

// inside is operand for an expression that the dialect has seen.
func (p *Printer) inside(x Expr, level int) {
	if holds(x) > level {
		p.plain(x)
		return
	}
	p.Put("(")
	p.plain(x)
	p.Put(")")
}

// Expr writes an expression where anything may stand.
func (p *Printer) Expr(x Expr) { p.plain(p.Dialect.Expr(x)) }

// plain writes an expression that the dialect has seen.
func (p *Printer) plain(x Expr) {
	switch x := x.(type) {
	case *ColumnRef:
		p.Put(x.Name.Quoted())
	case *Star:
		p.star(x)
	case *Number:
		p.Put(x.Text)
	case *String:
		p.Put(p.Dialect.Text(x.Value))
	case *Boolean:
		p.Put(strings.ToUpper(strconv.FormatBool(x.Value)))
	case *Null:
		p.Put("NULL")
	case *Param:
		p.Put("$", strconv.Itoa(x.Number))
	case *Interval:
		p.Put("INTERVAL ", p.Dialect.Text(x.Value))
		p.When(x.Unit != "", " "+strings.ToUpper(x.Unit))
	case *Default:
		p.Put("DEFAULT")
	case *Verbatim:
		p.Put(x.Text)
	default:
		p.operation(x)
	}
}

// operation writes the expressions made of others by operators and predicates.
func (p *Printer) operation(x Expr) {
	switch x := x.(type) {
	case *Unary:
		p.unary(x)
	case *Binary:
		p.binary(x)
	case *Logic:
		p.logic(x)
	case *Is:
		p.operand(x.X, holdsPredicate)
		p.Put(" IS ", not(x.Not), strings.ToUpper(x.What))
	case *IsDistinct:
		p.operand(x.L, holdsPredicate)
		p.Put(" IS ", not(x.Not), "DISTINCT FROM ")
		p.operand(x.R, holdsPredicate)
	case *Between:
		p.operand(x.X, holdsPredicate)
		p.Put(" ", not(x.Not), "BETWEEN ")
		p.operand(x.Low, holdsPredicate)
		p.Put(" AND ")
		p.operand(x.High, holdsPredicate)
	case *In:
		p.in(x)
	case *Like:
		p.like(x)
	case *Quantified:
		p.quantified(x)
	case *AtTimeZone:
		p.operand(x.X, holdsSign)
		p.Put(" AT TIME ZONE ")
		p.operand(x.Zone, holdsSign)
	case *Collate:
		p.operand(x.X, holdsSign)
		p.Put(" COLLATE ", x.Collation.Quoted())
	default:
		p.compound(x)
	}
}

// compound writes the expressions that hold together by themselves.
func (p *Printer) compound(x Expr) {
	switch x := x.(type) {
	case *Exists:
		p.Put("EXISTS ")
		p.subquery(x.Query, false)
	case *ArrayQuery:
		p.Put("ARRAY")
		p.subquery(x.Query, false)
	case *Subquery:
		p.subquery(x.Query, false)
	case *Case:
		p.caseExpr(x)
	case *Cast:
		p.When(x.Try, "TRY_")
		p.Put("CAST(")
		p.Expr(x.X)
		p.Put(" AS ", p.Dialect.TypeName(x.Type), ")")
	case *Row:
		p.row(x)
	case *Array:
		p.Put("ARRAY[")
		p.exprs(x.Items)
		p.Put("]")
	case *Index:
		p.index(x)
	case *Field:
		p.Put("(")
		p.Expr(x.X)
		p.Put(").", QuoteName(x.Name))
	case *Call:
		p.call(x)
	case *BareCall:
		p.Put(strings.ToUpper(x.Name))
	case *Extract:
		p.Put("EXTRACT(", p.Dialect.Text(x.Part), " FROM ")
		p.Expr(x.X)
		p.Put(")")
	case *GroupingSets:
		p.When(x.Sets != nil, "GROUPING SETS ")
		p.Put("(")
		p.exprs(x.Sets)
		p.Put(")")
	}
}

func not(negated bool) string {
	if negated {
		return "NOT "
	}
	return ""
}

func (p *Printer) star(x *Star) {
	p.When(len(x.Table) > 0, x.Table.Quoted()+".")
	p.Put("*")
	if len(x.Exclude) > 0 {
		p.Put(" EXCLUDE")
		p.bracketed(x.Exclude)
	}
}

func (p *Printer) unary(x *Unary) {
	if x.Op == "not" {
		p.Put("NOT ")
		p.operand(x.X, holdsNot)
		return
	}
	p.Put(x.Op)
	p.operand(x.X, holdsSign)
}

// binary writes chains that group to the left without parentheses: a + b - c, a || b || c.
func (p *Printer) binary(x *Binary) {
	level := binaryHolds(x.Op)
	left := p.Dialect.Expr(x.L)
	if level == holdsSum || level == holdsProduct || x.Op == "||" && chained(left) {
		p.inside(left, level-1)
	} else {
		p.inside(left, level)
	}
	p.Put(" ", x.Op, " ")
	p.operand(x.R, level)
}

// chained reports whether x is itself a concatenation.
func chained(x Expr) bool {
	left, ok := x.(*Binary)
	return ok && left.Op == "||"
}

func (p *Printer) logic(x *Logic) {
	level := holdsAnd
	if x.Op == "or" {
		level = holdsOr
	}
	for i, term := range x.Terms {
		if i > 0 {
			p.Put(" ", strings.ToUpper(x.Op), " ")
		}
		p.operand(term, level)
	}
}

func (p *Printer) in(x *In) {
	p.operand(x.X, holdsPredicate)
	p.Put(" ", not(x.Not), "IN ")
	if x.Query != nil {
		p.subquery(x.Query, false)
		return
	}
	p.Put("(")
	p.exprs(x.List)
	p.Put(")")
}

func (p *Printer) like(x *Like) {
	p.operand(x.X, holdsPredicate)
	p.Put(" ", not(x.Not), strings.ToUpper(x.Op), " ")
	p.operand(x.Pattern, holdsPredicate)
	if x.Escape != nil {
		p.Put(" ESCAPE ")
		p.operand(x.Escape, holdsPredicate)
	}
}

func (p *Printer) quantified(x *Quantified) {
	p.operand(x.X, holdsPredicate)
	p.Put(" ", x.Op)
	if x.All {
		p.Put(" ALL ")
	} else {
		p.Put(" ANY ")
	}
	if x.Query != nil {
		p.subquery(x.Query, false)
		return
	}
	p.Put("(")
	p.Expr(x.Array)
	p.Put(")")
}

func (p *Printer) caseExpr(x *Case) {
	p.Put("CASE")
	if x.Operand != nil {
		p.Put(" ")
		p.Expr(x.Operand)
	}
	for _, when := range x.Whens {
		p.Put(" WHEN ")
		p.Expr(when.Condition)
		p.Put(" THEN ")
		p.Expr(when.Result)
	}
	if x.Else != nil {
		p.Put(" ELSE ")
		p.Expr(x.Else)
	}
	p.Put(" END")
}

// row writes ROW(…) only where parentheses alone would not make a row.
func (p *Printer) row(x *Row) {
	p.When(len(x.Items) < 2, "ROW")
	p.Put("(")
	p.exprs(x.Items)
	p.Put(")")
}

func (p *Printer) index(x *Index) {
	if _, plain := x.X.(*ColumnRef); plain {
		p.Expr(x.X)
	} else {
		p.Put("(")
		p.Expr(x.X)
		p.Put(")")
	}
	p.Put("[")
	if x.Low != nil {
		p.Expr(x.Low)
	}
	p.When(x.Slice, ":")
	if x.High != nil {
		p.Expr(x.High)
	}
	p.Put("]")
}

func (p *Printer) call(x *Call) {
	p.When(x.Approximate, "APPROXIMATE ")
	p.Put(functionName(x.Name), "(")
	p.When(x.Star, "*")
	p.When(x.Distinct, "DISTINCT ")
	p.exprs(x.Args)
	nulls := ""
	if x.Nulls != "" {
		nulls = " " + strings.ToUpper(x.Nulls)
	}
	p.When(len(x.Args) > 0, nulls)
	if x.OrderBy != nil {
		p.Put(" ")
		p.orderBy(x.OrderBy)
	}
	p.Put(")")
	if x.WithinGroup != nil {
		p.Put(" WITHIN GROUP (")
		p.orderBy(x.WithinGroup)
		p.Put(")")
	}
	if x.Filter != nil {
		p.Put(" FILTER (WHERE ")
		p.Expr(x.Filter)
		p.Put(")")
	}
	p.When(len(x.Args) == 0, nulls)
	if x.Over != nil {
		p.Put(" OVER ")
		p.window(x.Over)
	}
}

func (p *Printer) window(x *Window) {
	if x.Bare {
		p.Put(QuoteName(x.Reference))
		return
	}
	var parts []func() // one for each clause that is there
	if x.Reference != "" {
		parts = append(parts, func() { p.Put(QuoteName(x.Reference)) })
	}
	if x.PartitionBy != nil {
		parts = append(parts, func() { p.Put("PARTITION BY "); p.exprs(x.PartitionBy) })
	}
	if x.OrderBy != nil {
		parts = append(parts, func() { p.orderBy(x.OrderBy) })
	}
	if x.Frame != nil {
		parts = append(parts, func() { p.frame(x.Frame) })
	}
	p.Put("(")
	for i, part := range parts {
		p.When(i > 0, " ")
		part()
	}
	p.Put(")")
}

func (p *Printer) frame(x *Frame) {
	p.Put(strings.ToUpper(x.Unit), " ")
	if x.End == nil {
		p.bound(x.Start)
		return
	}
	p.Put("BETWEEN ")
	p.bound(x.Start)
	p.Put(" AND ")
	p.bound(x.End)
}

func (p *Printer) bound(x *Bound) {
	if x.Offset != nil {
		p.operand(x.Offset, holdsPredicate)
		p.Put(" ")
	}
	p.Put(strings.ToUpper(x.Kind))
}
