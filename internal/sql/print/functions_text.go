package print

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

var textFunctions = map[string]rewrite{
	"len":              renamed("length"),
	"char_length":      renamed("length"),
	"character_length": renamed("length"),
	"textlen":          renamed("length"),
	"octet_length":     renamed("strlen"),
	"btrim":            renamed("trim"),
	"replicate":        renamed("repeat"),
	"charindex":        templated(2, "strpos({2}, {1})"),
	"position":         templated(2, "strpos({2}, {1})"),
	"concat":           templated(2, "({1} || {2})"),
	"lpad":             templated(2, "lpad({1}, {2}, ' ')", "lpad({1}, {2}, {3})"),
	"rpad":             templated(2, "rpad({1}, {2}, ' ')", "rpad({1}, {2}, {3})"),
	"initcap": templated(1, "array_to_string(list_transform(regexp_extract_all({1}, '[\\pL\\pN]+|[^\\pL\\pN]+'), "+
		"lambda word: upper(word[1]) || lower(word[2:])), '')"),
	"bpcharcmp":          compare("varchar"),
	"bttext_pattern_cmp": compare("varchar"),
	"to_varbyte":         toVarbyte,
	"from_varbyte":       fromVarbyte,
	"sha":                renamed("sha1"),
	"func_sha1":          renamed("sha1"),
	"sha2":               sha2,
	"to_number":          toNumber,
}

// sha2 offers the length that the engine has.
func sha2(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	bits, ok := c.Args[1].(*ast.Number)
	if !ok || bits.Text != "256" && bits.Text != "0" {
		t.refuse(sqlstate.Unsupported(c.Pos, "SHA2 is supported with 256 bits only"))
	}
	return native("sha256", c.Args[0])
}

// toNumber reads digits with as many decimals as the format has behind its point.
func toNumber(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	format, ok := constant(c.Args[1])
	if !ok {
		t.refuse(sqlstate.Unsupported(c.Pos, "TO_NUMBER is supported with a constant format only"))
	}
	_, decimals, _ := strings.Cut(strings.ToUpper(strings.ReplaceAll(format, "D", ".")), ".")
	scale := strings.Count(decimals, "9") + strings.Count(decimals, "0")
	// A sign may stand behind the digits too.
	return t.sql("CAST(regexp_replace(regexp_replace({1}, '[^0-9.+-]', '', 'g'), '^(.*)([+-])$', '\\2\\1') AS DECIMAL(38,"+strconv.Itoa(scale)+"))", c.Args[0])
}

// toVarbyte is TO_VARBYTE(text, format); fromVarbyte goes the other way.
func toVarbyte(t *translator, c *ast.Call) ast.Expr {
	return t.byFormat(c, map[string]string{"hex": "unhex({1})", "utf8": "encode({1})", "utf-8": "encode({1})", "base64": "from_base64({1})"})
}

func fromVarbyte(t *translator, c *ast.Call) ast.Expr {
	return t.byFormat(c, map[string]string{"hex": "lower(hex({1}))", "utf8": "decode({1})", "utf-8": "decode({1})", "base64": "to_base64({1})"})
}

func (t *translator) byFormat(c *ast.Call, templates map[string]string) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	format, _ := constant(c.Args[1])
	template, known := templates[keyword.Fold(format)]
	if !known {
		t.refuse(sqlstate.Unsupported(c.Pos, "%s is supported with the constant formats hex, base64 and utf8 only", strings.ToUpper(c.Name.Last())))
	}
	return t.sql(template, c.Args[0])
}

var patternFunctions = map[string]rewrite{
	"regexp_substr":  regexpSubstr,
	"regexp_replace": regexpReplace,
	"regexp_count":   regexpCount,
	"regexp_instr":   regexpInstr,
}

// pattern is what Redshift's regular expression functions have in common.
type pattern struct {
	whole        ast.Expr
	text, regexp ast.Expr // text from the start position on
	from         ast.Expr // the start position; nil for 1
	ignoreCase   bool
	group        bool // 'e': the first group instead of the whole match
}

