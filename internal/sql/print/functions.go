package print

import (
	"maps"
	"strconv"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
)

// rewrite puts an engine expression in the place of a call; nil leaves the call as it is.
type rewrite func(t *translator, c *ast.Call) ast.Expr

// functions are the functions that the engine does not have, or has under another name or with another meaning.
var functions = gather(conditionalFunctions, aggregateFunctions, mathFunctions, textFunctions, patternFunctions,
	timeFunctions, jsonFunctions, sessionFunctions)

func gather(groups ...map[string]rewrite) map[string]rewrite {
	all := map[string]rewrite{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

// call translates a function call. Functions of pg_catalog lose the qualifier: the engine keeps them elsewhere.
func (t *translator) call(c *ast.Call) ast.Expr {
	if c.Native {
		return c
	}
	t.hideFunction(c)
	plain := *c
	plain.Name = within(c.Name, 2)
	if len(plain.Name) == 1 {
		if rewrite := functions[plain.Name[0]]; rewrite != nil {
			if x := rewrite(t, &plain); x != nil {
				return x
			}
		}
	}
	if plain.Approximate {
		return t.approximate(&plain)
	}
	plain.Native = true
	return &plain
}

// renamed calls the same thing by the engine's name.
func renamed(name string) rewrite {
	return func(_ *translator, c *ast.Call) ast.Expr {
		other := *c
		other.Name, other.Native = ast.Name{name}, true
		return &other
	}
}

// templated writes a call by a template for its number of arguments: the first template is for fewest arguments, the
// next for one more, and so on. Any other number of arguments is left to the engine to refuse.
func templated(fewest int, templates ...string) rewrite {
	return func(t *translator, c *ast.Call) ast.Expr {
		i := len(c.Args) - fewest
		if i < 0 || i >= len(templates) {
			return nil
		}
		return t.sql(templates[i], c.Args...)
	}
}

// answer is a function whose value the session knows.
func answer(value func(Session) ast.Expr) rewrite {
	return func(t *translator, _ *ast.Call) ast.Expr { return value(t.session) }
}

func answerText(value string) rewrite {
	return answer(func(Session) ast.Expr { return &ast.String{Value: value} })
}

var conditionalFunctions = map[string]rewrite{
	"nvl":    renamed("coalesce"),
	"isnull": renamed("coalesce"),
	"nvl2":   templated(3, "(CASE WHEN {1} IS NOT NULL THEN {2} ELSE {3} END)"),
	"decode": decode,
}

// decode makes DECODE(x, search, result, …, default) a CASE. A search for NULL finds NULL, which a plain CASE does not.
func decode(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) < 3 {
		return nil
	}
	x, rest := t.repeatable(c.Args[0]), c.Args[1:]
	plain := true
	for i := 0; i+1 < len(rest); i += 2 {
		plain = plain && isConstant(rest[i])
	}
	out := &ast.Case{}
	if plain {
		out.Operand = x
	}
	for ; len(rest) >= 2; rest = rest[2:] {
		condition := rest[0]
		if !plain {
			condition = &ast.IsDistinct{L: x, R: rest[0], Not: true}
		}
		out.Whens = append(out.Whens, ast.When{Condition: condition, Result: rest[1]})
	}
	if len(rest) == 1 {
		out.Else = rest[0]
	}
	return out
}

// isConstant reports whether x is a literal other than NULL.
func isConstant(x ast.Expr) bool {
	switch x.(type) {
	case *ast.String, *ast.Boolean:
		return true
	}
	return isNumber(x)
}

var mathFunctions = map[string]rewrite{
	"dexp":            renamed("exp"),
	"dpow":            renamed("pow"),
	"dlog1":           renamed("ln"),
	"dlog10":          renamed("log10"),
	"generate_series": templated(2, "unnest(generate_series({1}, {2}))", "unnest(generate_series({1}, {2}, {3}))"),
	"trunc":           truncDate,
	"strtol":          strtol,
	"to_hex":          templated(1, "lower(to_hex({1}))"),
}

// truncDate makes TRUNC of a timestamp a date; the engine's TRUNC knows numbers only.
func truncDate(_ *translator, c *ast.Call) ast.Expr {
	if len(c.Args) == 1 && isTimestamp(c.Args[0]) {
		return nativeCast(c.Args[0], "date")
	}
	return nil
}

// strtol reads a number in a base between 2 and 36.
func strtol(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	if base, ok := c.Args[1].(*ast.Number); ok && base.Text == "10" {
		return nativeCast(c.Args[0], "bigint")
	}
	return t.sql("CAST(list_reduce(list_transform(string_split(lower({1}), ''), "+
		"lambda digit: CAST(strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1 AS BIGINT)), "+
		"lambda so_far, digit: so_far * {2} + digit) AS BIGINT)", c.Args...)
}

var sessionFunctions = map[string]rewrite{
	"version":          answer(func(s Session) ast.Expr { return &ast.String{Value: s.Version} }),
	"current_database": answer(func(s Session) ast.Expr { return &ast.String{Value: s.Database} }),
	"current_schema":   answer(func(s Session) ast.Expr { return &ast.String{Value: s.Schema} }),
	"current_user":     currentUser,
	"session_user":     currentUser,
	"user":             currentUser,
	"pg_backend_pid":   answer(func(s Session) ast.Expr { return &ast.Number{Text: strconv.Itoa(int(s.Backend))} }),
	"current_setting":  currentSetting,

	"pg_last_query_id": answer(func(Session) ast.Expr { return &ast.Number{Text: "-1"} }),
	"pg_last_copy_id":  answer(func(Session) ast.Expr { return &ast.Number{Text: "-1"} }),

	"pg_encoding_to_char": answerText("UTF8"),
	"pg_client_encoding":  answerText("UTF8"),
	"pg_is_in_recovery":   answer(func(Session) ast.Expr { return &ast.Boolean{} }),
	"quote_literal":       templated(1, "('''' || replace({1}, '''', '''''') || '''')"),
	"quote_ident": templated(1, `(CASE WHEN regexp_full_match({1}, '[a-z_][a-z0-9_$]*') THEN {1} `+
		`ELSE '"' || replace({1}, '"', '""') || '"' END)`),
}

func currentUser(t *translator, _ *ast.Call) ast.Expr { return t.currentUser() }

func currentSetting(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) == 0 {
		return nil
	}
	name, _ := constant(c.Args[0])
	if value, ok := t.session.Settings[keyword.Fold(name)]; ok {
		return &ast.String{Value: value}
	}
	return nil
}
