package engine

import "regexp"

// morePhrases are those about the meaning of statements, types and values. The groups that are names of the engine's types become PostgreSQL's.
var morePhrases = []struct {
	pattern       *regexp.Regexp
	message, code string
	types         bool // the groups are types
}{
	{regexp.MustCompile(`^Cannot compare values of type (.+?) and (?:type )?(.+?)(?: - .*| in .*)?$`), `could not identify a comparison operator for types $1 and $2`, "42883", true},
	{regexp.MustCompile(`^Cannot (?:mix values|combine types) of (?:type )?(.+?) and (.+?)(?: in .*| - .*)?$`), `types $1 and $2 cannot be matched`, "42804", true},
	{regexp.MustCompile(`^Unimplemented type for cast \((.+?) -> (.+?)\)`), `cannot cast type $1 to $2`, "42846", true},
	{regexp.MustCompile(`^(ORDER|GROUP) (?:BY )?term out of range`), `$1 BY position is not in select list`, "42P10", false},
	{regexp.MustCompile(`^(\w+) clause cannot contain window functions`), `window functions are not allowed in $1`, "42P20", false},
	{regexp.MustCompile(`^window functions are not allowed`), `window functions are not allowed here`, "42P20", false},
	{regexp.MustCompile(`^Subquery returns \d+ columns`), `subquery must return only one column`, "", false},
	{regexp.MustCompile(`^Set operations can only apply to expressions with the same number`), `each UNION, INTERSECT or EXCEPT query must have the same number of columns`, "", false},
	{regexp.MustCompile(`^LIMIT/OFFSET cannot be negative`), `LIMIT and OFFSET must not be negative`, "2201W", false},
	{regexp.MustCompile(`^Duplicate column name "(.+?)" in INSERT`), `column "$1" specified more than once`, "42701", false},
	{regexp.MustCompile(`^Column name/value mismatch for insert on`), `INSERT must have as many expressions as target columns`, "", false},
	{regexp.MustCompile(`^[Tt]able (.+) has \d+ columns but \d+ values were supplied`), `INSERT has more expressions than target columns`, "", false},
	{regexp.MustCompile(`^Multiple assignments to same column "(.+?)"`), `multiple assignments to same column "$1"`, "", false},
	{regexp.MustCompile(`^Cannot drop entry "(.+?)" because`), `cannot drop $1 because other objects depend on it`, "", false},
	{regexp.MustCompile(`^Could not rename "(.+?)" to "(.+?)": another entry`), `relation "$2" already exists`, "42P07", false},
	{regexp.MustCompile(`^Can only (\w+) (?:from |into )?base table`), `cannot $1 rows of a view`, "42809", false},
	{regexp.MustCompile(`^Malformed JSON`), `JSON parsing error`, "", false},
	{regexp.MustCompile(`(?s)^Failed to cast value to numerical: (.*)$`), `invalid input syntax for type numeric: "$1"`, "", false},
	{regexp.MustCompile(`(?s)^Could not parse string "(.*)" according to format specifier`), `value "$1" does not have the given format`, "22007", false},
	{regexp.MustCompile(`^extract specifier "(.*)" not recognized`), `units "$1" not recognized`, "22023", false},
	{regexp.MustCompile(`^Invalid UTF8 Codepoint`), `requested character is not valid for encoding "UTF8"`, "54000", false},
	{regexp.MustCompile(`^((?:missing|unexpected) [()\[\]]|trailing \\|no argument for repetition operator|bad repetition operator|invalid (?:escape sequence|character class range|character class|repetition size|perl operator|named capture group|nested repetition operator)).*$`),
		`invalid regular expression: $1`, "2201B", false},
	{regexp.MustCompile(`^Invalid escape string`), `invalid escape string`, "22025", false},
	{regexp.MustCompile(`^Unknown TimeZone ['"](.*)['"]`), `time zone "$1" not recognized`, "22023", false},
	{regexp.MustCompile(`^Ambiguous reference to table "(.+?)"`), `table name "$1" specified more than once`, "42712", false},
	{regexp.MustCompile(`^Duplicate CTE name "(.+?)"`), `WITH query name "$1" specified more than once`, "42712", false},
	{regexp.MustCompile(`^PERCENTILEs can only take parameters`), `percentile value is not between 0 and 1`, "22003", false},
	{regexp.MustCompile(`^Argument for ntile must be greater`), `argument of ntile must be greater than zero`, "22014", false},
	{regexp.MustCompile(`requires an even number of arguments$`), `argument list must have even number of elements`, "22023", false},
	{regexp.MustCompile(`^Function "(.+?)" is a table function`), `function $1 does not exist`, "42883", false},
	{regexp.MustCompile(`^frame starting from`), `frame ends before it starts`, "42P20", false},
	{regexp.MustCompile(`^Max expression depth limit`), `the statement is nested too deeply`, "54001", false},
	{regexp.MustCompile(`^Table function cannot contain subqueries`), `a function in FROM cannot contain subqueries`, "0A000", false},
}

// wordMeaning words failures of the kinds in morePhrases, and reports whether it knew one.
func (e *Error) wordMeaning() bool {
	for _, phrase := range morePhrases {
		found := phrase.pattern.FindStringSubmatch(e.Message)
		if found == nil {
			continue
		}
		if phrase.types {
			for i := range found[1:] {
				found[i+1] = typeName(found[i+1])
			}
		}
		e.Message = expand(phrase.message, found)
		if phrase.code != "" {
			e.Code = phrase.code
		}
		return true
	}
	return false
}

var group = regexp.MustCompile(`\$\d`)

// expand puts groups into the places of $1, $2, …
func expand(message string, groups []string) string {
	return group.ReplaceAllStringFunc(message, func(place string) string { return groups[place[1]-'0'] })
}

// engineWords are what only the engine says: its types, its settings and its advice.
var engineWords = regexp.MustCompile(`(?i)duckdb|\bCTE\b|\bmacro\b|\bpragma\b|\btry_?cast|\bHUGEINT|\bSTRUCT\b|\bentry\b|\bbinder\b|\bbind\b|max_expression_depth|candidate|case (?:sensitive|insensitive)|\bSET [a-z_]+ ?=|LogicalType|\bunnest\b|\blambda\b|explicit cast is required|explicitly alias`)

// generalWords stand in the place of what only the engine says.
var generalWords = map[string]string{
	"22": "invalid value", "23": "a value violates a constraint of the table", "25": "the transaction cannot do this", "40": "could not serialize access due to concurrent update",
	"42": "the statement refers to something in a way that is not possible", "54": "the statement is too complex", "0A": "this is not supported",
}

// generalise takes the engine's own words out of a message that nothing else has worded.
func (e *Error) generalise() {
	if !engineWords.MatchString(e.Message) {
		return
	}
	e.Message = "the statement cannot be run"
	if general, known := generalWords[e.Code[:2]]; known {
		e.Message = general
	}
}
