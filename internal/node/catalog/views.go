package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// keepView keeps a view as it was written.
func (cat *Catalog) keepView(ctx context.Context, view *print.View) error {
	schema, name := cat.located(view.Name)
	if _, err := cat.Change(ctx, "DELETE FROM slipher_catalog.views WHERE schema_name = $1 AND view_name = $2", schema, name); err != nil {
		return err
	}
	if _, err := cat.Change(ctx, "INSERT INTO slipher_catalog.views VALUES ($1, $2, $3, $4, nullif($5, ''))", schema, name, view.Query, view.Late, view.Waiting); err != nil {
		return err
	}
	return cat.keepViewColumns(ctx, view, schema, name)
}

// keepViewColumns keeps the lengths of a view's strings, which the engine does not know.
func (cat *Catalog) keepViewColumns(ctx context.Context, view *print.View, schema, name string) error {
	if _, err := cat.Change(ctx, "DELETE FROM slipher_catalog.columns WHERE schema_name = $1 AND table_name = $2", schema, name); err != nil {
		return err
	}
	for _, column := range view.Columns {
		if column.Length == 0 {
			continue
		}
		if _, err := cat.Change(ctx, "INSERT INTO slipher_catalog.columns VALUES ($1, $2, $3, $4, $5, NULL, NULL, 0, NULL, NULL, $6)",
			schema, name, column.Name, column.Type.Formal(), int32(column.Length), column.IsChar()); err != nil {
			return err
		}
	}
	return nil
}

// forgetViews forgets those that are not there any more.
func (cat *Catalog) forgetViews(ctx context.Context) error {
	_, err := cat.Change(ctx, `DELETE FROM slipher_catalog.views c WHERE NOT EXISTS (SELECT 1 FROM duckdb_views() v
		WHERE v.database_name = current_database() AND v.schema_name = c.schema_name AND v.view_name = c.view_name)`)
	return err
}

// renameRead lets views that are bound follow a relation to its new name.
func (cat *Catalog) renameRead(ctx context.Context, o print.Object, name string) error {
	_, err := cat.Change(ctx, cat.Own(`UPDATE catalog.view_reads r SET read_name = $3 WHERE read_schema = $1 AND read_name = $2
		AND NOT EXISTS (SELECT 1 FROM catalog.views v WHERE v.late AND v.schema_name = r.schema_name AND v.view_name = r.name)`), o.Schema, o.Name, name)
	return err
}

// unbound is the one column of what stands for a view that cannot be bound yet.
const unbound = "\x01 unbound"

// StandIn makes what stands for a late view while it cannot be bound.
func (cat *Catalog) StandIn(ctx context.Context, view *print.View) error {
	_, err := cat.Change(ctx, "CREATE OR REPLACE VIEW "+TableName(view.Name)+" AS SELECT NULL AS "+engine.Quote(unbound))
	return err
}

// BindWaiting binds the late views whose time has come.
func (cat *Catalog) BindWaiting(ctx context.Context) error {
	rows, err := cat.Rows(ctx, "SELECT schema_name, view_name, waiting FROM slipher_catalog.views WHERE waiting IS NOT NULL")
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := cat.bindWaiting(ctx, row[0], row[1], row[2].(string)); err != nil && !IsUnbound(err) {
			return err
		}
	}
	return nil
}

func (cat *Catalog) bindWaiting(ctx context.Context, schema, view any, statement string) error {
	if _, err := cat.Change(ctx, statement); err != nil {
		return err
	}
	cat.Redefined()
	_, err := cat.Change(ctx, "UPDATE slipher_catalog.views SET waiting = NULL WHERE schema_name = $1 AND view_name = $2", schema, view)
	return err
}

// boundByNow is a relation as it is, unless it stands for a late view: that one is bound, or says why it cannot be.
func (cat *Catalog) boundByNow(ctx context.Context, relation *bind.Relation, schema, name string) *bind.Relation {
	if len(relation.Columns) != 1 || relation.Columns[0].Name != unbound {
		return relation
	}
	rows, err := cat.Rows(ctx, "SELECT waiting FROM slipher_catalog.views WHERE schema_name = $1 AND view_name = $2 AND waiting IS NOT NULL", schema, name)
	if err == nil && len(rows) > 0 {
		err = cat.bindWaiting(ctx, schema, name, rows[0][0].(string))
	}
	if err != nil {
		relation.Unreadable = err
		return relation
	}
	return cat.loadColumns(ctx, ast.Name{schema, name})
}

// Dependents are the bound views that stand on what is dropped, the last ones first. Without CASCADE there may be none.
func (cat *Catalog) Dependents(ctx context.Context, dropped *print.Dropped) ([]ast.Name, error) {
	found, from := []ast.Name(nil), dropped.Names
	for len(from) > 0 {
		var next []ast.Name
		for _, name := range from {
			views, err := cat.standingOn(ctx, dropped.Object, name)
			if err != nil {
				return nil, err
			}
			for _, view := range views {
				if !holds(dropped.Names, view) && !holds(found, view) {
					next, found = append(next, view), append(found, view)
				}
			}
		}
		if len(found) > 0 && !dropped.Cascade {
			return nil, standing(dropped, found[0])
		}
		from, dropped = next, &print.Dropped{Object: "view", Names: dropped.Names, Cascade: true}
	}
	slices.Reverse(found)
	return found, nil
}

func holds(names []ast.Name, name ast.Name) bool {
	return slices.ContainsFunc(names, func(n ast.Name) bool { return slices.Equal(n, name) })
}

// standingOn are the bound views that read a relation, or from outside what is in a schema.
func (cat *Catalog) standingOn(ctx context.Context, object string, name ast.Name) (views []ast.Name, err error) {
	where, args := "r.read_schema = $1 AND r.read_name = $2", []any{name.Schema(), name.Last()}
	if object == "schema" {
		where, args = "r.read_schema = $1 AND r.schema_name <> $1", []any{name.Last()}
	}
	rows, err := cat.Rows(ctx, cat.Own("SELECT DISTINCT r.schema_name, r.name FROM catalog.view_reads r WHERE "+where+
		" AND NOT EXISTS (SELECT 1 FROM catalog.views v WHERE v.late AND v.schema_name = r.schema_name AND v.view_name = r.name) ORDER BY ALL"), args...)
	for _, row := range rows {
		views = append(views, ast.Name{row[0].(string), row[1].(string)})
	}
	return views, err
}

// standing refuses to drop what a view stands on.
func standing(dropped *print.Dropped, view ast.Name) error {
	name := dropped.Names[0].Last()
	return &pgwire.Error{Code: sqlstate.DependentObjects,
		Message: fmt.Sprintf("cannot drop %s %s because other objects depend on it", dropped.Object, name),
		Detail:  fmt.Sprintf("view %s depends on %s %s", view.Last(), dropped.Object, name),
		Hint:    "Use DROP ... CASCADE to drop the dependent objects too."}
}

// DropView drops a view that stood on something.
func (cat *Catalog) DropView(ctx context.Context, view ast.Name) error {
	_, err := cat.Change(ctx, "DROP VIEW IF EXISTS "+TableName(view))
	return err
}

// IsUnbound tells whether the engine refused a view because of what it reads.
func IsUnbound(err error) bool {
	refused, ok := errors.AsType[*engine.Error](err)
	return ok && (refused.Code == sqlstate.UndefinedTable || refused.Code == sqlstate.UndefinedColumn || refused.Code == sqlstate.UndefinedFunction ||
		refused.Code == sqlstate.UndefinedSchema)
}
