// Package sqlstate holds how SQL is refused: the errors that tell a client what is wrong with its statement, and their
// SQLSTATEs. It refuses to know what is refused.
package sqlstate

import "fmt"

// SQLSTATEs of what is refused before the engine sees it, by their names in PostgreSQL.
const (
	Syntax                 = "42601"
	FeatureNotSupported    = "0A000"
	TooComplex             = "54001"
	InvalidParameter       = "22023"
	InvalidTableDefinition = "42P16"
	UndefinedTable         = "42P01"
	UndefinedFunction      = "42883"
	WrongObjectType        = "42809"
	UndefinedSchema        = "3F000"
	UndefinedColumn        = "42703"
	UndefinedObject        = "42704"
	DuplicateObject        = "42710"
	DependentObjects       = "2BP01"
	ReadOnlyTransaction    = "25006"
	InsufficientPrivilege  = "42501"
	InvalidEncoding        = "22021"
	ProgramLimit           = "54000"
	TooManyColumns         = "54011"
	SerializationFailure   = "40001"
)

// SyntaxError is a statement that does not parse.
type SyntaxError struct {
	Message  string
	Position int    // 1-based, in characters of the text given to Parse
	Near     string // the offending token as written, empty at the end of the input
}

func (e *SyntaxError) Error() string { return e.Message }

// SQLState is the error's SQLSTATE.
func (e *SyntaxError) SQLState() string { return Syntax }

// Error is a statement that parses but is refused.
type Error struct {
	Code     string // SQLSTATE
	Message  string
	Position int // 1-based, in characters; 0 when no one place is to blame
}

func (e *Error) Error() string { return e.Message }

// SQLState is the error's SQLSTATE.
func (e *Error) SQLState() string { return e.Code }

// Unsupported refuses what Redshift has and slipher does not offer.
func Unsupported(pos int, format string, args ...any) *Error {
	return &Error{Code: FeatureNotSupported, Message: fmt.Sprintf(format, args...), Position: pos}
}

// NoRelation refuses the name of a relation that is not there.
func NoRelation(name string) *Error {
	return &Error{Code: UndefinedTable, Message: fmt.Sprintf("relation %q does not exist", name)}
}

// NoSchema refuses the name of a schema that is not there.
func NoSchema(name string) *Error {
	return &Error{Code: UndefinedSchema, Message: fmt.Sprintf("schema %q does not exist", name)}
}

// CrossDatabase refuses a name in another database.
func CrossDatabase(name string) *Error {
	return &Error{Code: FeatureNotSupported, Message: `cross-database references are not supported: "` + name + `"`}
}
