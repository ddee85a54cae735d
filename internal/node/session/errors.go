package session

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// clientError is err as pgwire reports it. text is the user's statement, for the position of what the engine points at; it may be empty.
func clientError(err error, text string) error {
	if err == nil {
		return nil
	}
	if syntax, ok := errors.AsType[*sqlstate.SyntaxError](err); ok {
		return &pgwire.Error{Code: syntax.SQLState(), Message: syntax.Message, Position: syntax.Position}
	}
	if refused, ok := errors.AsType[*sqlstate.Error](err); ok {
		return &pgwire.Error{Code: refused.Code, Message: refused.Message, Position: refused.Position}
	}
	failure, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return err
	}
	if violation, ok := print.LengthViolation(failure.Message); ok && strings.HasPrefix(failure.Code, "23") {
		return &pgwire.Error{Code: violation.Code, Message: violation.Message}
	}
	if failure.Code == sqlstate.SerializationFailure {
		return &pgwire.Error{Code: failure.Code, Message: "1023", Detail: "Serializable isolation violation on a table that another transaction has changed"}
	}
	return &pgwire.Error{Code: failure.Code, Message: failure.Message, Position: position(text, failure.Near)}
}

// position finds the word that the engine points at in the statement as the user wrote it. The engine saw the translation, so only a word that
// stands there once tells where it is.
func position(text, near string) int {
	if near == "" {
		return 0
	}
	found := regexp.MustCompile(`(?i)(^|[^\pL\pN_$])(`+regexp.QuoteMeta(near)+`)($|[^\pL\pN_$])`).FindAllStringSubmatchIndex(text, 2)
	if len(found) != 1 {
		return 0
	}
	return 1 + utf8.RuneCountInString(text[:found[0][4]])
}
