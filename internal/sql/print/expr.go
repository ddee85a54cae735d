package print

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// Expr puts the engine's expression in the place of one of Redshift's. What it returns is made of the operands as they
// were parsed, which the printer brings back here one by one.
func (t *translator) Expr(x ast.Expr) ast.Expr {
	if t.err != nil {
		return &ast.Null{} // nothing will come of it
	}
	switch x := x.(type) {
	case *ast.ColumnRef:
		if name := within(x.Name, 3); len(name) < len(x.Name) {
			return &ast.ColumnRef{Name: name, Pos: x.Pos}
		}
	case *ast.Star:
		if table := within(x.Table, 2); len(table) < len(x.Table) {
			return &ast.Star{Table: table, Exclude: x.Exclude}
		}
	case *ast.Rewritten:
		return t.Expr(x.Engine)
	case *ast.Param:
		return t.param(x)
	case *ast.Unary:
		return t.unary(x)
	case *ast.Binary:
		return t.binary(x)
	case *ast.Like:
		return t.like(x)
	case *ast.Interval:
		return intervalLiteral(x)
	case *ast.Cast:
		return t.cast(x)
	case *ast.Call:
		return t.call(x)
	case *ast.BareCall:
		return t.bareCall(x)
	case *ast.Extract:
		return t.extract(x)
	case *ast.Collate:
		return t.collate(x)
	}
	return x
}

// param gives a parameter its type, where the engine cannot see one.
func (t *translator) param(x *ast.Param) ast.Expr {
	t.params = max(t.params, x.Number)
	if x.Number > len(t.session.Params) || t.session.Params[x.Number-1].Name == "" {
		return x
	}
	return t.typed(x, t.session.Params[x.Number-1])
}

func (t *translator) typed(x *ast.Param, typ ast.Type) ast.Expr {
	return &ast.Verbatim{Text: "CAST($" + strconv.Itoa(x.Number) + " AS " + t.TypeName(typ) + ")"}
}

// Count gives a parameter that is a number of rows its type, where any parameter needs one.
func (t *translator) Count(x ast.Expr) ast.Expr {
	number, ok := x.(*ast.Param)
	if !ok || t.session.Params == nil {
		return x
	}
	t.params = max(t.params, number.Number)
	return t.typed(number, ast.Type{Name: "bigint"})
}

// sql is engine SQL from a template in which {1}, {2}, … stand for the arguments. A template has to hold together by
// itself: a function call, or something in parentheses.
func (t *translator) sql(template string, args ...ast.Expr) ast.Expr {
	replacements := make([]string, 0, 2*len(args))
	length := len(template)
	for i, arg := range args {
		if placeholder := "{" + strconv.Itoa(i+1) + "}"; strings.Contains(template, placeholder) {
			text := t.print(func(p *ast.Printer) { p.Whole(arg) })
			replacements = append(replacements, placeholder, text)
			length += len(text)
		}
	}
	out := strings.NewReplacer(replacements...).Replace(template)
	if len(out) > max(length, maxRepeated) {
		t.refuse(tooLong())
		return &ast.Null{}
	}
	return &ast.Verbatim{Text: out}
}

// maxRepeated bounds the text that may be written more than once. Calls inside one another that each repeat their
// arguments would double it at every level.
const maxRepeated = 1 << 20

// repeatable is x in engine SQL, for expressions that need it in more than one place. Whatever is to be written twice
// goes through here or through sql, so that the length stays in hand.
func (t *translator) repeatable(x ast.Expr) ast.Expr {
	text := t.print(func(p *ast.Printer) { p.Whole(x) })
	if len(text) > maxRepeated {
		t.refuse(tooLong())
		return &ast.Null{}
	}
	return &ast.Verbatim{Text: text}
}

func tooLong() *sqlstate.Error {
	return &sqlstate.Error{Code: sqlstate.TooComplex, Message: "the statement has too many function calls inside one another"}
}

// native is a call of the engine's own function.
func native(name string, args ...ast.Expr) *ast.Call {
	return &ast.Call{Name: ast.Name{name}, Args: args, Native: true}
}

func nativeCast(x ast.Expr, typeName string) ast.Expr {
	return &ast.Cast{X: x, Type: ast.Type{Name: typeName}, Native: true}
}

