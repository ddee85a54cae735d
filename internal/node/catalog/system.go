package catalog

import (
	"regexp"
	"strings"

	"slipher/internal/engine"
	"slipher/internal/sql/ast"
)

// ownViews are the views of the prelude that everybody may read, by the names that the prelude gives them.
var ownViews = func() map[string]bool {
	views := map[string]bool{}
	for _, file := range []string{"catalog", "clients", "functions"} {
		text, err := preludes.ReadFile("prelude/" + file + ".sql")
		if err != nil {
			panic(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^CREATE VIEW slipher\.main\.(\w+) AS`).FindAllStringSubmatch(string(text), -1) {
			views[found[1]] = true
		}
	}
	return views
}()

// engineViews are those of the engine that everybody may read.
var engineViews = map[string]bool{
	"information_schema.character_sets": true,
}

// systemRelation is the full name of one of the system's own views.
func systemRelation(name ast.Name) (full ast.Name, known bool) {
	last := strings.ToLower(name.Last())
	switch schema := strings.ToLower(name.Schema()); schema {
	case "information_schema":
		if ownViews["information_schema_"+last] {
			return ast.Name{engine.Helpers, "main", "information_schema_" + last}, true
		}
		return ast.Name{"system", schema, last}, engineViews[schema+"."+last]
	case "", "pg_catalog":
		if ownViews[last] {
			return ast.Name{engine.Helpers, "main", last}, true
		}
		return ast.Name{"system", "pg_catalog", last}, engineViews["pg_catalog."+last]
	}
	return nil, false
}

// SystemName is what the engine calls a relation of the system's that is named in full: a view of the prelude is found by its own name, before
// the engine's view of that name, which shows too little, and shows what users should not see.
func SystemName(name ast.Name) ast.Name {
	if full := "information_schema_" + name.Last(); name.Schema() == "information_schema" && ownViews[full] {
		return ast.Name{engine.Helpers, "main", full}
	}
	if name.Schema() == "pg_catalog" {
		return ast.Name{name.Last()}
	}
	return name
}
