package meta

import (
	"context"
	"database/sql"
	"sync"
)

// statements are those of a pool of connections, prepared once for each connection. A new one is noted by the first transaction
// that needs it and prepared after its end: before, the transaction may have the pool's only connection.
type statements struct {
	db *sql.DB

	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
	wanted   map[string]struct{}
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, prepared: map[string]*sql.Stmt{}, wanted: map[string]struct{}{}}
}

// find answers nil for one that is not prepared yet.
func (s *statements) find(text string) *sql.Stmt {
	s.mu.RLock()
	found, known := s.prepared[text]
	s.mu.RUnlock()
	if !known {
		s.mu.Lock()
		s.wanted[text] = struct{}{}
		s.mu.Unlock()
	}
	return found
}

// prepare belongs after the end of a transaction. What cannot be prepared now will be tried after the next.
func (s *statements) prepare() {
	s.mu.RLock()
	nothing := len(s.wanted) == 0
	s.mu.RUnlock()
	if nothing {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for text := range s.wanted {
		if made, err := s.db.PrepareContext(context.Background(), text); err == nil {
			s.prepared[text] = made
			delete(s.wanted, text)
		}
	}
}

// session is a transaction of SQL and the statements that it has used.
type session struct {
	*sql.Tx
	statements *statements
	used       map[string]*sql.Stmt
}

func (s *statements) session(tx *sql.Tx) *session {
	return &session{Tx: tx, statements: s, used: map[string]*sql.Stmt{}}
}

// A transaction ends when its function does, so its statements need no context of their own.

func (s *session) exec(statement string, args ...any) (sql.Result, error) {
	if prepared := s.statement(statement); prepared != nil {
		return prepared.ExecContext(context.Background(), args...)
	}
	return s.ExecContext(context.Background(), statement, args...)
}

func (s *session) query(query string, args ...any) (*sql.Rows, error) {
	if prepared := s.statement(query); prepared != nil {
		return prepared.QueryContext(context.Background(), args...)
	}
	return s.QueryContext(context.Background(), query, args...)
}

func (s *session) queryRow(query string, args ...any) *sql.Row {
	if prepared := s.statement(query); prepared != nil {
		return prepared.QueryRowContext(context.Background(), args...)
	}
	return s.QueryRowContext(context.Background(), query, args...)
}

func (s *session) statement(text string) *sql.Stmt {
	if used := s.used[text]; used != nil {
		return used
	}
	prepared := s.statements.find(text)
	if prepared == nil {
		return nil
	}
	used := s.StmtContext(context.Background(), prepared)
	s.used[text] = used
	return used
}
