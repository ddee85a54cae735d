package print

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

var jsonFunctions = map[string]rewrite{
	"json_parse":                      templated(1, "CAST({1} AS JSON)"),
	"json_serialize":                  templated(1, "CAST({1} AS VARCHAR)"),
	"can_json_parse":                  renamed("json_valid"),
	"is_valid_json":                   renamed("json_valid"),
	"is_valid_json_array":             templated(1, "(json_valid({1}) AND json_type({1}) = 'ARRAY')"),
	"json_array_length":               templated(1, "CAST(json_array_length({1}) AS INTEGER)", "CAST(json_array_length({1}) AS INTEGER)"),
	"get_array_length":                templated(1, "CAST(json_array_length({1}) AS BIGINT)"),
	"json_extract_path_text":          jsonExtractPathText,
	"json_extract_array_element_text": templated(2, "(CASE WHEN {2} >= 0 THEN json_extract_string({1}, '$[' || {2} || ']') END)"),
	"json_typeof": templated(1, "(CASE json_type({1}) WHEN 'VARCHAR' THEN 'string' WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' "+
		"WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' WHEN 'UBIGINT' THEN 'number' WHEN 'BIGINT' THEN 'number' WHEN 'DOUBLE' THEN 'number' "+
		"WHEN 'HUGEINT' THEN 'number' WHEN 'UHUGEINT' THEN 'number' END)"),
	"is_array":        templated(1, "(json_type({1}) = 'ARRAY')"),
	"is_object":       templated(1, "(json_type({1}) = 'OBJECT')"),
	"is_varchar":      templated(1, "(json_type({1}) = 'VARCHAR')"),
	"is_boolean":      templated(1, "(json_type({1}) = 'BOOLEAN')"),
	"array":           renamed("json_array"),
	"object":          renamed("json_object"),
	"array_concat":    templated(2, "to_json(list_concat(CAST({1} AS JSON[]), CAST({2} AS JSON[])))"),
	"subarray":        templated(2, "to_json(list_slice(CAST({1} AS JSON[]), {2} + 1, NULL))", "to_json(list_slice(CAST({1} AS JSON[]), {2} + 1, {2} + {3}))"),
	"array_to_string": templated(2, "array_to_string(CAST({1} AS VARCHAR[]), {2})"),
	"split_to_array":  templated(1, "to_json(string_split({1}, ','))", "to_json(string_split({1}, {2}))"),
}

// jsonExtractPathText answers NULL for a path that leads nowhere. A last argument that is a boolean asks for NULL instead of an error where the text is not JSON.
func jsonExtractPathText(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) < 2 {
		return nil
	}
	keys := c.Args[1:]
	lenient := false
	if flag, ok := keys[len(keys)-1].(*ast.Boolean); ok {
		lenient, keys = flag.Value, keys[:len(keys)-1]
	}
	path := "$"
	for _, key := range keys {
		text, ok := constant(key)
		if !ok || strings.Contains(text, `"`) {
			t.refuse(sqlstate.Unsupported(c.Pos, "JSON_EXTRACT_PATH_TEXT is supported with constant keys only"))
		}
		path += `."` + text + `"`
	}
	template := "json_extract_string({1}, {2})"
	if lenient {
		template = "(CASE WHEN json_valid({1}) THEN " + template + " END)"
	}
	return t.sql(template, c.Args[0], &ast.String{Value: path})
}
