package session

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/bind"
)

// wireColumns describes columns to clients: the engine's, with what is known of where they come from.
func (s *session) wireColumns(ctx context.Context, columns []engine.Column, bound []bind.Column) []pgwire.Column {
	var out []pgwire.Column //nolint:prealloc // nil says that there are no rows
	for i, column := range columns {
		described := wireColumn(column)
		if len(bound) == len(columns) && bound[i].Name == column.Name {
			s.addBound(ctx, &described, bound[i])
		}
		out = append(out, described)
	}
	return out
}

// addBound adds the length that a column was declared with, and which column of which table it is.
func (s *session) addBound(ctx context.Context, column *pgwire.Column, bound bind.Column) {
	if bound.Type.IsPadded() && column.OID == pgtype.VarcharOID {
		column.OID, column.Mod = bound.Type.OID(), bound.Type.Modifier()
	}
	if bound.Type.IsArray() {
		column.OID = bound.Type.OID()
	}
	if column.Source = s.OID(ctx, bound.Table); column.Source != 0 {
		column.Number = bound.Number
	}
}

// bound is what is known of a column.
func (q *query) bound(i int) bind.Column {
	if columns := q.translation.columns; len(columns) == len(q.columns) {
		return columns[i]
	}
	return bind.Column{}
}

// wireColumn describes a column to clients. One whose type depends on the parameters' values is text.
func wireColumn(column engine.Column) pgwire.Column {
	t := column.Type
	if t == engine.Unresolved {
		t = engine.Type{OID: pgtype.TextOID, Size: -1, Mod: -1}
	}
	return pgwire.Column{Name: column.Name, OID: t.OID, Size: t.Size, Mod: t.Mod}
}

// upper writes the names of columns in capitals where the session asks for it.
func (s *session) upper(columns []pgwire.Column) {
	if value, _ := s.settings.get("describe_field_name_in_uppercase"); value != "on" {
		return
	}
	for i := range columns {
		columns[i].Name = strings.ToUpper(columns[i].Name)
	}
}
