package engine

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Error is a statement's failure in the terms of SQL clients.
type Error struct {
	Code    string // SQLSTATE
	Message string
	Near    string // the word of the statement that the engine points at, if any
	short   int    // the values of an INSERT that has too few
}

var shortRow = regexp.MustCompile(`^[Tt]able .* has (\d+) columns but (\d+) values were supplied`)

// shortInsert are the values of an INSERT without a list of columns that has fewer of them than its table has columns; 0 for any other failure.
func shortInsert(message string) int {
	found := shortRow.FindStringSubmatch(message)
	if found == nil {
		return 0
	}
	columns, _ := strconv.Atoi(found[1])
	values, _ := strconv.Atoi(found[2])
	if values < columns {
		return values
	}
	return 0
}

// ShortInsert says how many values an INSERT without a list of columns has for its table, if the error is that they are fewer than the columns.
func (e *Error) ShortInsert() (values int, ok bool) { return e.short, e.short > 0 }

func (e *Error) Error() string { return e.Message }

const (
	serializationFailure = "40001"
	queryCanceled        = "57014"
	internalFailure      = "XX000"
	ioFailure            = "58030"
	diskFull             = "53100"
)

// families maps the kind of error, with which every message of the engine begins, to the SQLSTATE that holds unless the message says more.
var families = map[string]string{
	"Parser Error":                 "42601",
	"Syntax Error":                 "42601",
	"Binder Error":                 "42601",
	"Catalog Error":                "42704",
	"Conversion Error":             "22P02",
	"Out of Range Error":           "22003",
	"Decimal Error":                "22003",
	"Divide by Zero Error":         "22012",
	"Invalid Input Error":          "22023",
	"Invalid type Error":           "42804",
	"Mismatch Type Error":          "42804",
	"Parameter Not Resolved Error": "42P18",
	"Parameter Not Allowed Error":  "42P02",
	"Constraint Error":             "23000",
	"TransactionContext Error":     serializationFailure,
	"Dependency Error":             "2BP01",
	"Not implemented Error":        "0A000",
	"Permission Error":             "42501",
	"Sequence Error":               "2200H",
	"INTERRUPT Error":              queryCanceled,
	"Out of Memory Error":          "53200",
	"IO Error":                     ioFailure,
	"Object Size Error":            "54000",
	"Expression Error":             "42601",
	"Executor Error":               "22000",
	"INTERNAL Error":               internalFailure,
	"FATAL Error":                  internalFailure,
}

// refinements look at the message behind the kind. The engine writes them; what it echoes of the user's statement stands in quotes, later.
var refinements = []struct {
	family  string
	pattern *regexp.Regexp
	code    string
}{
	{"TransactionContext Error", regexp.MustCompile(`No space left on device`), diskFull}, // a commit, which is no conflict to try again
	{"Catalog Error", regexp.MustCompile(`^(Table|View) with name .* already exists`), "42P07"},
	{"Catalog Error", regexp.MustCompile(`^Schema with name .* already exists`), "42P06"},
	{"Catalog Error", regexp.MustCompile(`^Existing object .* is of type`), "42809"},
	{"Catalog Error", regexp.MustCompile(`^(Table|View|Table or view|Sequence) with name .* does not exist`), "42P01"},
	{"Catalog Error", regexp.MustCompile(`^Schema with name .* does not exist`), "3F000"},
	{"Catalog Error", regexp.MustCompile(`^[A-Za-z ]*Function with name .* does not exist`), "42883"},
	{"Catalog Error", regexp.MustCompile(`^[A-Za-z ]+ with name .* already exists`), "42710"},
	{"Catalog Error", regexp.MustCompile(`^Column with name .* already exists`), "42701"},
	{"Catalog Error", regexp.MustCompile(`^Could not .*serializ|write-write conflict`), serializationFailure},
	{"Binder Error", regexp.MustCompile(`^(Referenced column|Table ".*" does not have a column|Column ".*" in REPLACE|column ".*" not found)`), "42703"},
	{"Binder Error", regexp.MustCompile(`does not have a column (with name|named)|^Referenced update column|^Column .* does not exist`), "42703"},
	{"Binder Error", regexp.MustCompile(`^Ambiguous reference to (column|table)`), "42702"},
	{"Binder Error", regexp.MustCompile(`^Referenced table`), "42P01"},
	{"Binder Error", regexp.MustCompile(`must appear in the GROUP BY clause|aggregate.*not allowed|cannot contain aggregates|aggregate function calls cannot`), "42803"},
	{"Binder Error", regexp.MustCompile(`^No function matches|^Could not choose a best candidate`), "42883"},
	{"Binder Error", regexp.MustCompile(`^Cannot compare values|^Cannot mix values|^Cannot combine types|Failed to cast value|^Type `), "42804"},
	{"Binder Error", regexp.MustCompile(`^Duplicate alias|^Duplicate table alias`), "42712"},
	{"Binder Error", regexp.MustCompile(`^Catalog ".*" does not exist`), "3D000"},
	{"Constraint Error", regexp.MustCompile(`^NOT NULL constraint`), "23502"},
	{"Constraint Error", regexp.MustCompile(`^(PRIMARY KEY or UNIQUE|Duplicate key|.*duplicate key)`), "23505"},
	{"Constraint Error", regexp.MustCompile(`^Violates foreign key`), "23503"},
	{"Constraint Error", regexp.MustCompile(`^CHECK constraint`), "23514"},
	{"IO Error", regexp.MustCompile(`: No space left on device$`), diskFull},
	{"FATAL Error", regexp.MustCompile(`No space left on device`), diskFull},
	{"Conversion Error", regexp.MustCompile(`^(date|timestamp|time).*out of range`), "22008"},
	{"Conversion Error", regexp.MustCompile(`out of range|^Could not cast value .* to DECIMAL|^Casting value .* failed: value is out of range`), "22003"},
	{"Conversion Error", regexp.MustCompile(`^Unimplemented type for cast`), "42846"},
	{"Conversion Error", regexp.MustCompile(`^(invalid|Could not parse).*(date|timestamp|time|interval)`), "22007"},
	{"Invalid Input Error", regexp.MustCompile(`^relation ".*" does not exist$`), "42P01"},
	{"Invalid Input Error", regexp.MustCompile(`^unrecognized configuration parameter`), "42704"},
	{"Invalid Input Error", regexp.MustCompile(`[Dd]ivision by zero|divide by zero`), "22012"},
	{"Invalid Input Error", regexp.MustCompile(`^requested length too large`), "54000"},
	{"Invalid Input Error", regexp.MustCompile(`^Result size exceeds LISTAGG limit`), internalFailure},
	{"TransactionContext Error", regexp.MustCompile(`^Current transaction is aborted`), "25P02"},
	{"TransactionContext Error", regexp.MustCompile(`^cannot (commit|rollback) - no transaction|^cannot start a transaction`), "25000"},
}