// pattern reads the arguments: the position is the third, the parameters are at the given place.
func (t *translator) pattern(c *ast.Call, position, parameters int) pattern {
	whole := t.repeatable(c.Args[0])
	p := pattern{whole: whole, text: whole, regexp: c.Args[1]}
	if len(c.Args) > position {
		if number, ok := c.Args[position].(*ast.Number); !ok || number.Text != "1" {
			p.from = t.repeatable(c.Args[position])
			p.text = native("substr", whole, p.from)
		}
	}
	if len(c.Args) > parameters {
		flags, ok := constant(c.Args[parameters])
		if !ok || strings.Trim(flags, "ciep") != "" {
			t.refuse(sqlstate.Unsupported(c.Pos, "%s is supported with the constant parameters c, i, e and p only", strings.ToUpper(c.Name.Last())))
		}
		p.ignoreCase = strings.Contains(flags, "i")
		p.group = strings.Contains(flags, "e")
	}
	return p
}

// extract calls one of the engine's extracting functions.
func (p pattern) extract(function string) *ast.Call {
	out := native(function, p.text, p.regexp)
	if p.group || p.ignoreCase {
		out.Args = append(out.Args, &ast.Number{Text: strconv.Itoa(boolToInt(p.group))})
	}
	if p.ignoreCase {
		out.Args = append(out.Args, &ast.String{Value: "i"})
	}
	return out
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// regexpSubstr is REGEXP_SUBSTR(text, pattern, position, occurrence, parameters), empty where nothing matches.
func regexpSubstr(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) < 2 || len(c.Args) > 5 {
		return nil
	}
	p := t.pattern(c, 2, 4)
	if len(c.Args) < 4 {
		return p.extract("regexp_extract")
	}
	if number, ok := c.Args[3].(*ast.Number); ok && number.Text == "1" {
		return p.extract("regexp_extract")
	}
	return t.sql("(CASE WHEN {1} IS NOT NULL THEN coalesce(list_extract({2}, {3}), '') END)",
		p.whole, p.extract("regexp_extract_all"), c.Args[3])
}

// regexpReplace is REGEXP_REPLACE(text, pattern, replacement, position, parameters): every match is replaced.
func regexpReplace(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) < 2 || len(c.Args) > 5 {
		return nil
	}
	p := t.pattern(c, 3, 4)
	replacement := ast.Expr(&ast.String{})
	if len(c.Args) > 2 {
		replacement = c.Args[2]
		if text, ok := constant(replacement); ok {
			replacement = &ast.String{Value: engineReplacement(text)}
		}
	}
	flags := "g"
	if p.ignoreCase {
		flags += "i"
	}
	replaced := native("regexp_replace", p.text, p.regexp, replacement, &ast.String{Value: flags})
	if p.from == nil {
		return replaced
	}
	return t.sql("(substr({1}, 1, {2} - 1) || {3})", p.whole, p.from, replaced)
}

// engineReplacement writes $1 as \1.
func engineReplacement(text string) string {
	out := []byte(text)
	for i := 0; i+1 < len(out); i++ {
		if out[i] == '$' && '0' <= out[i+1] && out[i+1] <= '9' {
			out[i] = '\\'
		}
	}
	return string(out)
}

// regexpCount is REGEXP_COUNT(text, pattern, position, parameters).
func regexpCount(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) < 2 || len(c.Args) > 4 {
		return nil
	}
	return native("len", t.pattern(c, 2, 3).extract("regexp_extract_all"))
}

// regexpInstr is REGEXP_INSTR(text, pattern): where the first match begins, found as the length of what goes before.
func regexpInstr(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		if len(c.Args) > 2 {
			t.refuse(sqlstate.Unsupported(c.Pos, "REGEXP_INSTR is supported with two arguments only"))
		}
		return nil
	}
	return t.sql("(CASE WHEN regexp_matches({1}, {2}) THEN length(regexp_extract({1}, '(?s)^(.*?)(?:' || {2} || ')', 1)) + 1 "+
		"WHEN {1} IS NOT NULL THEN 0 END)", c.Args...)
}
