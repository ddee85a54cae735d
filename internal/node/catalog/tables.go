package catalog

import (
	"context"
	"slices"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
)

// Schema holds the catalogue; see prelude/storage.sql.
const Schema = "slipher_catalog"

// OwnSchema holds what the views that everybody may read stand on; see prelude/catalog.sql.
const OwnSchema = "slipher_own"

// KeepTables keeps what Redshift says of tables and the engine has no notion of: distribution and sort keys, encodings, declared types. It lives
// in the database file (prelude/storage.sql) and is changed in the transaction that changes the table.
func (cat *Catalog) KeepTables(ctx context.Context, kept print.Keeps) error {
	switch {
	case kept.Table != nil && !kept.Table.Temp:
		return cat.catalogueTable(ctx, kept.Table)
	case kept.Alter != nil:
		return cat.catalogueAlter(ctx, kept.Alter)
	case kept.View != nil:
		return cat.keepView(ctx, kept.View)
	case kept.Drop != nil:
		return cat.catalogueDrop(ctx)
	}
	return nil
}

func (cat *Catalog) catalogueTable(ctx context.Context, table *print.Table) error {
	schema, name := cat.located(table.Name)
	if err := cat.forgetTable(ctx, schema, name); err != nil {
		return err
	}
	if table.Like != nil {
		return cat.catalogueLike(ctx, table, schema, name)
	}
	if _, err := cat.Change(ctx, "INSERT INTO slipher_catalog.tables VALUES ($1, $2, $3, $4)", schema, name, distStyle(table), table.SortStyle); err != nil {
		return err
	}
	for _, column := range cat.declared(table) {
		if err := cat.catalogueColumn(ctx, schema, name, column, sortPosition(table, column.Name)); err != nil {
			return err
		}
	}
	return cat.keepKeys(ctx, schema, name, table.Keys)
}

// declared are the columns that something is to be kept of; CREATE TABLE AS declares its keys only.
func (cat *Catalog) declared(table *print.Table) []print.TableColumn {
	columns := slices.Clone(table.Columns)
	for _, key := range append(slices.Clone(table.SortKeys), table.DistKey) {
		if key != "" && !slices.ContainsFunc(columns, func(c print.TableColumn) bool { return c.Name == key }) {
			columns = append(columns, print.TableColumn{Name: key, DistKey: key == table.DistKey})
		}
	}
	return columns
}