// opaque are the codes whose messages may hold paths or the engine's innards; the log keeps them, the client reads ours.
var opaque = map[string]string{
	"42501":         "permission denied: statements cannot reach files or settings of the cluster",
	ioFailure:       "the cluster's storage reported an error",
	diskFull:        "disk full: the cluster's storage has no room for the statement",
	"53200":         "out of memory: the statement needs more than the cluster's memory limit",
	internalFailure: "internal error in the engine",
}

// kinds names the families that a bulk append can fail with; its errors come with a number in place of a name.
var kinds = map[bindings.ErrorType]string{
	bindings.ErrorTypeBinder:       "Binder Error",
	bindings.ErrorTypeCatalog:      "Catalog Error",
	bindings.ErrorTypeConstraint:   "Constraint Error",
	bindings.ErrorTypeConversion:   "Conversion Error",
	bindings.ErrorTypeErrorIO:      "IO Error",
	bindings.ErrorTypeFatal:        "FATAL Error",
	bindings.ErrorTypeInternal:     "INTERNAL Error",
	bindings.ErrorTypeInterrupt:    "INTERRUPT Error",
	bindings.ErrorTypeInvalidInput: "Invalid Input Error",
	bindings.ErrorTypeOutOfMemory:  "Out of Memory Error",
	bindings.ErrorTypeOutOfRange:   "Out of Range Error",
	bindings.ErrorTypeParser:       "Parser Error",
	bindings.ErrorTypeTransaction:  "TransactionContext Error",
}

// failure turns one of the engine's messages into an Error. It poisons the database where the engine says that it cannot go on.
func (d *Database) failure(message string) *Error {
	family, text, _ := strings.Cut(message, ": ")
	code, known := families[family]
	if !known {
		code = internalFailure
	}
	if family == "INTERNAL Error" || family == "FATAL Error" || strings.Contains(text, "has been invalidated because") {
		d.poison(errors.New(message))
	}
	code = refine(family, text, code)
	if ours, hidden := opaque[code]; hidden && family != "Invalid Input Error" {
		d.config.Log.Warn("statement failed inside the engine", "code", code, "err", message)
		return &Error{Code: code, Message: ours}
	}
	failure := &Error{Code: code}
	text, failure.Near = cutExcerpt(text)
	failure.short = shortInsert(text)
	failure.reword(text)
	if failure.Code == queryCanceled {
		failure.Message = "canceling statement due to user request"
	}
	return failure
}

func refine(family, text, code string) string {
	for _, r := range refinements {
		if r.family == family && r.pattern.MatchString(text) {
			return r.code
		}
	}
	return code
}

// cutExcerpt takes off the excerpt of the statement with which the engine ends some messages ("LINE 1: …" and a caret below), and
// returns the word at the caret.
func cutExcerpt(text string) (string, string) {
	before, excerpt, found := strings.Cut(text, "\n\nLINE ")
	if !found {
		return strings.TrimSpace(text), ""
	}
	line, caret, _ := strings.Cut("LINE "+excerpt, "\n")
	column, runes := strings.IndexByte(caret, '^'), []rune(line)
	if column < 0 || column >= len(runes) {
		return strings.TrimSpace(before), ""
	}
	return strings.TrimSpace(before), word(string(runes[column:]))
}

var leadingWord = regexp.MustCompile(`^("[^"]*"|[\pL\pN_$]+)`)

func word(text string) string { return strings.Trim(leadingWord.FindString(text), `"`) }

// canceled is the error of a statement whose context ended before the engine saw it.
func canceled(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &Error{Code: queryCanceled, Message: "canceling statement due to user request"}
}
