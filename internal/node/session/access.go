package session

import (
	"context"
	"math/rand/v2"
	"strconv"

	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// translation is a statement's plan, and for whom it was made.
type translation struct {
	print.Plan
	access  *access
	parsed  ast.Statement // what it was made from, to plan it again with better hints
	known   hints
	columns []bind.Column // of the rows, where they are known
}

// access is what a statement needs of the rights of the user it was prepared for.
type access struct {
	user    int32
	checked int // the catalog's generation of which the rights are that the needs were last held against
	needs   []print.Need
	writes  bool
}

// check refuses a statement that the session's user may not run. A prepared one is checked again when the catalog has changed: rights may have been
// taken away, and what it names may be another table by now.
func (s *session) check(ctx context.Context, a *access) error {
	if a == nil {
		return nil
	}
	if a.user != s.user.ID {
		return &pgwire.Error{Code: "0A000", Message: "the statement was prepared by another user: prepare it again"}
	}
	if a.writes && s.isReadOnly() {
		return &pgwire.Error{Code: sqlstate.ReadOnlyTransaction, Message: "transaction is read-only"}
	}
	if len(a.needs) == 0 || s.user.ID == catalog.AdminID {
		return nil
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	if a.checked == s.Generation() {
		return nil
	}
	r, err := s.authority(ctx)
	if err != nil {
		return err
	}
	for _, n := range a.needs {
		if err := r.Require(ctx, n); err != nil {
			return clientError(err, "")
		}
	}
	a.checked = s.Generation()
	return nil
}

// hints are what is known of a statement besides its text.
type hints struct {
	columns []string   // those that an INSERT fills which names none
	params  []ast.Type // of the parameters whose types nothing else tells
}

// translate plans a statement, and refuses one that the user may not run.
func (s *session) translate(ctx context.Context, parsed ast.Statement, known hints) (translation, error) {
	bound, err := bind.Bind(parsed, boundCatalog{ctx, s})
	if err != nil {
		return translation{}, err
	}
	plan, err := print.Translate(bound.Statement, s.printSession(ctx, known))
	if err != nil {
		return translation{}, err
	}
	if made := plan.Keeps.Table; made != nil && made.Temp {
		s.Temporaries = true
	}
	admitted := &access{user: s.user.ID, needs: plan.Needs, writes: s.writes(ctx, plan)}
	return translation{plan, admitted, parsed, known, bound.Columns}, s.check(ctx, admitted)
}

// printSession is what a statement may ask about the session.
func (s *session) printSession(ctx context.Context, known hints) print.Session {
	return print.Session{
		User:     s.user.Name,
		UserID:   s.user.ID,
		Admin:    catalog.AdminID,
		Database: s.startup.Database,
		Schema:   s.CurrentSchema(),
		Version:  version,
		Backend:  int32(s.startup.ProcessID),
		Settings: s.settings.now,
		Hidden:   []string{catalog.Schema, catalog.OwnSchema},
		Catalog:  statementCatalog{ctx, s},
		System:   catalog.SystemName,
		Columns:  known.columns,
		Params:   known.params,

		UserVariable: userVariable,

		Unique: strconv.FormatUint(rand.Uint64(), 36), // #nosec G404 -- it keeps names apart, and nobody gains by guessing it
	}
}

// version is what VERSION() answers; drivers look for both names in it.
const version = "PostgreSQL 8.0.2 on x86_64-unknown-linux-gnu, compiled by GCC, Redshift 1.0.100000 (slipher)"