func (t *translator) unary(x *ast.Unary) ast.Expr {
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

func (t *translator) binary(x *ast.Binary) ast.Expr {
	switch x.Op {
	case "~":
		return native("regexp_matches", x.L, x.R)
	case "!~":
		return &ast.Unary{Op: "not", X: native("regexp_matches", x.L, x.R)}
	case "~*":
		return native("regexp_matches", x.L, x.R, &ast.String{Value: "i"})
	case "!~*":
		return &ast.Unary{Op: "not", X: native("regexp_matches", x.L, x.R, &ast.String{Value: "i"})}
	case "~~", "!~~":
		return t.like(&ast.Like{Op: "like", X: x.L, Pattern: x.R, Not: x.Op[0] == '!'})
	case "~~*", "!~~*":
		return t.like(&ast.Like{Op: "ilike", X: x.L, Pattern: x.R, Not: x.Op[0] == '!'})
	case "#":
		return native("xor", x.L, x.R)
	case "+", "-":
		if isTimestamp(x.L) && isNumber(x.R) { // days
			return &ast.Binary{Op: x.Op, L: x.L, R: native("to_days", x.R)}
		}
		return t.arithmetic(x)
	case "*", "/", "%":
		return t.arithmetic(x)
	}
	return x
}

// arithmetic gives a parameter of no known type the type of the other operand, as far as that shows.
func (t *translator) arithmetic(x *ast.Binary) *ast.Binary {
	out := *x
	out.L, out.R = t.besides(x.L, x.R), t.besides(x.R, x.L)
	return &out
}

func (t *translator) besides(x, other ast.Expr) ast.Expr {
	param, ok := x.(*ast.Param)
	if !ok || param.Number > len(t.session.Params) || t.session.Params[param.Number-1].Name != Unknown {
		return x
	}
	t.params = max(t.params, param.Number)
	if cast, ok := other.(*ast.Cast); ok && numeric[cast.Type.Name] {
		return t.typed(param, cast.Type)
	}
	if isInteger(other) {
		return t.typed(param, ast.Type{Name: "integer"})
	}
	return x
}

var numeric = keyword.Words("smallint integer bigint numeric real")

// like spells out the escape character, which is a backslash in Redshift and none in the engine. It is left out where
// the pattern is known to hold none, because the engine is quick at plain patterns only.
func (t *translator) like(x *ast.Like) ast.Expr {
	if x.Op == "similar to" {
		return t.similar(x)
	}
	if x.Escape != nil {
		return x
	}
	if pattern, ok := x.Pattern.(*ast.String); ok && !strings.Contains(pattern.Value, `\`) {
		return x
	}
	escaped := *x
	escaped.Escape = &ast.String{Value: `\`}
	return &escaped
}

// similar makes SIMILAR TO a match of the whole string, since the engine takes its pattern for a regular expression.
func (t *translator) similar(x *ast.Like) ast.Expr {
	if x.Escape != nil {
		t.refuse(sqlstate.Unsupported(0, "SIMILAR TO with ESCAPE is not supported yet"))
	}
	pattern := t.sql("replace(replace({1}, '%', '.*'), '_', '.')", x.Pattern)
	if constant, ok := x.Pattern.(*ast.String); ok {
		pattern = &ast.String{Value: similarPattern(constant.Value)}
	}
	var match ast.Expr = native("regexp_full_match", x.X, pattern)
	if x.Not {
		match = &ast.Unary{Op: "not", X: match}
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
func (t *translator) collate(x *ast.Collate) ast.Expr {
	switch x.Collation.Last() {
	case "default", "case_sensitive", "c", "posix", "C", "POSIX":
		return t.Expr(x.X)
	case "case_insensitive", "ci":
		return &ast.Collate{X: x.X, Collation: ast.Name{"nocase"}}
	}
	return x
}

func (t *translator) extract(x *ast.Extract) ast.Expr {
	part, ok := datePart(x.Part)
	if !ok {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Message: "EXTRACT does not know the date part " + strconv.Quote(x.Part), Position: x.Pos})
	}
	result := "integer"
	if part == "epoch" {
		result = "bigint"
	}
	return nativeCast(native("date_part", &ast.String{Value: part}, t.time(x.X)), result)
}

// bareCall answers the functions without parentheses.
func (t *translator) bareCall(x *ast.BareCall) ast.Expr {
	switch x.Name {
	case "current_user", "session_user", "user":
		return t.currentUser()
	case "current_user_id":
		return &ast.Number{Text: strconv.Itoa(int(t.session.UserID))}
	case "sysdate", "localtimestamp":
		return t.sql("CAST(now() AS TIMESTAMP)")
	case "localtime":
		return t.sql("CAST(now() AS TIME)")
	}
	return x
}

// isTimestamp reports whether an expression is a timestamp by the look of it.
func isTimestamp(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BareCall:
		return x.Name == "sysdate" || x.Name == "current_timestamp" || x.Name == "localtimestamp"
	case *ast.Cast:
		return x.Type.Name == "timestamp" || x.Type.Name == "timestamptz"
	case *ast.Call:
		switch x.Name.Last() {
		case "getdate", "now", "date_trunc", "dateadd", "date_add", "add_months", "to_timestamp", "convert_timezone":
			return true
		}
	}
	return false
}

func isNumber(x ast.Expr) bool {
	if sign, ok := x.(*ast.Unary); ok {
		x = sign.X
	}
	_, ok := x.(*ast.Number)
	return ok
}

// isInteger reports whether x is a whole number written out.
func isInteger(x ast.Expr) bool {
	if sign, ok := x.(*ast.Unary); ok && sign.Op == "-" {
		x = sign.X
	}
	number, ok := x.(*ast.Number)
	return ok && !strings.ContainsAny(number.Text, ".eE")
}

// constant is the value of a string written out.
func constant(x ast.Expr) (string, bool) {
	text, ok := x.(*ast.String)
	if !ok {
		return "", false
	}
	return text.Value, true
}