func (cat *Catalog) catalogueColumn(ctx context.Context, schema, table string, column print.TableColumn, sortKey int32) error {
	var declared, length, identity, sequence any
	if column.Type.Name != "" {
		declared = column.Type.Formal()
	}
	if column.Length > 0 {
		length = int32(column.Length)
	}
	if column.Identity != nil {
		identity, sequence = "always", TableName(column.Sequence)
		if column.Identity.ByDefault {
			identity = "default"
		}
	}
	_, err := cat.Change(ctx, "INSERT INTO slipher_catalog.columns VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		schema, table, column.Name, declared, length, encoding(column), column.DistKey, sortKey, identity, sequence, column.IsChar())
	return err
}

// encoding is the one that was asked for, or what Redshift chooses for the type.
func encoding(column print.TableColumn) any {
	switch {
	case column.Encode != "":
		return column.Encode
	case column.Type.Name == "" || column.SortKey:
		return "none"
	}
	switch column.Type.Name {
	case "smallint", "integer", "bigint", "numeric", "date", "timestamp", "timestamptz", "time", "timetz":
		return "az64"
	case "boolean", "real", "double precision", "super":
		return "none"
	}
	return "lzo"
}

func distStyle(table *print.Table) string {
	switch table.DistStyle {
	case "key":
		return "KEY(" + table.DistKey + ")"
	case "even":
		return "EVEN"
	case "all":
		return "ALL"
	}
	return "AUTO(ALL)"
}

// sortPosition numbers the sort keys from 1; those of an interleaved key alternate in sign.
func sortPosition(table *print.Table, column string) int32 {
	at := int32(slices.Index(table.SortKeys, column) + 1)
	if table.SortStyle == "interleaved" && at%2 == 0 {
		return -at
	}
	return at
}

// catalogueLike copies what is kept of the table that LIKE names.
func (cat *Catalog) catalogueLike(ctx context.Context, table *print.Table, schema, name string) error {
	fromSchema, from := cat.located(table.Like)
	if _, err := cat.Change(ctx, "INSERT INTO slipher_catalog.tables SELECT $1, $2, diststyle, sortstyle FROM slipher_catalog.tables WHERE schema_name = $3 AND table_name = $4",
		schema, name, fromSchema, from); err != nil {
		return err
	}
	_, err := cat.Change(ctx, `INSERT INTO slipher_catalog.columns SELECT $1, $2, column_name, declared, length, encoding, distkey, sortkey, NULL, NULL, declared LIKE 'character(%'
		FROM slipher_catalog.columns WHERE schema_name = $3 AND table_name = $4`, schema, name, fromSchema, from)
	return err
}

func (cat *Catalog) forgetTable(ctx context.Context, schema, name string) error {
	for _, table := range []string{"tables", "columns", "keys"} {
		if _, err := cat.Change(ctx, "DELETE FROM slipher_catalog."+table+" WHERE schema_name = $1 AND table_name = $2", schema, name); err != nil {
			return err
		}
	}
	return nil
}

// catalogueDrop forgets every table that is not there any more, also those that a CASCADE took along, and drops the sequences behind their
// identity columns.
func (cat *Catalog) catalogueDrop(ctx context.Context) error {
	const gone = ` c WHERE NOT EXISTS (SELECT 1 FROM duckdb_tables() t
		WHERE t.database_name = current_database() AND t.schema_name = c.schema_name AND t.table_name = c.table_name)`
	sequences, err := cat.Rows(ctx, "SELECT sequence FROM slipher_catalog.columns"+gone+" AND sequence IS NOT NULL")
	if err != nil {
		return err
	}
	for _, row := range sequences {
		if _, err := cat.Change(ctx, "DROP SEQUENCE IF EXISTS "+row[0].(string)); err != nil {
			return err
		}
	}
	if err := cat.forgetViews(ctx); err != nil {
		return err
	}
	const andNoView = ` AND NOT EXISTS (SELECT 1 FROM slipher_catalog.views v WHERE v.schema_name = c.schema_name AND v.view_name = c.table_name)`
	for _, table := range []string{"tables", "columns"} {
		if _, err := cat.Change(ctx, "DELETE FROM slipher_catalog."+table+gone+andNoView); err != nil {
			return err
		}
	}
	return cat.forgetKeys(ctx)
}

func (cat *Catalog) catalogueAlter(ctx context.Context, a *print.Alter) error {
	schema, table := cat.located(a.Table)
	update := func(sql string, args ...any) error {
		_, err := cat.Change(ctx, sql+" WHERE schema_name = $1 AND table_name = $2", append([]any{schema, table}, args...)...)
		return err
	}
	switch a.Do {
	case ast.AddColumn:
		return cat.catalogueColumn(ctx, schema, table, *a.Column, 0)
	case ast.DropColumn:
		_, err := cat.Change(ctx, "DELETE FROM slipher_catalog.columns WHERE schema_name = $1 AND table_name = $2 AND column_name = $3", schema, table, a.Name)
		return err
	case ast.AddConstraint:
		return cat.keepKey(ctx, schema, table, a.Key)
	case ast.DropConstraint:
		return cat.dropKey(ctx, schema, table, a.Name)
	case ast.RenameColumn:
		if err := cat.renameInKeys(ctx, schema, table, a.Name, a.NewName); err != nil {
			return err
		}
		return update("UPDATE slipher_catalog.columns SET column_name = CASE column_name WHEN $3 THEN $4 ELSE column_name END", a.Name, a.NewName)
	case ast.RenameTable:
		if err := cat.renameInKeys(ctx, schema, table, "", a.NewName); err != nil {
			return err
		}
		if err := update("UPDATE slipher_catalog.tables SET table_name = $3", a.NewName); err != nil {
			return err
		}
		return update("UPDATE slipher_catalog.columns SET table_name = $3", a.NewName)
	case ast.ChangeEncode:
		return update("UPDATE slipher_catalog.columns SET encoding = CASE column_name WHEN $3 THEN $4 ELSE encoding END", a.Name, a.Encode)
	case ast.ChangeSortKey:
		return cat.changeSortKey(ctx, schema, table, &print.Table{SortStyle: a.Attributes.SortStyle, SortKeys: a.Attributes.SortKeys})
	case ast.ChangeDistribution:
		style := &print.Table{DistStyle: a.Attributes.DistStyle, DistKey: a.Attributes.DistKey}
		if style.DistKey != "" {
			style.DistStyle = "key"
		}
		if err := update("UPDATE slipher_catalog.tables SET diststyle = $3", distStyle(style)); err != nil {
			return err
		}
		return update("UPDATE slipher_catalog.columns SET distkey = column_name = $3", style.DistKey)
	}
	return nil
}

func (cat *Catalog) changeSortKey(ctx context.Context, schema, table string, keys *print.Table) error {
	if _, err := cat.Change(ctx, "UPDATE slipher_catalog.columns SET sortkey = 0 WHERE schema_name = $1 AND table_name = $2", schema, table); err != nil {
		return err
	}
	for _, key := range keys.SortKeys {
		if _, err := cat.Change(ctx, "UPDATE slipher_catalog.columns SET sortkey = $4 WHERE schema_name = $1 AND table_name = $2 AND column_name = $3",
			schema, table, key, sortPosition(keys, key)); err != nil {
			return err
		}
	}
	return nil
}
