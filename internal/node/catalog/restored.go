package catalog

import (
	"context"
	"fmt"
	"slices"

	"slipher/internal/engine"
	"slipher/internal/nodeapi"
)

// Copy is one table to copy out of a snapshot.
type Copy struct {
	Request  string // names it: what was committed under this name is not copied again
	From, To engine.TableName
	Fetched  func() int64 // how much of the snapshot was fetched for it, once the rows are there
}

// CopyTable copies rows and what the catalogue keeps of the table, and notes that it did, in one transaction.
func CopyTable(ctx context.Context, database *engine.Database, guest *engine.Guest, table Copy) (copied nodeapi.TableRestored, err error) {
	session, err := database.Session(ctx)
	if err != nil {
		return copied, err
	}
	defer session.Close()
	if err := session.Begin(ctx); err != nil {
		return copied, err
	}
	if err := refuseInterleaved(ctx, guest, table.From); err != nil {
		return copied, err
	}
	if copied.Rows, err = session.CopyTable(ctx, guest, table.From, table.To); err != nil {
		return copied, err
	}
	if err := copyCatalogue(ctx, session, guest, table.From, table.To); err != nil {
		return copied, err
	}
	if err := enterRestored(ctx, session, table.To); err != nil {
		return copied, err
	}
	copied.FetchedBytes = table.Fetched()
	if err := noteCopied(ctx, session, table.Request, copied); err != nil {
		return copied, err
	}
	return copied, session.Commit(ctx)
}

// Copied answers what an earlier try has committed whose end nobody heard of.
func Copied(ctx context.Context, database *engine.Database, request string) (restored nodeapi.TableRestored, copied bool, err error) {
	session, err := database.Session(ctx)
	if err != nil {
		return restored, false, err
	}
	defer session.Close()
	statement, err := session.Prepare(ctx, "SELECT row_count, fetched FROM "+Schema+".table_restores WHERE request = $1")
	if err != nil {
		return restored, false, err
	}
	defer statement.Close()
	result, err := statement.Run(ctx, []any{request})
	if err != nil {
		return restored, false, err
	}
	defer result.Close()
	rows, err := result.All(ctx)
	if err != nil || len(rows) == 0 {
		return restored, false, err
	}
	restored.Rows, _ = rows[0][0].(int64)
	restored.FetchedBytes, _ = rows[0][1].(int64)
	return restored, true, nil
}

// keptCopies is how many of the last copies are remembered: they are done one after the other.
const keptCopies = 100

func noteCopied(ctx context.Context, session *engine.Session, request string, copied nodeapi.TableRestored) error {
	table := Schema + ".table_restores"
	for _, statement := range []string{
		fmt.Sprintf("INSERT INTO %s SELECT coalesce(max(number), 0) + 1, %s, %d, %d FROM %s", table, engine.QuoteText(request), copied.Rows, copied.FetchedBytes, table),
		fmt.Sprintf("DELETE FROM %s WHERE number <= (SELECT max(number) FROM %s) - %d", table, table, keptCopies),
	} {
		if err := session.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
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
		"columns": "column_name, declared, length, encoding, distkey, sortkey, NULL, NULL, NULL",
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
