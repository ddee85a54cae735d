package engine

import (
	"cmp"
	"regexp"
	"strings"
)

// phrases say in PostgreSQL's words what the engine means; $1, $2 are the pattern's groups. A code stands where the message tells it better than
// the kind of error does.
var phrases = []struct {
	pattern       *regexp.Regexp
	message, code string
}{
	{regexp.MustCompile(`^View with name "?(.+?)"? does not exist`), `view "$1" does not exist`, ""},
	{regexp.MustCompile(`^(?:Table|Table or view|Sequence) with name "?(.+?)"? does not exist`), `relation "$1" does not exist`, ""},
	{regexp.MustCompile(`^(?:Table|View|Sequence) with name "?(.+?)"? already exists`), `relation "$1" already exists`, ""},
	{regexp.MustCompile(`^Schema with name "?(.+?)"? (does not exist|already exists)`), `schema "$1" $2`, ""},
	{regexp.MustCompile(`^Type with name "?(.+?)"? does not exist`), `type "$1" does not exist`, ""},
	{regexp.MustCompile(`^Column with name "?(.+?)"? already exists`), `column "$1" already exists`, "42701"},
	{regexp.MustCompile(`^[A-Za-z ]*Function with name "?(.+?)"? does not exist`), `function $1 does not exist`, ""},
	{regexp.MustCompile(`^Existing object (.+) is of type \w+, trying to drop type Table`), `"$1" is not a table`, ""},
	{regexp.MustCompile(`^Existing object (.+) is of type \w+, trying to drop type View`), `"$1" is not a view`, ""},
	{regexp.MustCompile(`^Referenced column "(.+?)" not found`), `column "$1" does not exist`, ""},
	{regexp.MustCompile(`^Table "(.+?)" does not have a column named "(.+?)"`), `column $1.$2 does not exist`, ""},
	{regexp.MustCompile(`^Table "(.+?)" does not have a column with name "(.+?)"`), `column "$2" of relation "$1" does not exist`, ""},
	{regexp.MustCompile(`^Referenced update column (.+) not found in table`), `column "$1" does not exist`, ""},
	{regexp.MustCompile(`^Column "(.+?)" does not exist on (left|right) side of join`), `column "$1" specified in USING clause does not exist in $2 table`, ""},
	{regexp.MustCompile(`^Referenced table "(.+?)" not found`), `missing FROM-clause entry for table "$1"`, ""},
	{regexp.MustCompile(`^Ambiguous reference to column name "(.+?)"`), `column reference "$1" is ambiguous`, ""},
	{regexp.MustCompile(`^column "?(.+?)"? must appear in the GROUP BY clause`), `column "$1" must appear in the GROUP BY clause or be used in an aggregate function`, ""},
	{regexp.MustCompile(`^WHERE clause cannot contain aggregates`), `aggregates not allowed in WHERE clause`, ""},
	{regexp.MustCompile(`^More than one row returned by a subquery`), `more than one row returned by a subquery used as an expression`, "21000"},
	{regexp.MustCompile(`^NOT NULL constraint failed: (?:.*\.)?(.+)$`), `null value in column "$1" violates not-null constraint`, ""},
	{regexp.MustCompile(`^(?:date|timestamp|time) field value out of range: ("[^"]*")$`), `date/time field value out of range: $1`, ""},
	{regexp.MustCompile(`^invalid (date|timestamp|time) field format: ("[^"]*"),`), `invalid input syntax for type $1: $2`, ""},
	{regexp.MustCompile(`^(time) field value out of range: ("[^"]*"), expected format`), `invalid input syntax for type $1: $2`, "22007"},
	{regexp.MustCompile(`^(?:Could not cast value|Casting value) .* to (?:type )?DECIMAL`), `numeric field overflow`, ""},
}

