package parse

import (
	"strings"
)

// secrets are the words that a secret follows: CREATE USER … PASSWORD '…', COPY … CREDENTIALS AS '…', ACCESS_KEY_ID '…'.
var secrets = map[string]bool{
	"password": true, "credentials": true, "access_key_id": true, "secret_access_key": true, "session_token": true, "master_symmetric_key": true,
}

// Redacted is the text of statements with '***' in the place of each string that follows a word for a secret, as Redshift's own logs show it. What
// cannot be cut into words is shown as '***' from there on. Strings end where they do for Parse.
func Redacted(sql string) string {
	var out strings.Builder
	for rest := sql; rest != ""; {
		tokens, following, err := lex(rest)
		if err != nil {
			out.WriteString("***")
			break
		}
		out.WriteString(redactedStatement(rest[:len(rest)-len(following)], tokens))
		rest = following
	}
	return out.String()
}

func redactedStatement(text string, tokens []Token) string {
	var out strings.Builder
	at := 0
	follows := false
	for _, token := range tokens {
		switch {
		case token.Kind == Identifier && secrets[token.Text]:
			follows = true
		case token.Kind == StringToken && follows:
			out.WriteString(text[at:token.start] + "'***'")
			at, follows = token.end, false
		case token.is("as") || token.isOp("=") || token.isOp("("):
		default:
			follows = false
		}
	}
	return out.String() + text[at:]
}
