package print

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/parse"
)

// cast translates a cast; those made by the translation are the engine's already.
func (t *translator) cast(x *ast.Cast) ast.Expr {
	if x.Native {
		return x
	}
	switch x.Type.Name {
	case "regclass":
		return t.regclass(x)
	case "regtype":
		return t.regtype(x)
	case "char", "varchar", "text", "bpchar":
		if x.Type.Array == 0 {
			return t.castToText(x)
		}
	case "super":
		return native("to_json", x.X)
	case "varbyte":
		if _, ok := x.X.(*ast.String); ok {
			return native("encode", x.X)
		}
	case "interval":
		if value, ok := constant(x.X); ok {
			return intervalLiteral(&ast.Interval{Value: value})
		}
	case "date", "timestamp", "timestamptz":
		if moment := t.namedMoment(x); moment != nil {
			return moment
		}
	}
	return x
}

// castToText cuts what is too long, as Redshift does without a word when a cast asks for it.
func (t *translator) castToText(x *ast.Cast) ast.Expr {
	text := nativeCast(x.X, "varchar")
	if inner, ok := x.X.(*ast.Cast); ok && inner.Type.Name == "regclass" {
		return t.className(inner.X)
	}
	if len(x.Type.Args) == 0 && x.Type.Name != "char" {
		return text
	}
	limit := x.Type.Length()
	if value, ok := constant(x.X); ok {
		cut := value[:min(len(value), limit)]
		for !utf8.ValidString(cut) {
			cut = cut[:len(cut)-1]
		}
		if isChar(x.Type) {
			cut = strings.TrimRight(cut, " ")
		}
		return nativeCast(&ast.String{Value: cut}, "varchar")
	}
	cut := native("left_bytes", text, &ast.Number{Text: strconv.Itoa(limit)})
	if isChar(x.Type) {
		return native("rtrim", cut, &ast.String{Value: " "})
	}
	return cut
}

// isChar is for the types whose values are padded with blanks, which they are kept without.
func isChar(t ast.Type) bool { return t.Name == "char" || t.Name == "bpchar" }

// namedMoment translates casts of the words that mean a moment, such as 'today'; nil for every other cast.
func (t *translator) namedMoment(x *ast.Cast) ast.Expr {
	value, _ := constant(x.X)
	switch keyword.Fold(strings.TrimSpace(value)) {
	case "now":
		return nativeCast(native("now"), x.Type.Name)
	case "today":
		return nativeCast(t.sql("CURRENT_DATE"), x.Type.Name)
	case "tomorrow":
		return nativeCast(t.sql("(CURRENT_DATE + 1)"), x.Type.Name)
	case "yesterday":
		return nativeCast(t.sql("(CURRENT_DATE - 1)"), x.Type.Name)
	case "epoch":
		return nativeCast(&ast.String{Value: "1970-01-01 00:00:00"}, x.Type.Name)
	}
	return nil
}

// regclass makes a table's name its OID. What is no constant is an OID already.
func (t *translator) regclass(x *ast.Cast) ast.Expr {
	value, ok := constant(x.X)
	if !ok {
		return t.Expr(x.X)
	}
	if _, err := strconv.Atoi(value); err == nil {
		return nativeCast(x.X, "bigint")
	}
	name := parse.Name(value)
	relation := &ast.String{Value: name.Last()}
	if schema := name.Schema(); schema != "" {
		return t.sql("(SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "+
			"WHERE c.relname = {1} AND n.nspname = {2})", relation, &ast.String{Value: schema})
	}
	return t.sql("(SELECT oid FROM pg_class WHERE relname = {1} LIMIT 1)", relation)
}

// className is x::regclass::text, the name of the table with an OID. The inner columns are renamed, or they would be
// the ones that an x such as a bare oid means.
func (t *translator) className(oid ast.Expr) ast.Expr {
	if _, ok := constant(oid); ok {
		return nativeCast(oid, "varchar")
	}
	return t.sql("(SELECT known_name FROM (SELECT oid AS known_oid, relname AS known_name FROM pg_class) "+
		"WHERE known_oid = {1} LIMIT 1)", oid)
}

// regtype makes a type's name its OID, and an OID the type's name.
func (t *translator) regtype(x *ast.Cast) ast.Expr {
	if value, ok := constant(x.X); ok {
		name := ast.Type{Name: ast.Shortest(parse.Name(value).Last())}
		return t.sql("(SELECT oid FROM pg_type WHERE typname = {1} LIMIT 1)", &ast.String{Value: name.OutputName()})
	}
	return native("format_type", x.X, &ast.Null{})
}

// intervalLiteral spells an interval the way the engine reads it.
func intervalLiteral(x *ast.Interval) ast.Expr {
	value := strings.TrimSpace(x.Value)
	first, last, isRange := strings.Cut(x.Unit, " to ")
	switch {
	case isRange:
		return &ast.Interval{Value: intervalRange(value, first, last)}
	case x.Unit != "" && isDecimal(value):
		return &ast.Interval{Value: value + " " + x.Unit}
	case isDecimal(value):
		return &ast.Interval{Value: value + " second"}
	}
	return &ast.Interval{Value: intervalWords(value)}
}

func isDecimal(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Trim(text, "0123456789.+-") == ""
}

// intervalRange spells '1-2' YEAR TO MONTH and '1 02:03:04' DAY TO SECOND. What does not have that form is left to
// the engine to judge.
func intervalRange(value, first, last string) string {
	if first == "year" && last == "month" {
		years, months, ok := strings.Cut(strings.TrimPrefix(value, "-"), "-")
		if !ok {
			return value + " year"
		}
		sign := value[:len(value)-len(strings.TrimPrefix(value, "-"))]
		return sign + years + " year " + sign + months + " month"
	}
	if first != "day" {
		return clock(value, first, last)
	}
	days, rest, ok := strings.Cut(value, " ")
	if !ok {
		return value + " day"
	}
	return days + " day " + clock(rest, "hour", last)
}

// clock completes a time of day that begins or ends with another field than hours and seconds.
func clock(value, first, last string) string {
	if first == "minute" {
		value = "00:" + value
	}
	if last == "hour" || last == "minute" && !strings.Contains(value, ":") {
		return value + ":00:00"
	}
	if last == "minute" {
		return value + ":00"
	}
	return value
}

// intervalWords replaces the abbreviations of units, which Redshift takes and the engine does not.
func intervalWords(value string) string {
	var out []string
	for _, word := range strings.Fields(strings.ReplaceAll(value, ",", " ")) {
		number := strings.TrimRight(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
		if number != "" {
			out = append(out, number)
		}
		unit := keyword.Fold(word[len(number):])
		if part, ok := datePart(unit); ok {
			unit = part
		}
		if unit != "" {
			out = append(out, unit)
		}
	}
	return strings.Join(out, " ")
}