// reword puts a failure into PostgreSQL's words where they are known. The engine's advice goes: it names what is ours and not the user's.
func (e *Error) reword(text string) {
	text, _, _ = strings.Cut(text, "\n")
	e.Message = source.ReplaceAllString(strings.TrimSuffix(strings.TrimSpace(text), "!"), "")
	for _, phrase := range phrases {
		if found := phrase.pattern.FindStringSubmatchIndex(e.Message); found != nil {
			e.Message = string(phrase.pattern.ExpandString(nil, phrase.message, e.Message, found))
			if phrase.code != "" {
				e.Code = phrase.code
			}
			return
		}
	}
	if e.wordMeaning() {
		return
	}
	e.wordConversion()
	e.wordCall()
	e.generalise()
}

// source names the column that a value came from, which the user has not asked about.
var source = regexp.MustCompile(` when casting from source column .*$`)

var (
	unreadable = regexp.MustCompile(`(?s)^Could not convert string ['"](.*)['"] to (\w+)`)
	overflow   = regexp.MustCompile(`^(?:Overflow in \w+ of|Type .* out of range for the destination type) (\w+)`)
	digits     = regexp.MustCompile(`^\s*[-+]?\d+(\.\d*)?\s*$`)
)

// wordConversion words values that are none of their type, or too large for it.
func (e *Error) wordConversion() {
	if found := overflow.FindStringSubmatch(e.Message); found != nil {
		e.Message = outOfRange(found[1])
	}
	found := unreadable.FindStringSubmatch(e.Message)
	if found == nil {
		return
	}
	value, to := found[1], typeName(found[2])
	isInteger := to == "integer" || to == "smallint" || to == "bigint"
	switch {
	case digits.MatchString(value) && (to == "numeric" || isInteger && !strings.Contains(value, ".")):
		e.Code, e.Message = "22003", outOfRange(found[2])
	case isInteger:
		e.Message = `invalid input syntax for integer: "` + value + `"`
	default:
		e.Message = "invalid input syntax for type " + to + `: "` + value + `"`
	}
}

func outOfRange(engineType string) string {
	name := typeName(engineType)
	if name == "numeric" {
		return "numeric field overflow"
	}
	return name + " out of range"
}

var (
	unmatched = regexp.MustCompile(`^(?:No function matches the given name and argument types|Could not choose a best candidate function for the function call) ['"](.+?)\((.*)\)['"]\.`)
	operator  = regexp.MustCompile(`^[-+*/<>=~!@#%^&|]+$`)
)

// wordCall words calls of functions and operators that do not take what they are given.
func (e *Error) wordCall() {
	found := unmatched.FindStringSubmatch(e.Message)
	if found == nil {
		return
	}
	types := strings.Split(found[2], ", ")
	for i := range types {
		types[i] = typeName(types[i])
	}
	switch isOperator := operator.MatchString(found[1]); {
	case isOperator && len(types) == 2:
		e.Message = "operator does not exist: " + types[0] + " " + found[1] + " " + types[1]
	case isOperator:
		e.Message = "operator does not exist: " + found[1] + " " + types[0]
	default:
		e.Message = "function " + cmp.Or(functionNames[found[1]], found[1]) + "(" + strings.Join(types, ", ") + ") does not exist"
	}
}

// functionNames are Redshift's, of functions that the engine calls otherwise.
var functionNames = map[string]string{"string_agg": "listagg", "strftime": "to_char", "strptime": "to_timestamp", "json_object": "object", "json_array": "array"}

var typeNames = map[string]string{
	"BOOL": "boolean", "INT8": "smallint", "TINYINT": "smallint", "INT16": "smallint", "INT32": "integer", "INTEGER_LITERAL": "integer", "INT64": "bigint",
	"INT128": "numeric", "HUGEINT": "numeric", "DECIMAL": "numeric", "FLOAT": "real", "DOUBLE": "double precision", "VARCHAR": "character varying",
	"STRING_LITERAL": "unknown", "TIMESTAMP": "timestamp without time zone", "TIME": "time without time zone", "BLOB": "binary varying",
	"TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "TIME WITH TIME ZONE": "time with time zone", "JSON": "super", "JSON[]": "super",
}

// typeName is PostgreSQL's name of a type that the engine names in a message, by its own name or by that of the type's storage.
func typeName(engineType string) string {
	bare, _, _ := strings.Cut(engineType, "(")
	if name, ok := typeNames[bare]; ok {
		return name
	}
	return strings.ToLower(engineType)
}
