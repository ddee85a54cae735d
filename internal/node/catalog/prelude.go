package catalog

import (
	"embed"
	"fmt"
	"strings"

	"slipher/internal/engine"
)

// DefaultSearchPath is where unqualified names are looked up unless a session sets its search_path.
var DefaultSearchPath = []string{"public"}

//go:embed prelude/*.sql
var preludes embed.FS

// Prelude returns the statements that make Redshift's catalogue and functions of the engine's own.
func Prelude(database, adminUser string) ([]string, error) {
	statements := []string{
		fmt.Sprintf("CREATE SCHEMA %s.%s", engine.Helpers, OwnSchema), // on no search path
		fmt.Sprintf("CREATE TABLE %s.%s.admin AS SELECT '%s' AS name, now() AS started", engine.Helpers, OwnSchema, strings.ReplaceAll(adminUser, "'", "''")),
	}
	for _, file := range []string{"storage", "users", "catalog", "clients", "functions"} {
		text, err := preludes.ReadFile("prelude/" + file + ".sql")
		if err != nil {
			return nil, fmt.Errorf("read the %s prelude: %w", file, err)
		}
		statements = append(statements, split(string(text), database)...)
	}
	return statements, nil
}

// split cuts a prelude into statements, each of which ends with a semicolon at the end of a line.
func split(text, database string) []string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "--") {
			kept.WriteString(line)
		}
	}
	var statements []string
	for statement := range strings.SplitSeq(strings.ReplaceAll(kept.String(), "{database}", engine.Quote(database)), ";\n") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements
}
