// Package session is a client's session on a node: it makes statements ready and runs them in the engine, with the settings,
// cursors, transactions and logs around them. It promises that no statement runs before what it needs was held against the user's
// rights, and refuses to know sockets, snapshots and the files of the database.
package session

import (
	"context"
	"maps"
	"slices"
	"time"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sqllog"
)

// session is one client's session: it implements pgwire.Executor on an engine session.
type session struct {
	*catalog.Catalog
	server   *Server
	engine   *engine.Session
	startup  pgwire.Startup
	user     catalog.User // who the session acts as
	settings *settings
	explicit bool              // between BEGIN and its end
	before   map[string]string // the settings when the transaction began; a rollback brings them back
	named    map[string]*query // what PREPARE made
	cursors  map[string]*cursor

	as           catalog.User // who it acted as when the transaction began
	authorized   *catalog.Rights
	authorizedAt int            // the catalog's generation that authorized is of
	zone         *time.Location // of the setting timezone

	transaction int64           // the number of the open transaction in the logs; 0 when it has none yet
	userChanges []sqllog.Record // what the user log gets when it is committed
}

// Close ends the session and rolls back what is open.
func (s *session) Close() {
	s.engine.Close()
	if s.Login.ID != 0 {
		s.server.dismiss(s.Login.ID)
	}
}

// Status is the transaction status of ReadyForQuery.
func (s *session) Status() byte {
	switch {
	case s.engine.State() == engine.Idle, !s.explicit:
		return 'I'
	case s.engine.State() == engine.Failed:
		return 'E'
	default:
		return 'T'
	}
}

// ChangedParameters is what clients follow and statements have changed.
func (s *session) ChangedParameters() map[string]string { return s.settings.takeChanged() }

// EndImplicit ends the transaction that the statements of a batch share when there is no BEGIN around them.
func (s *session) EndImplicit(ctx context.Context, err error) error {
	if !s.explicit {
		s.transaction = 0
	}
	switch {
	case s.explicit && err != nil:
		s.engine.Fail()
		return nil //nolint:nilerr // the client has been told what failed before this
	case s.explicit || s.engine.State() == engine.Idle:
		return nil
	case err != nil:
		return s.rollback(ctx)
	}
	return s.commit(ctx)
}

// enter opens the implicit transaction of a batch, if no transaction is open.
func (s *session) enter(ctx context.Context) error {
	if s.engine.State() != engine.Idle {
		return nil
	}
	if err := s.Begin(ctx); err != nil {
		return clientError(err, "")
	}
	s.before, s.as = maps.Clone(s.settings.now), s.user
	s.beReadOnly()
	return nil
}

func (s *session) begin(ctx context.Context, options ast.TransactionOptions) error {
	if s.explicit {
		pgwire.Notice(ctx, "WARNING", &pgwire.Error{Code: "25001", Message: "there is already a transaction in progress"})
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	s.explicit = true
	if options.Access != "" {
		s.settings.setLocal("transaction_read_only", onOff(options.Access == "read only"))
	}
	return nil
}

func (s *session) commitBlock(ctx context.Context) (tag string, err error) {
	s.warnOutside(ctx)
	if s.engine.State() == engine.Failed {
		return "ROLLBACK", s.rollback(ctx)
	}
	return "COMMIT", s.commit(ctx)
}

// commitAndGoOn commits what a block has done so far. What follows in the block is a transaction of its own.
func (s *session) commitAndGoOn(ctx context.Context) error {
	access := ast.TransactionOptions{}
	if s.isReadOnly() {
		access.Access = "read only"
	}
	if err := s.commit(ctx); err != nil {
		return err
	}
	return s.begin(ctx, access)
}

func (s *session) rollbackBlock(ctx context.Context) (tag string, err error) {
	s.warnOutside(ctx)
	return "ROLLBACK", s.rollback(ctx)
}

func (s *session) warnOutside(ctx context.Context) {
	if !s.explicit {
		pgwire.Notice(ctx, "WARNING", &pgwire.Error{Code: "25P01", Message: "there is no transaction in progress"})
	}
}

func (s *session) commit(ctx context.Context) error {
	s.closeCursors()
	s.explicit, s.transaction = false, 0
	if s.engine.State() == engine.Idle {
		return nil
	}
	if err := s.Commit(ctx); err != nil {
		s.forget(ctx)
		return clientError(err, "")
	}
	s.tellUsers(true)
	if s.settings.endLocal() {
		return s.applyAll(context.WithoutCancel(ctx))
	}
	return nil
}

func (s *session) rollback(ctx context.Context) error {
	s.closeCursors()
	s.explicit, s.transaction = false, 0
	if s.engine.State() == engine.Idle {
		return nil
	}
	err := s.engine.Rollback(ctx)
	s.forget(ctx)
	if err != nil {
		return clientError(err, "")
	}
	return nil
}

// forget takes back the settings of a transaction that was rolled back.
func (s *session) forget(ctx context.Context) {
	s.tellUsers(false)
	s.settings.restore(s.before)
	if s.user.ID != s.as.ID {
		if err := s.become(context.WithoutCancel(ctx), s.as); err != nil {
			s.server.log.Warn("session authorization not restored after a rollback", "err", err)
		}
	}
	if err := s.applyAll(context.WithoutCancel(ctx)); err != nil {
		s.server.log.Warn("settings not restored after a rollback", "err", err)
	}
}

// applyAll hands the settings that the engine itself minds to it.
func (s *session) applyAll(ctx context.Context) error {
	for _, name := range []string{"timezone", "search_path"} {
		value, _ := s.settings.get(name)
		if err := s.apply(ctx, name, value); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) apply(ctx context.Context, name, value string) error {
	switch name {
	case "timezone":
		if err := s.engine.SetTimeZone(ctx, value); err != nil {
			return err
		}
		return s.setZone(value)
	case "seed":
		_, err := s.Rows(ctx, "SELECT setseed($1)", value)
		return err
	case "search_path":
		return s.applySearchPath(ctx, searchPath(value))
	case "statement_timeout":
		_, err := timeout(value)
		return err
	case "standard_conforming_strings":
		if value != "off" {
			return &pgwire.Error{Code: "55P02", Message: `parameter "standard_conforming_strings" cannot be changed`}
		}
	}
	return nil
}

// applySearchPath leaves out schemas that do not exist, which the engine would refuse and Redshift passes over.
func (s *session) applySearchPath(ctx context.Context, wanted []string) error {
	existing, err := s.SchemaNames(ctx)
	if err != nil {
		return err
	}
	var found []string
	for _, schema := range wanted {
		if schema == "$user" {
			schema = s.user.Name
		}
		if slices.Contains(existing, schema) && !slices.Contains(hiddenSchemas, schema) {
			found = append(found, schema)
		}
	}
	s.Path = found
	return s.engine.SetSearchPath(ctx, found)
}

// hiddenSchemas are never looked in.
var hiddenSchemas = []string{catalog.Schema, "main"}

var errStatementTimeout = &pgwire.Error{Code: "57014", Message: "canceling statement due to statement timeout"}

// limit ends an execution with the session's statement_timeout.
func (s *session) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	value, _ := s.settings.get("statement_timeout")
	after, err := timeout(value)
	if err != nil || after == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, after, errStatementTimeout)
}
