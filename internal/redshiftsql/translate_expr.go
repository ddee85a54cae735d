package redshiftsql

import (
	"strconv"
	"strings"
)

// expr puts the engine's expression in the place of one of Redshift's. What it returns is made of the operands as they
// were parsed, which the printer brings back here one by one.
func (t *translator) expr(x Expr) Expr {
	if t.err != nil {
		return &Null{} // nothing will come of it
	}
	switch x := x.(type) {
	case *Param:
		t.params = max(t.params, x.Number)
	case *Unary:
		return t.unary(x)
	case *Binary:
		return t.binary(x)
	case *Like:
		return t.like(x)
	case *Interval:
		return intervalLiteral(x)
	case *Cast:
		return t.cast(x)
	case *Call:
		return t.call(x)
	case *BareCall:
		return t.bareCall(x)
	case *Extract:
		return t.extract(x)
	case *Collate:
		return t.collate(x)
	}
	return x
}

// sql is engine SQL from a template in which {1}, {2}, … stand for the arguments. A template has to hold together by
// itself: a function call, or something in parentheses.
func (t *translator) sql(template string, args ...Expr) Expr {
	replacements := make([]string, 0, 2*len(args))
	length := len(template)
	for i, arg := range args {
		if placeholder := "{" + strconv.Itoa(i+1) + "}"; strings.Contains(template, placeholder) {
			text := t.print(func(p *printer) { p.operand(arg, holdsWord-1) })
			replacements = append(replacements, placeholder, text)
			length += len(text)
		}
	}
	out := strings.NewReplacer(replacements...).Replace(template)
	if len(out) > max(length, maxRepeated) {
		t.refuse(tooLong())
		return &Null{}
	}
	return &verbatim{text: out}
}

// maxRepeated bounds the text that may be written more than once. Calls inside one another that each repeat their
// arguments would double it at every level.
const maxRepeated = 1 << 20

// repeatable is x in engine SQL, for expressions that need it in more than one place. Whatever is to be written twice
// goes through here or through sql, so that the length stays in hand.
func (t *translator) repeatable(x Expr) Expr {
	text := t.print(func(p *printer) { p.operand(x, holdsWord-1) })
	if len(text) > maxRepeated {
		t.refuse(tooLong())
		return &Null{}
	}
	return &verbatim{text: text}
}

func tooLong() *Error {
	return &Error{Code: codeTooDeep, Message: "the statement has too many function calls inside one another"}
}

// native is a call of the engine's own function.
func native(name string, args ...Expr) *Call {
	return &Call{Name: Name{name}, Args: args, native: true}
}

func nativeCast(x Expr, typeName string) Expr {
	return &Cast{X: x, Type: Type{Name: typeName}, native: true}
}

func (t *translator) unary(x *Unary) Expr {
	switch x.Op {
	case "|/":
		return native("sqrt", x.X)
	case "||/":
		return native("cbrt", x.X)
	case "@":
		return native("abs", x.X)
	}
	return x
}

func (t *translator) binary(x *Binary) Expr {
	switch x.Op {
	case "~":
		return native("regexp_matches", x.L, x.R)
	case "!~":
		return &Unary{Op: "not", X: native("regexp_matches", x.L, x.R)}
	case "~*":
		return native("regexp_matches", x.L, x.R, &String{Value: "i"})
	case "!~*":
		return &Unary{Op: "not", X: native("regexp_matches", x.L, x.R, &String{Value: "i"})}
	case "~~", "!~~":
		return t.like(&Like{Op: "like", X: x.L, Pattern: x.R, Not: x.Op[0] == '!'})
	case "~~*", "!~~*":
		return t.like(&Like{Op: "ilike", X: x.L, Pattern: x.R, Not: x.Op[0] == '!'})
	case "#":
		return native("xor", x.L, x.R)
	case "+", "-":
		if isTimestamp(x.L) && isNumber(x.R) { // days
			return &Binary{Op: x.Op, L: x.L, R: native("to_days", x.R)}
		}
	}
	return x
}

