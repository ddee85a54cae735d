package parse

import (
	"slipher/internal/sql/keyword"
)

// clauseWords begin what follows a table or a select item, so they are no alias unless AS goes before them.
var clauseWords = keyword.Words(`set window values fetch returning`)

// TokenKind tells tokens apart.
type TokenKind uint8

// The kinds of tokens. Space and comments make none.
const (
	EndOfInput  TokenKind = iota
	Identifier            // folded to lower case; keywords are identifiers too
	QuotedIdent           // "As It Is"; never a keyword
	StringToken           // Text is the value, quotes and escapes undone
	NumberToken
	ParamToken // $1: Text is "$1"
	Operator   // operators and punctuation
)

// Token is one word of a statement.
type Token struct {
	Kind       TokenKind
	Text       string
	Pos        int // 1-based, in characters
	start, end int // in bytes
}

func (t Token) is(word string) bool { return t.Kind == Identifier && t.Text == word }
func (t Token) isOp(op string) bool { return t.Kind == Operator && t.Text == op }

// isName reports whether the token may name a column, a table or an alias as it stands.
func (t Token) isName() bool {
	return t.Kind == QuotedIdent || t.Kind == Identifier && !keyword.Reserved[t.Text]
}

// isLabel reports whether the token may follow AS or a dot, where even reserved words are names.
func (t Token) isLabel() bool { return t.Kind == QuotedIdent || t.Kind == Identifier }
