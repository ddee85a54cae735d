package session

import (
	"encoding/json"
	"fmt"
	"strings"

	"slipher/internal/sql/types"
)

// arrayText is an array of the system's own relations as PostgreSQL writes it: the engine hands lists over as JSON.
func arrayText(list string, t types.Type) string {
	decoder := json.NewDecoder(strings.NewReader(list))
	decoder.UseNumber()
	var elements []any
	if decoder.Decode(&elements) != nil {
		return list
	}
	texts := make([]string, len(elements))
	for i, element := range elements {
		texts[i] = elementText(element)
	}
	if t.Kind == types.SmallintVector || t.Kind == types.OIDVector {
		return strings.Join(texts, " ")
	}
	return "{" + strings.Join(texts, ",") + "}"
}

func elementText(element any) string {
	text, isText := element.(string)
	switch {
	case element == nil:
		return "NULL"
	case !isText:
		return fmt.Sprint(element)
	case text == "" || strings.EqualFold(text, "null") || strings.ContainsAny(text, "{},\"\\ \t\n\r"):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	return text
}
