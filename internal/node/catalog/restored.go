package catalog

import (
	"context"
	"fmt"
	"slices"

	"slipher/internal/engine"
)

// CopyTable copies rows and what the catalogue keeps of the table, in one transaction.
func CopyTable(ctx context.Context, database *engine.Database, guest *engine.Guest, from, to engine.TableName) (rows int64, err error) {
	session, err := database.Session(ctx)
	if err != nil {
		return 0, err
	}
	defer session.Close()
	if err := session.Begin(ctx); err != nil {
		return 0, err
	}
	if err := refuseInterleaved(ctx, guest, from); err != nil {
		return 0, err
	}
	if rows, err = session.CopyTable(ctx, guest, from, to); err != nil {
		return 0, err
	}
	if err := copyCatalogue(ctx, session, guest, from, to); err != nil {
		return 0, err
	}
	if err := enterRestored(ctx, session, to); err != nil {
		return 0, err
	}
	return rows, session.Commit(ctx)
}

// refuseInterleaved does as Redshift does.
func refuseInterleaved(ctx context.Context, guest *engine.Guest, from engine.TableName) error {
	styles, err := guest.Texts(ctx, "SELECT sortstyle FROM "+engine.GuestCatalog+"."+Schema+".tables WHERE schema_name = $1 AND table_name = $2", from)
	if err != nil || !slices.Contains(styles, "interleaved") {
		return err
	}
	return &engine.Error{Code: "0A000", Message: fmt.Sprintf("the table %q has an interleaved sort key and cannot be restored by itself: restore the snapshot to a new cluster", from.Table)}
}

// copyCatalogue brings the snapshot's catalogue in beside the database's own for as long as the transaction lasts. An identity is left out, as its sequence is.
func copyCatalogue(ctx context.Context, session *engine.Session, guest *engine.Guest, from, to engine.TableName) error {
	for table, columns := range map[string]string{
		"tables":  "diststyle, sortstyle",
		"columns": "column_name, declared, length, encoding, distkey, sortkey, NULL, NULL",
	} {
		incoming := engine.TableName{Schema: Schema, Table: "incoming " + table}
		if _, err := session.CopyTable(ctx, guest, engine.TableName{Schema: Schema, Table: table}, incoming); err != nil {
			return err
		}
		name := Schema + "." + engine.Quote(incoming.Table)
		for _, statement := range []string{
			fmt.Sprintf("INSERT INTO %s.%s SELECT %s, %s, %s FROM %s WHERE schema_name = %s AND table_name = %s", Schema, table,
				engine.QuoteText(to.Schema), engine.QuoteText(to.Table), columns, name, engine.QuoteText(from.Schema), engine.QuoteText(from.Table)),
			"DROP TABLE " + name,
		} {
			if err := session.Exec(ctx, statement); err != nil {
				return err
			}
		}
	}
	return nil
}

// enterRestored makes the table the admin user's.
func enterRestored(ctx context.Context, session *engine.Session, table engine.TableName) error {
	name := engine.QuoteText(table.Schema) + ", " + engine.QuoteText(table.Table)
	for _, statement := range []string{
		fmt.Sprintf("DELETE FROM %s.grants WHERE (schema_name, name) = (%s)", Schema, name),
		fmt.Sprintf("DELETE FROM %s.objects WHERE (schema_name, name) = (%s)", Schema, name),
		fmt.Sprintf("INSERT INTO %s.objects VALUES (%s, 'table', %d, false)", Schema, name, AdminID),
	} {
		if err := session.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
