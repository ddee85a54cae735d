package catalog

import (
	"context"
	"slices"
	"strings"

	"slipher/internal/engine"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// Find finds what a name means, in the order in which the engine looks: temporary tables, the schemas of the search path, the system's own.
func (cat *Catalog) Find(ctx context.Context, r *Rights, name ast.Name) (print.Place, error) {
	if len(name) > 2 {
		return print.Place{}, sqlstate.CrossDatabase(strings.Join(name, "."))
	}
	if len(name) == 1 {
		if found := cat.temporary(ctx, name.Last()); found != nil {
			return print.Place{Kind: print.Temporary, Name: found}, nil
		}
	}
	relations, err := r.relations(ctx, name.Last())
	if err != nil {
		return print.Place{}, err
	}
	for _, schema := range cat.lookedIn(name) {
		for _, o := range relations {
			if SameName(o.Schema, schema) && SameName(o.name, name.Last()) {
				return print.Place{Kind: print.Stored, Object: o.Planned(), Name: ast.Name{o.Schema, o.name}}, nil
			}
		}
	}
	if full, known := systemRelation(name); known {
		return print.Place{Kind: print.System, Name: full}, nil
	}
	return print.Place{}, nil
}

// lookedIn are the schemas in which a name is looked for.
func (cat *Catalog) lookedIn(name ast.Name) []string {
	if schema := name.Schema(); schema != "" {
		return []string{schema}
	}
	return cat.Path
}

// temporary is the full name of the session's temporary table; nil where there is none.
func (cat *Catalog) temporary(ctx context.Context, name string) ast.Name {
	if !cat.Temporaries {
		return nil
	}
	full := ast.Name{"temp", "main", name}
	statement, err := cat.engine.Prepare(ctx, "SELECT 1 FROM "+TableName(full))
	if err != nil {
		return nil
	}
	statement.Close()
	return full
}

// IsTemporary tells whether a name means a temporary table.
func (cat *Catalog) IsTemporary(ctx context.Context, name ast.Name) bool {
	return name.Schema() == "main" && name[0] == "temp" || len(name) == 1 && cat.temporary(ctx, name.Last()) != nil
}

// SameName compares as the engine does, which tells only letters beyond ASCII apart by their case.
func SameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerASCII(a[i]) != lowerASCII(b[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// TableName is a table's name for the engine.
func TableName(name ast.Name) string {
	parts := slices.Clone(name)
	for i := range parts {
		parts[i] = engine.Quote(parts[i])
	}
	return strings.Join(parts, ".")
}

// Exists says whether a name means a table or view.
func (cat *Catalog) Exists(ctx context.Context, name ast.Name) (bool, error) {
	schema, table := cat.located(name)
	rows, err := cat.Rows(ctx, `SELECT 1 FROM duckdb_tables() WHERE table_name = $2 AND (schema_name = $1 AND database_name = current_database() OR database_name = 'temp')
		UNION ALL SELECT 1 FROM duckdb_views() WHERE view_name = $2 AND schema_name = $1 AND database_name = current_database()`, schema, table)
	return len(rows) > 0, err
}

// located is the schema and the name that a table's name stands for.
func (cat *Catalog) located(name ast.Name) (schema, table string) {
	if schema = name.Schema(); schema == "" {
		schema = cat.CurrentSchema()
	}
	return schema, name.Last()
}

// CurrentSchema is where new tables go: the first schema of the search path; empty where none of it exists.
func (cat *Catalog) CurrentSchema() string {
	if len(cat.Path) == 0 {
		return ""
	}
	return cat.Path[0]
}
