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
)

// query is a SELECT, INSERT, UPDATE or DELETE, prepared by the engine.
type query struct {
	noCopy
	session     *session
	text        string // as the user wrote it
	translation translation
	prepared    *engine.Statement
	declared    []uint32   // the types of parameters as the client declared them
	types       []ast.Type // and as SQL has them
	generation  int        // of the catalog that it was bound to
	params      []uint32
	columns     []pgwire.Column
}

func (s *session) prepareQuery(ctx context.Context, t translation, text string, params []uint32) (*query, error) {
	prepared, t, err := s.typed(ctx, t, declaredTypes(params))
	if err != nil {
		return nil, clientError(err, text)
	}
	return s.newQuery(ctx, prepared, t, text, params), nil
}

func (s *session) newQuery(ctx context.Context, prepared *engine.Statement, t translation, text string, params []uint32) *query {
	q := &query{session: s, text: text, translation: t, prepared: prepared, declared: params, types: declaredTypes(params), generation: s.Generation(),
		params: parameterOIDs(prepared, t, params)}
	q.columns = s.wireColumns(ctx, prepared.Columns(), t.columns)
	s.upper(q.columns)
	for column, number := range t.Echoes {
		if q.params[number-1] == pgtype.TextOID && q.columns[column].OID == pgtype.VarcharOID {
			q.columns[column].OID = pgtype.TextOID
		}
	}
	return q
}

// prepareInsert lets an INSERT give values for the first columns only: Redshift fills the others with their defaults, the engine wants the
// columns named.
func (s *session) prepareInsert(ctx context.Context, t translation, text string, params []uint32) (*query, error) {
	prepared, typed, err := s.typed(ctx, t, declaredTypes(params))
	if err == nil {
		return s.newQuery(ctx, prepared, typed, text, params), nil
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
	if err := q.bindAgain(ctx); err != nil {
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
		if text, ok := value.(string); ok {
			row[i] = padded(text, &r.query.columns[i])
			if r.query.bound(i).Type.IsArray() {
				row[i] = arrayText(text, r.query.bound(i).Type)
			}
		}
		if announced := r.query.columns[i].OID; value != nil && announced == pgtype.TextOID && r.actual[i].OID != announced {
			if row[i], err = textOf(value, r.actual[i].OID); err != nil {
				return nil, err
			}
		}
	}
	return row, nil
}

// padded is a string as its column shows it: of CHAR with blanks up to its length.
func padded(text string, column *pgwire.Column) string {
	if length := int(column.Mod) - 4; column.OID == pgtype.BPCharOID && len(text) < length {
		return text + strings.Repeat(" ", length-len(text))
	}
	return text
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
