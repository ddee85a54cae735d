package print

import (
	"fmt"
	"strconv"
	"strings"

	"slipher/internal/sql/sqlstate"
)

// LengthViolation says in Redshift's words what the engine means when it refuses a value for being longer, in bytes,
// than its column: the tables that Translate makes hold the declared lengths as checks (see lengthCheck), and Redshift
// has no other checks. It is given the message of the engine's constraint error and answers with SQLSTATE 22001.
func LengthViolation(engineMessage string) (violation *sqlstate.Error, ok bool) {
	if limit, found := numberAround(engineMessage, "strlen(", ") <= "); found {
		return &sqlstate.Error{Code: "22001", Message: fmt.Sprintf("value too long for type character varying(%d)", limit)}, true
	}
	before, _, found := strings.Cut(engineMessage, " >= strlen(")
	if !found {
		return nil, false
	}
	limit, err := strconv.Atoi(before[strings.LastIndexAny(before, "( ")+1:])
	if err != nil {
		return nil, false //nolint:nilerr // it is another check's message
	}
	return &sqlstate.Error{Code: "22001", Message: fmt.Sprintf("value too long for type character(%d)", limit)}, true
}

// numberAround finds the number that follows open … close in text.
func numberAround(text, opening, closing string) (int, bool) {
	_, text, found := strings.Cut(text, opening)
	if !found {
		return 0, false
	}
	_, text, found = strings.Cut(text, closing)
	if !found {
		return 0, false
	}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	number, err := strconv.Atoi(text[:digits])
	return number, err == nil
}
