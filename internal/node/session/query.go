package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
	"slipher/internal/sql/types"
)

// query is a SELECT, INSERT, UPDATE or DELETE, prepared by the engine.
type query struct {
	noCopy
	session     *session
	text        string // as the user wrote it
	translation translation
	prepared    *engine.Statement
	params      []uint32
	columns     []pgwire.Column
}

func (s *session) prepareQuery(ctx context.Context, t translation, text string, params []uint32) (*query, error) {
	prepared, t, err := s.typed(ctx, t, declaredTypes(params))
	if err != nil {
		return nil, clientError(err, text)
	}
	return s.newQuery(prepared, t, text, params), nil
}

func (s *session) newQuery(prepared *engine.Statement, t translation, text string, params []uint32) *query {
	q := &query{session: s, text: text, translation: t, prepared: prepared, params: parameterOIDs(prepared, t, params)}
	q.columns = wireColumns(prepared.Columns(), t.columns)
	s.upper(q.columns)
	for column, number := range t.Echoes {
		if q.params[number-1] == pgtype.TextOID && q.columns[column].OID == pgtype.VarcharOID {
			q.columns[column].OID = pgtype.TextOID
		}
	}
	return q
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

// prepareInsert lets an INSERT give values for the first columns only: Redshift fills the others with their defaults, the engine wants the
// columns named.
func (s *session) prepareInsert(ctx context.Context, t translation, text string, params []uint32) (*query, error) {
	prepared, typed, err := s.typed(ctx, t, declaredTypes(params))
	if err == nil {
		return s.newQuery(prepared, typed, text, params), nil
	}
	refused, isRefused := errors.AsType[*engine.Error](err)
	if !isRefused || !t.Unnamed {
		return nil, clientError(err, text)
	}
	count, short := refused.ShortInsert()
	if !short {
		return nil, clientError(err, text)
	}
	columns, err := s.columns(ctx, t.Target)
	if err != nil {
		return nil, clientError(err, text)
	}
	if t, err = s.translate(ctx, t.parsed, hints{columns: columns[:min(count, len(columns))]}); err != nil {
		return nil, clientError(err, text)
	}
	return s.prepareQuery(ctx, t, text, params)
}

// columns are the names of a table's columns.
func (s *session) columns(ctx context.Context, table ast.Name) ([]string, error) {
	statement, err := s.engine.Prepare(ctx, "SELECT * FROM "+catalog.TableName(table))
	if err != nil {
		return nil, err
	}
	defer statement.Close()
	var names []string
	for _, column := range statement.Columns() {
		names = append(names, column.Name)
	}
	return names, nil
}

// wireColumns describes columns to clients: the engine's, with what is known of where they come from.
func wireColumns(columns []engine.Column, bound []bind.Column) []pgwire.Column {
	var out []pgwire.Column
	for i, column := range columns {
		described := wireColumn(column)
		if len(bound) == len(columns) && bound[i].Name == column.Name {
			addBound(&described, bound[i])
		}
		out = append(out, described)
	}
	return out
}

// addBound adds the length that a column was declared with.
func addBound(column *pgwire.Column, bound bind.Column) {
	if bound.Type.Kind == types.Varchar && column.OID == pgtype.VarcharOID {
		column.Mod = bound.Type.Modifier()
	}
}

// wireColumn describes a column to clients. One whose type depends on the parameters' values is text.
func wireColumn(column engine.Column) pgwire.Column {
	t := column.Type
	if t == engine.Unresolved {
		t = engine.Type{OID: pgtype.TextOID, Size: -1, Mod: -1}
	}
	return pgwire.Column{Name: column.Name, OID: t.OID, Size: t.Size, Mod: t.Mod}
}

func (q *query) Params() []uint32         { return q.params }
func (q *query) Columns() []pgwire.Column { return q.columns }
func (q *query) Close()                   { q.prepared.Close() }

func (q *query) Run(ctx context.Context, args []any) (pgwire.Result, error) {
	if err := q.session.enter(ctx); err != nil {
		return nil, err
	}
	if err := q.session.check(ctx, q.translation.access); err != nil {
		q.session.engine.Fail()
		return nil, err
	}
	limited, stop := q.session.limit(ctx)
	rows, err := q.prepared.Run(limited, args)
	if err != nil {
		defer stop()
		return nil, failure(limited, err, q.text)
	}
	actual := rows.Types()
	if len(actual) != len(q.columns) && q.columns != nil {
		defer stop()
		rows.Close()
		q.session.engine.Fail()
		return nil, &pgwire.Error{Code: "0A000", Message: "cached plan must not change result type"}
	}
	return &result{query: q, rows: rows, actual: actual, limited: limited, stop: stop}, nil
}

// result is the rows of one execution of a query.
type result struct {
	query   *query
	rows    *engine.Rows
	actual  []engine.Type // of the columns, which may have been announced as text before the parameters had values
	count   int64
	limited context.Context // the execution's: it ends with the portal, or earlier with statement_timeout
	stop    context.CancelFunc
}

func (r *result) Next(context.Context) ([]any, error) {
	row, err := r.rows.Next(r.limited)
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, failure(r.limited, err, r.query.text)
	}
	r.count++
	for i, value := range row {
		if announced := r.query.columns[i].OID; value != nil && announced == pgtype.TextOID && r.actual[i].OID != announced {
			if row[i], err = textOf(value, r.actual[i].OID); err != nil {
				return nil, err
			}
		}
	}
	return row, nil
}

func textOf(value any, oid uint32) (string, error) {
	if text, ok := value.(string); ok {
		return text, nil
	}
	text, err := pgtype.NewMap().Encode(oid, pgtype.TextFormatCode, value, nil)
	if err != nil {
		return "", fmt.Errorf("write a value as text: %w", err)
	}
	return string(text), nil
}

func (r *result) Tag() string {
	count := r.count
	if !r.query.translation.Rows {
		count = r.rows.Changed()
	}
	return tagOf(r.query.translation, count)
}

func tagOf(t translation, count int64) string {
	if t.Counts {
		return t.Tag + " " + strconv.FormatInt(count, 10)
	}
	return t.Tag
}

func (r *result) Close() error {
	r.rows.Close()
	r.stop()
	return nil
}

// explain returns the plan line by line, as PostgreSQL does.
func (s *session) explain(t translation, text string) *command {
	return &command{columns: []pgwire.Column{textColumn("QUERY PLAN")}, run: func(ctx context.Context) (string, [][]any, error) {
		if err := s.enter(ctx); err != nil {
			return "", nil, err
		}
		plans, err := s.Rows(ctx, t.Runs[0])
		if err != nil {
			return "", nil, clientError(err, text)
		}
		var rows [][]any
		for _, plan := range plans {
			for line := range strings.Lines(fmt.Sprint(plan[len(plan)-1])) {
				rows = append(rows, []any{strings.TrimRight(line, "\n")})
			}
		}
		return t.Tag, rows, nil
	}}
}
