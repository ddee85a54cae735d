package session

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// showing is a SHOW statement about what there is. Drivers give the names in it as parameters.
type showing struct {
	noCopy
	session *session
	asked   *ast.ShowObjects
	columns []pgwire.Column
	params  []uint32
}

func (s *session) showObjects(asked *ast.ShowObjects) *showing {
	shown := &showing{session: s, asked: asked, columns: shownColumns(asked)}
	for range asked.Params() {
		shown.params = append(shown.params, pgtype.VarcharOID)
	}
	s.upper(shown.columns)
	return shown
}

func (w *showing) Params() []uint32         { return w.params }
func (w *showing) Columns() []pgwire.Column { return w.columns }
func (w *showing) Close()                   {}

func (w *showing) Run(ctx context.Context, args []any) (pgwire.Result, error) {
	s := w.session
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	rows, err := w.rows(ctx, args)
	if err != nil {
		s.engine.Fail()
		return nil, clientError(err, "")
	}
	return &listed{rows: rows, tag: "SHOW"}, nil
}

func (w *showing) rows(ctx context.Context, args []any) ([][]any, error) {
	shown, err := w.shown(args)
	if err != nil {
		return nil, err
	}
	rights, err := w.session.authority(ctx)
	if err != nil {
		return nil, err
	}
	return w.session.Show(ctx, rights, shown)
}

// shown is the statement with the values of its parameters.
func (w *showing) shown(args []any) (catalog.Shown, error) {
	shown := catalog.Shown{What: w.asked.What, Of: w.asked.Of, For: w.asked.For, Limit: -1}
	for _, part := range w.asked.Path {
		shown.Path = append(shown.Path, valueOf(part, args))
	}
	if w.asked.Like != nil {
		pattern := valueOf(*w.asked.Like, args)
		shown.Like = &pattern
	}
	if w.asked.Limit == nil {
		return shown, nil
	}
	limit, err := strconv.Atoi(valueOf(*w.asked.Limit, args))
	if err != nil || limit < 0 || limit > catalog.MaxShown {
		return shown, &sqlstate.Error{Code: sqlstate.InvalidParameter, Message: fmt.Sprintf("LIMIT must be a number from 0 to %d", catalog.MaxShown)}
	}
	shown.Limit = limit
	return shown, nil
}

func valueOf(word ast.Word, args []any) string {
	if word.Param == 0 {
		return word.Text
	}
	if value := args[word.Param-1]; value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// shownNames are the columns of the statements' rows; those without a type are VARCHAR.
var shownNames = map[string]string{
	"databases": "database_name database_owner:int4 database_type database_acl parameters database_isolation_level",
	"schemas":   "database_name schema_name schema_owner:int4 schema_type schema_acl source_database schema_option",
	"tables":    "database_name schema_name table_name table_type table_acl remarks owner last_altered_time:timestamp last_modified_time:timestamp dist_style table_subtype",
	"columns": "database_name schema_name table_name column_name ordinal_position:int4 column_default is_nullable data_type character_maximum_length:int4 " +
		"numeric_precision:int4 numeric_scale:int4 remarks sort_key_type sort_key:int4 dist_key:int4 encoding collation",
	"primary keys": "database_name schema_name table_name pk_name column_name key_seq:int4",
	"foreign keys": "pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name fk_column_name key_seq:int4 " +
		"fk_name pk_name update_rule:int4 delete_rule:int4 deferrability:int4",
	"grants":             "database_name schema_name object_name object_type " + grantNames,
	"grants on database": "database_name " + grantNames,
	"column grants":      "database_name schema_name table_name column_name object_type " + grantNames,
	"functions":          "database_name schema_name function_name number_of_arguments:int4 argument_list return_type remarks",
	"procedures":         "database_name schema_name procedure_name number_of_arguments:int4 argument_list return_type remarks",
	"parameters": "database_name schema_name procedure_name parameter_name ordinal_position:int4 parameter_type data_type character_maximum_length:int4 " +
		"numeric_precision:int4 numeric_scale:int4",
}

const grantNames = "privilege_type identity_id:int4 identity_name identity_type admin_option:bool privilege_scope grantor_name"

func shownColumns(asked *ast.ShowObjects) []pgwire.Column {
	what := asked.What
	switch {
	case what == "table":
		return []pgwire.Column{textColumn("Show Table DDL statement")}
	case what == "view":
		return []pgwire.Column{textColumn("Show View DDL statement")}
	case what == "foreign keys exported":
		what = "foreign keys"
	case what == "grants" && asked.Of == "database":
		what = "grants on database"
	}
	var columns []pgwire.Column
	for _, named := range strings.Fields(shownNames[what]) {
		name, kind, _ := strings.Cut(named, ":")
		if what == "parameters" {
			name = strings.Replace(name, "procedure", asked.Of, 1)
		}
		column := pgwire.Column{Name: name, OID: pgtype.VarcharOID, Size: -1, Mod: -1}
		switch kind {
		case "int4":
			column.OID, column.Size = pgtype.Int4OID, 4
		case "bool":
			column.OID, column.Size = pgtype.BoolOID, 1
		case "timestamp":
			column.OID, column.Size = pgtype.TimestampOID, 8
		}
		columns = append(columns, column)
	}
	return columns
}
