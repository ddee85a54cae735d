package parse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// lexer cuts the text of one statement into tokens. It stops at the semicolon that ends the statement.
type lexer struct {
	sql     string
	at      int // byte offset
	counted int // byte offset up to which chars counts
	chars   int
	tokens  []Token
}

// lex returns the tokens of the first statement, the last being EndOfInput, and the text behind its semicolon.
func lex(sql string) (tokens []Token, rest string, err error) {
	l := lexer{sql: sql, tokens: make([]Token, 0, 8+min(len(sql)/4, 4096))}
	for {
		if err := l.skipBlank(); err != nil {
			return nil, "", err
		}
		if l.at >= len(sql) || sql[l.at] == ';' {
			break
		}
		token, err := l.next()
		if err != nil {
			return nil, "", err
		}
		l.tokens = append(l.tokens, token)
	}
	l.tokens = append(l.tokens, Token{Kind: EndOfInput, Pos: l.position(l.at), start: l.at, end: l.at})
	return l.tokens, sql[min(l.at+1, len(sql)):], nil
}

// position is the 1-based character position of a byte offset. Offsets only grow, so the text is counted once.
func (l *lexer) position(offset int) int {
	l.chars += utf8.RuneCountInString(l.sql[l.counted:offset])
	l.counted = offset
	return l.chars + 1
}

func (l *lexer) fail(message string, start, end int) error {
	near := l.sql[start:end]
	return &sqlstate.SyntaxError{Message: message + ` at or near "` + near + `"`, Position: l.position(start), Near: near}
}

func (l *lexer) byteAt(offset int) byte {
	if offset < len(l.sql) {
		return l.sql[offset]
	}
	return 0
}

