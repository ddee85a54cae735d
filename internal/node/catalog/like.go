package catalog

import (
	"context"

	"slipher/internal/sql/print"
	"slipher/internal/sql/types"
)

// CreateLike makes a table with the columns of another: with their types, lengths and NOT NULL, and where it is asked for with their
// defaults. Keys and identities stay behind.
func (cat *Catalog) CreateLike(ctx context.Context, table *print.Table) error {
	columns, err := cat.likeColumns(ctx, table)
	if err != nil {
		return err
	}
	_, err = cat.Change(ctx, table.Runs(columns))
	return err
}

func (cat *Catalog) likeColumns(ctx context.Context, table *print.Table) (columns []print.LikeColumn, err error) {
	schema, name := cat.located(table.Like)
	database := cat.database
	if len(table.Like) == 3 {
		database = table.Like[0]
	}
	rows, err := cat.Rows(ctx, `SELECT c.column_name, c.data_type, coalesce(c.column_default, ''), NOT c.is_nullable, a.declared, a.length, a.identity IS NOT NULL
		FROM duckdb_columns() c LEFT JOIN slipher_catalog.columns a ON a.schema_name = c.schema_name AND a.table_name = c.table_name AND a.column_name = c.column_name
		WHERE c.database_name = $1 AND c.schema_name = $2 AND c.table_name = $3 ORDER BY c.column_index`, database, schema, name)
	for _, row := range rows {
		column := print.LikeColumn{Name: row[0].(string), Type: row[1].(string), NotNull: row[3].(bool)}
		if table.LikeDefaults && row[6] == false {
			column.Default = row[2].(string)
		}
		if declared := declaredType(types.Type{Kind: types.Varchar}, row[4], row[5]); declared.Length > 0 {
			column.Declared = declared.Named()
		}
		columns = append(columns, column)
	}
	return columns, err
}
