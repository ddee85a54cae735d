package session

import (
	"context"
	"slices"

	"slipher/internal/pgwire"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// bindAgain binds a statement anew where what it names may be something else by now. Its rows have to stay as they were described.
func (q *query) bindAgain(ctx context.Context) error {
	s := q.session
	if q.generation == s.Generation() || q.translation.parsed == nil {
		return nil
	}
	again, err := q.prepareAgain(ctx)
	if err != nil {
		return clientError(err, q.text)
	}
	if !slices.EqualFunc(q.columns, again.columns, describedAlike) {
		again.Close()
		return &pgwire.Error{Code: sqlstate.FeatureNotSupported, Message: "cached plan must not change result type"}
	}
	q.prepared.Close()
	q.prepared, q.translation, q.generation = again.prepared, again.translation, again.generation
	return nil
}

func describedAlike(a, b pgwire.Column) bool {
	return a.Name == b.Name && a.OID == b.OID && a.Mod == b.Mod
}

func (q *query) prepareAgain(ctx context.Context) (*query, error) {
	s := q.session
	t, err := s.translate(ctx, q.translation.parsed, hints{columns: q.translation.known.columns})
	if err != nil {
		return nil, err
	}
	prepared, typed, err := s.typed(ctx, t, q.types)
	if err != nil && t.Kind == print.KindInsert { // the table may have more columns by now
		return s.prepareInsert(ctx, t, q.text, q.declared)
	}
	if err != nil {
		return nil, err
	}
	return s.newQuery(ctx, prepared, typed, q.text, q.declared), nil
}
