package redshiftsql

import (
	"fmt"
	"strconv"
	"strings"
)

// SQLSTATEs of the errors this package makes.
const (
	codeSyntax       = "42601"
	codeUnsupported  = "0A000"
	codeTooDeep      = "54001"
	codeBadParameter = "22023"
	codeInvalidTable = "42P16"
	codeNoTable      = "42P01"
	codeNoFunction   = "42883"
)

// SyntaxError is a statement that does not parse.
type SyntaxError struct {
	Message  string
	Position int    // 1-based, in characters of the text given to Parse
	Near     string // the offending token as written, empty at the end of the input
}

func (e *SyntaxError) Error() string { return e.Message }

// SQLState is the error's SQLSTATE.
func (e *SyntaxError) SQLState() string { return codeSyntax }

// Error is a statement that parses but is refused.
type Error struct {
	Code     string // SQLSTATE
	Message  string
	Position int // 1-based, in characters; 0 when no one place is to blame
}

func (e *Error) Error() string { return e.Message }

// SQLState is the error's SQLSTATE.
func (e *Error) SQLState() string { return e.Code }

func unsupported(pos int, format string, args ...any) *Error {
	return &Error{Code: codeUnsupported, Message: fmt.Sprintf(format, args...), Position: pos}
}

// LengthViolation says in Redshift's words what the engine means when it refuses a value for being longer, in bytes,
// than its column: the tables that Translate makes hold the declared lengths as checks (see lengthCheck), and Redshift
// has no other checks. It is given the message of the engine's constraint error and answers with SQLSTATE 22001.
func LengthViolation(engineMessage string) (violation *Error, ok bool) {
	if limit, found := numberAround(engineMessage, "strlen(", ") <= "); found {
		return &Error{Code: "22001", Message: fmt.Sprintf("value too long for type character varying(%d)", limit)}, true
	}
	before, _, found := strings.Cut(engineMessage, " >= strlen(")
	if !found {
		return nil, false
	}
	limit, err := strconv.Atoi(before[strings.LastIndexAny(before, "( ")+1:])
	if err != nil {
		return nil, false
	}
	return &Error{Code: "22001", Message: fmt.Sprintf("value too long for type character(%d)", limit)}, true
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
