package parse

import (
	"slipher/internal/sql/ast"
)

// Name cuts the text of a name into its parts and folds those that are not quoted.
func Name(text string) ast.Name {
	tokens, _, err := lex(text)
	if err != nil {
		return ast.Name{text}
	}
	var name ast.Name
	for _, token := range tokens {
		if token.isLabel() {
			name = append(name, token.Text)
		}
	}
	if name == nil {
		return ast.Name{text}
	}
	return name
}