// like spells out the escape character, which is a backslash in Redshift and none in the engine. It is left out where
// the pattern is known to hold none, because the engine is quick at plain patterns only.
func (t *translator) like(x *Like) Expr {
	if x.Op == "similar to" {
		return t.similar(x)
	}
	if x.Escape != nil {
		return x
	}
	if pattern, ok := x.Pattern.(*String); ok && !strings.Contains(pattern.Value, `\`) {
		return x
	}
	escaped := *x
	escaped.Escape = &String{Value: `\`}
	return &escaped
}

// similar makes SIMILAR TO a match of the whole string, since the engine takes its pattern for a regular expression.
func (t *translator) similar(x *Like) Expr {
	if x.Escape != nil {
		t.refuse(unsupported(0, "SIMILAR TO with ESCAPE is not supported yet"))
	}
	pattern := t.sql("replace(replace({1}, '%', '.*'), '_', '.')", x.Pattern)
	if constant, ok := x.Pattern.(*String); ok {
		pattern = &String{Value: similarPattern(constant.Value)}
	}
	var match Expr = native("regexp_full_match", x.X, pattern)
	if x.Not {
		match = &Unary{Op: "not", X: match}
	}
	return match
}

// similarPattern is the regular expression of a SIMILAR TO pattern. A backslash keeps the special meaning from the
// character behind it, and inside brackets there is none.
func similarPattern(pattern string) string {
	var out strings.Builder
	out.WriteString("(?s:")
	inBrackets := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			out.WriteString(`\` + pattern[i:i+1])
		case inBrackets:
			inBrackets = c != ']'
			out.WriteByte(c)
		case c == '[':
			inBrackets = true
			out.WriteByte(c)
		case c == '%':
			out.WriteString(".*")
		case c == '_':
			out.WriteByte('.')
		case c == '.' || c == '^' || c == '$':
			out.WriteString(`\` + string(c))
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + ")"
}

// collate drops the collations that are what the engine does anyway.
func (t *translator) collate(x *Collate) Expr {
	switch x.Collation.Last() {
	case "default", "case_sensitive", "c", "posix", "C", "POSIX":
		return t.expr(x.X)
	case "case_insensitive", "ci":
		return &Collate{X: x.X, Collation: Name{"nocase"}}
	}
	return x
}

func (t *translator) extract(x *Extract) Expr {
	part, ok := datePart(x.Part)
	if !ok {
		t.refuse(&Error{Code: codeBadParameter, Message: "EXTRACT does not know the date part " + strconv.Quote(x.Part), Position: x.Pos})
	}
	result := "integer"
	if part == "epoch" {
		result = "bigint"
	}
	return nativeCast(native("date_part", &String{Value: part}, t.time(x.X)), result)
}

// bareCall answers the functions without parentheses.
func (t *translator) bareCall(x *BareCall) Expr {
	switch x.Name {
	case "current_user", "session_user", "user":
		return t.currentUser()
	case "current_user_id":
		return &Number{Text: strconv.Itoa(int(t.session.UserID))}
	case "sysdate", "localtimestamp":
		return t.sql("CAST(now() AS TIMESTAMP)")
	case "localtime":
		return t.sql("CAST(now() AS TIME)")
	}
	return x
}

// isTimestamp reports whether an expression is a timestamp by the look of it.
func isTimestamp(x Expr) bool {
	switch x := x.(type) {
	case *BareCall:
		return x.Name == "sysdate" || x.Name == "current_timestamp" || x.Name == "localtimestamp"
	case *Cast:
		return x.Type.Name == "timestamp" || x.Type.Name == "timestamptz"
	case *Call:
		switch x.Name.Last() {
		case "getdate", "now", "date_trunc", "dateadd", "date_add", "add_months", "to_timestamp", "convert_timezone":
			return true
		}
	}
	return false
}

func isNumber(x Expr) bool {
	if sign, ok := x.(*Unary); ok {
		x = sign.X
	}
	_, ok := x.(*Number)
	return ok
}

// isInteger reports whether x is a whole number written out.
func isInteger(x Expr) bool {
	if sign, ok := x.(*Unary); ok && sign.Op == "-" {
		x = sign.X
	}
	number, ok := x.(*Number)
	return ok && !strings.ContainsAny(number.Text, ".eE")
}

// constant is the value of a string written out.
func constant(x Expr) (string, bool) {
	text, ok := x.(*String)
	if !ok {
		return "", false
	}
	return text.Value, true
}
