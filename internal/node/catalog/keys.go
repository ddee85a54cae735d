package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// keepKeys keeps the keys of a table.
func (cat *Catalog) keepKeys(ctx context.Context, schema, table string, keys []print.Key) error {
	for i := range keys {
		if err := cat.keepKey(ctx, schema, table, &keys[i]); err != nil {
			return err
		}
	}
	return nil
}

func (cat *Catalog) keepKey(ctx context.Context, schema, table string, key *print.Key) error {
	name := key.Name
	if name == "" {
		name = keyName(table, key)
	}
	if err := cat.checkKey(ctx, schema, table, name, key); err != nil {
		return err
	}
	farSchema, farTable, farColumns := "NULL", "NULL", "NULL"
	if key.Kind == "foreign key" {
		schema, name := cat.located(key.Far)
		farSchema, farTable, farColumns = engine.QuoteText(schema), engine.QuoteText(name), listOf(key.FarColumns)
		if key.FarColumns == nil {
			farColumns = "(SELECT max(columns) FROM slipher_catalog.keys WHERE kind = 'primary key' AND schema_name = " + farSchema + " AND table_name = " + farTable + ")"
		}
	}
	_, err := cat.Change(ctx, fmt.Sprintf("INSERT INTO slipher_catalog.keys SELECT $1, $2, $3, $4, %s, %s, %s, %s", listOf(key.Columns), farSchema, farTable, farColumns),
		schema, table, name, key.Kind)
	return err
}

// checkKey refuses a second primary key, and a second key of a name.
func (cat *Catalog) checkKey(ctx context.Context, schema, table, name string, key *print.Key) error {
	rows, err := cat.Rows(ctx, "SELECT name, kind FROM slipher_catalog.keys WHERE schema_name = $1 AND table_name = $2", schema, table)
	if err != nil {
		return err
	}
	for _, row := range rows {
		switch {
		case key.Kind == "primary key" && row[1] == key.Kind:
			return &pgwire.Error{Code: sqlstate.InvalidTableDefinition, Message: fmt.Sprintf("multiple primary keys for table %q are not allowed", table)}
		case key.Name != "" && row[0] == name:
			return &pgwire.Error{Code: sqlstate.DuplicateObject, Message: fmt.Sprintf("constraint %q for relation %q already exists", name, table)}
		}
	}
	return nil
}

// keyName is the name of a key that has none of its own.
func keyName(table string, key *print.Key) string {
	switch key.Kind {
	case "primary key":
		return table + "_pkey"
	case "unique":
		return table + "_" + strings.Join(key.Columns, "_") + "_key"
	}
	return table + "_" + strings.Join(key.Columns, "_") + "_fkey"
}

// listOf is a list of strings in the engine's words.
func listOf(texts []string) string {
	quoted := slices.Clone(texts)
	for i := range quoted {
		quoted[i] = engine.QuoteText(quoted[i])
	}
	return "[" + strings.Join(quoted, ", ") + "]::VARCHAR[]"
}

// dropKey drops one by name. Of a table of an earlier version no keys are known.
func (cat *Catalog) dropKey(ctx context.Context, schema, table, name string) error {
	_, err := cat.Change(ctx, "DELETE FROM slipher_catalog.keys WHERE schema_name = $1 AND table_name = $2 AND name = $3", schema, table, name)
	return err
}

// renameInKeys has the keys follow a table, or a column of it, to its new name.
func (cat *Catalog) renameInKeys(ctx context.Context, schema, table, column, name string) error {
	changes, args := []string{
		"UPDATE slipher_catalog.keys SET table_name = $3 WHERE schema_name = $1 AND table_name = $2",
		"UPDATE slipher_catalog.keys SET far_table = $3 WHERE far_schema = $1 AND far_table = $2",
	}, []any{schema, table, name}
	if column != "" {
		changes, args = []string{
			"UPDATE slipher_catalog.keys SET columns = list_transform(columns, lambda c: CASE c WHEN $4 THEN $3 ELSE c END) WHERE schema_name = $1 AND table_name = $2",
			"UPDATE slipher_catalog.keys SET far_columns = list_transform(far_columns, lambda c: CASE c WHEN $4 THEN $3 ELSE c END) WHERE far_schema = $1 AND far_table = $2",
		}, append(args, column)
	}
	for _, change := range changes {
		if _, err := cat.Change(ctx, change, args...); err != nil {
			return err
		}
	}
	return nil
}

// forgetKeys forgets the keys of tables, and those that point to tables, that are not there any more.
func (cat *Catalog) forgetKeys(ctx context.Context) error {
	const present = "(SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database())"
	_, err := cat.Change(ctx, "DELETE FROM slipher_catalog.keys WHERE (schema_name, table_name) NOT IN "+present+
		" OR far_table IS NOT NULL AND (far_schema, far_table) NOT IN "+present)
	return err
}
