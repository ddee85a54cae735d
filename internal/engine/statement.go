package engine

import (
	"context"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Statement is a prepared statement. It belongs to its session.
type Statement struct {
	session  *Session
	prepared bindings.PreparedStatement
	params   []logical
	columns  []Column
}

// Column describes one column of a result in PostgreSQL's terms.
type Column struct {
	Name string
	Type Type
}

// Prepare parses and binds one statement of the engine's SQL. One that is refused leaves the transaction as it was: whether that fails it (see
// Fail) is for the caller to say, who may try another.
func (s *Session) Prepare(ctx context.Context, sql string) (*Statement, error) {
	if s.state == Failed {
		return nil, ErrFailed
	}
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	statement := &Statement{session: s}
	var state bindings.State
	s.interruptible(ctx, func() { state = bindings.Prepare(s.connection, sql, &statement.prepared) })
	if state == bindings.StateError {
		message := bindings.PrepareError(statement.prepared)
		bindings.DestroyPrepare(&statement.prepared)
		return nil, s.failure(ctx, message)
	}
	statement.describe()
	s.statements[statement] = struct{}{}
	return statement, nil
}

func (st *Statement) describe() {
	for i := range bindings.NParams(st.prepared) {
		st.params = append(st.params, takeLogical(bindings.ParamLogicalType(st.prepared, i+1)))
	}
	if !st.returnsRows() {
		return
	}
	for i := range bindings.PreparedStatementColumnCount(st.prepared) {
		logical := takeLogical(bindings.PreparedStatementColumnLogicalType(st.prepared, i))
		name := bindings.PreparedStatementColumnName(st.prepared, i)
		st.columns = append(st.columns, Column{Name: name, Type: logical.wire()})
	}
}

func (st *Statement) returnsRows() bool {
	switch bindings.PreparedStatementType(st.prepared) {
	case bindings.StatementTypeSelect, bindings.StatementTypeExplain, bindings.StatementTypeCall, bindings.StatementTypePragma,
		bindings.StatementTypeRelation:
		return true
	default:
		return false
	}
}

// Params are the types of the parameters in order; Unresolved where the statement leaves a type open.
func (st *Statement) Params() []Type {
	types := make([]Type, len(st.params))
	for i, param := range st.params {
		types[i] = param.wire()
	}
	return types
}

// Columns describes the rows that the statement returns; nil when it returns none.
func (st *Statement) Columns() []Column { return st.columns }

// Close frees the statement. Rows that it returned stay readable.
func (st *Statement) Close() {
	delete(st.session.statements, st)
	bindings.DestroyPrepare(&st.prepared)
}

// Run executes the statement with one value for each parameter.
func (st *Statement) Run(ctx context.Context, args []any) (*Rows, error) {
	if st.session.state == Failed {
		return nil, ErrFailed
	}
	rows, err := st.run(ctx, args)
	if err != nil {
		st.session.Fail()
		return nil, err
	}
	return rows, nil
}

func (st *Statement) run(ctx context.Context, args []any) (*Rows, error) {
	if err := st.session.ready(ctx); err != nil {
		return nil, err
	}
	if err := st.bind(args); err != nil {
		return nil, err
	}
	rows := &Rows{session: st.session}
	var failure string
	st.session.interruptible(ctx, func() { failure = st.execute(&rows.result) })
	if failure != "" {
		return nil, st.session.failure(ctx, failure)
	}
	rows.begin()
	return rows, nil
}

// execute returns the engine's message when it fails.
func (st *Statement) execute(result *bindings.Result) string {
	var pending bindings.PendingResult
	defer bindings.DestroyPending(&pending)
	if bindings.PendingPreparedStreaming(st.prepared, &pending) == bindings.StateError {
		return orUnknown(bindings.PendingError(pending))
	}
	if bindings.ExecutePending(pending, result) == bindings.StateError {
		defer bindings.DestroyResult(result)
		return orUnknown(bindings.ResultError(result))
	}
	return ""
}

func orUnknown(message string) string {
	if message == "" {
		return "INTERNAL Error: the engine failed without a message"
	}
	return message
}