// skipBlank passes over white space and comments; block comments nest.
func (l *lexer) skipBlank() error {
	for l.at < len(l.sql) {
		switch c := l.sql[l.at]; {
		case c == ' ' || '\t' <= c && c <= '\r':
			l.at++
		case c == '-' && l.byteAt(l.at+1) == '-':
			l.skipLine()
		case c == '/' && l.byteAt(l.at+1) == '*':
			if err := l.skipBlock(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) skipLine() {
	if end := strings.IndexAny(l.sql[l.at:], "\r\n"); end >= 0 {
		l.at += end
		return
	}
	l.at = len(l.sql)
}

func (l *lexer) skipBlock() error {
	start, depth := l.at, 0
	for l.at < len(l.sql) {
		switch {
		case strings.HasPrefix(l.sql[l.at:], "/*"):
			depth++
			l.at += 2
		case strings.HasPrefix(l.sql[l.at:], "*/"):
			depth--
			l.at += 2
			if depth == 0 {
				return nil
			}
		default:
			l.at++
		}
	}
	return l.fail("unterminated /* comment", start, len(l.sql))
}

func (l *lexer) next() (Token, error) {
	c, following := l.sql[l.at], l.byteAt(l.at+1)
	switch {
	case strings.IndexByte("eEnN", c) >= 0 && following == '\'':
		return l.quoted(1)
	case c == '\'':
		return l.quoted(0)
	case beginsName(c), c == '#' && beginsName(following): // #name is a temporary table
		return l.name(), nil
	case c == '"':
		return l.quotedName()
	case isDigit(c), c == '.' && isDigit(following):
		return l.number(), nil
	case c == '$':
		return l.dollar()
	default:
		return l.operator()
	}
}

func (l *lexer) token(kind TokenKind, text string, start int) Token {
	return Token{Kind: kind, Text: text, Pos: l.position(start), start: start, end: l.at}
}

// text is a token whose value may be any text, except that no text of PostgreSQL's holds a zero byte.
func (l *lexer) text(kind TokenKind, value string, start int) (Token, error) {
	if strings.IndexByte(value, 0) >= 0 {
		return Token{}, l.fail("invalid byte sequence for encoding \"UTF8\": 0x00", start, l.at)
	}
	return l.token(kind, value, start), nil
}

func (l *lexer) name() Token {
	start := l.at
	l.at++
	for l.at < len(l.sql) && continuesName(l.sql[l.at]) {
		l.at++
	}
	return l.token(Identifier, keyword.Fold(l.sql[start:l.at]), start)
}

func (l *lexer) quotedName() (Token, error) {
	start := l.at
	value, ok := l.delimited('"', false)
	if !ok {
		return Token{}, l.fail("unterminated quoted identifier", start, len(l.sql))
	}
	if value == "" {
		return Token{}, l.fail("zero-length delimited identifier", start, l.at)
	}
	return l.text(QuotedIdent, value, start)
}

// quoted reads a string that has prefix bytes before its opening quote. Strings that only a line break separates
// are one string. A backslash escapes what follows it, with an E before the string and without: clients are told so by
// standard_conforming_strings=off.
func (l *lexer) quoted(prefix int) (Token, error) {
	start := l.at
	l.at += prefix
	value, ok := l.delimited('\'', true)
	for ok {
		end, counted, chars := l.at, l.counted, l.chars
		if err := l.skipBlank(); err != nil || l.byteAt(l.at) != '\'' || !strings.ContainsAny(l.sql[end:l.at], "\r\n") {
			l.at, l.counted, l.chars = end, counted, chars
			break
		}
		var more string
		more, ok = l.delimited('\'', true)
		value += more
	}
	if !ok {
		return Token{}, l.fail("unterminated quoted string", start, len(l.sql))
	}
	return l.text(StringToken, value, start)
}

// delimited reads from the opening quote past the closing one and undoes doubled quotes and, where asked, escapes.
func (l *lexer) delimited(quote byte, escapes bool) (value string, ok bool) {
	begin := l.at + 1
	var decoded []byte
	for i := begin; i < len(l.sql); {
		switch c := l.sql[i]; {
		case c == quote && l.byteAt(i+1) == quote:
			decoded = append(append(decoded, l.sql[begin:i]...), quote)
			i += 2
			begin = i
		case c == quote:
			l.at = i + 1
			if decoded == nil {
				return l.sql[begin:i], true
			}
			return string(append(decoded, l.sql[begin:i]...)), true
		case c == '\\' && escapes && i+1 < len(l.sql):
			decoded = append(decoded, l.sql[begin:i]...)
			var size int
			decoded, size = unescape(decoded, l.sql[i+1:])
			i += 1 + size
			begin = i
		default:
			i++
		}
	}
	l.at = len(l.sql)
	return "", false
}

// unescape appends what the escape at the start of text (its backslash gone) stands for, and tells how long it is.
func unescape(decoded []byte, text string) ([]byte, int) {
	switch c := text[0]; {
	case c == 'b':
		return append(decoded, '\b'), 1
	case c == 'f':
		return append(decoded, '\f'), 1
	case c == 'n':
		return append(decoded, '\n'), 1
	case c == 'r':
		return append(decoded, '\r'), 1
	case c == 't':
		return append(decoded, '\t'), 1
	case '0' <= c && c <= '7':
		value, size := digits(text, 3, 8)
		return append(decoded, byte(value)), size
	case c == 'x' || c == 'u' || c == 'U':
		width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		value, size := digits(text[1:], width, 16)
		switch {
		case size == 0 || c != 'x' && size < width:
			return append(decoded, c), 1
		case c == 'x':
			return append(decoded, byte(value)), 1 + size
		}
		return utf8.AppendRune(decoded, rune(value)), 1 + size
	}
	return append(decoded, text[0]), 1
}

// digits reads at most limit digits of a base.
func digits(text string, limit, base int) (value uint64, size int) {
	for size < limit && size < len(text) {
		if _, err := strconv.ParseUint(text[size:size+1], base, 8); err != nil {
			break
		}
		size++
	}
	value, _ = strconv.ParseUint(text[:size], base, 64)
	return value, size
}

func (l *lexer) number() Token {
	start := l.at
	l.skipDigits()
	if l.byteAt(l.at) == '.' {
		l.at++
		l.skipDigits()
	}
	if c := l.byteAt(l.at); c == 'e' || c == 'E' {
		exponent := l.at + 1
		if sign := l.byteAt(exponent); sign == '+' || sign == '-' {
			exponent++
		}
		if isDigit(l.byteAt(exponent)) {
			l.at = exponent
			l.skipDigits()
		}
	}
	return l.token(NumberToken, l.sql[start:l.at], start)
}

func (l *lexer) skipDigits() {
	for isDigit(l.byteAt(l.at)) {
		l.at++
	}
}

// dollar reads a parameter ($1) or a dollar-quoted string ($tag$ … $tag$).
func (l *lexer) dollar() (Token, error) {
	start := l.at
	l.at++
	if isDigit(l.byteAt(l.at)) {
		l.skipDigits()
		number, err := strconv.Atoi(l.sql[start+1 : l.at])
		if err != nil || number < 1 || number > 65535 {
			return Token{}, l.fail("parameter number out of range", start, l.at)
		}
		return l.token(ParamToken, "$"+strconv.Itoa(number), start), nil
	}
	for l.at < len(l.sql) && l.sql[l.at] != '$' && continuesName(l.sql[l.at]) {
		l.at++
	}
	if l.byteAt(l.at) != '$' {
		return Token{}, l.fail("syntax error", start, l.at)
	}
	l.at++
	tag := l.sql[start:l.at]
	length := strings.Index(l.sql[l.at:], tag)
	if length < 0 {
		return Token{}, l.fail("unterminated dollar-quoted string", start, len(l.sql))
	}
	value := l.sql[l.at : l.at+length]
	l.at += length + len(tag)
	return l.text(StringToken, value, start)
}

const operatorChars = "+-*/<>=~!@#%^&|`?"

// operator reads punctuation, or the longest run of operator characters that PostgreSQL's rules take for one
// operator: it ends before a comment, and ends in + or - only if it holds a character that standard SQL has no use for.
func (l *lexer) operator() (Token, error) {
	start := l.at
	switch c := l.sql[l.at]; {
	case strings.IndexByte("(),[].", c) >= 0:
		l.at++
		return l.token(Operator, l.sql[start:l.at], start), nil
	case c == ':':
		l.at++
		if following := l.byteAt(l.at); following == ':' || following == '=' {
			l.at++
		}
		return l.token(Operator, l.sql[start:l.at], start), nil
	case strings.IndexByte(operatorChars, c) < 0:
		l.at++
		return Token{}, l.fail("syntax error", start, l.at)
	}
	for l.at < len(l.sql) && strings.IndexByte(operatorChars, l.sql[l.at]) >= 0 && !l.atComment() {
		l.at++
	}
	for l.at-start > 1 && strings.IndexByte("+-", l.sql[l.at-1]) >= 0 && !strings.ContainsAny(l.sql[start:l.at], "~!@#%^&|`?") {
		l.at--
	}
	text := l.sql[start:l.at]
	if text == "!=" {
		text = "<>"
	}
	return l.token(Operator, text, start), nil
}

func (l *lexer) atComment() bool {
	following := l.byteAt(l.at + 1)
	return l.sql[l.at] == '-' && following == '-' || l.sql[l.at] == '/' && following == '*'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// beginsName takes every byte outside ASCII for a letter, as PostgreSQL does.
func beginsName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

func continuesName(c byte) bool { return beginsName(c) || isDigit(c) || c == '$' }
