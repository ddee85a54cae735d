package node

import (
	"context"
	"fmt"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
)

// verifiers returns the verifiers of a user's passwords; none where there is no such user or the user has no password that is good now.
func (n *node) verifiers(ctx context.Context, startup pgwire.Startup) ([]string, error) {
	n.mu.Lock()
	credentials := n.credentials
	n.mu.Unlock()
	if temporary, err := n.temporaryVerifiers(startup); err != nil || len(temporary) > 0 {
		return temporary, err
	}
	if startup.User == credentials.AdminUser {
		return []string{credentials.Verifier}, nil
	}
	s, err := n.lookup(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	found, exists, err := s.findUser(ctx, startup.User)
	if err != nil || !exists || found.verifier == "" || found.expired(n.now()) {
		return nil, clientError(err, "")
	}
	return []string{found.verifier}, nil
}

// lookup is a session of the node's own, for what it has to know of users.
func (n *node) lookup(ctx context.Context) (*session, error) {
	n.mu.Lock()
	database, name := n.database, n.name
	n.mu.Unlock()
	inner, err := database.Session(ctx)
	if err != nil {
		return nil, clientError(err, "")
	}
	return &session{node: n, engine: inner, store: storeOf(name), user: n.admin(), questions: map[string]*engine.Statement{}}, nil
}

// storeOf is the full name of the catalogue in a database.
func storeOf(database string) string { return engine.Quote(database) + "." + catalogueSchema }

// identify finds the user who has proved to be whom the start-up message names.
func (s *session) identify(ctx context.Context, startup pgwire.Startup) error {
	found, err := s.proven(ctx, startup)
	if err != nil {
		return clientError(err, "")
	}
	if !s.node.countIn(found) {
		return &pgwire.Error{Code: "53300", Message: fmt.Sprintf("too many connections for user %q", found.name), Fatal: true}
	}
	s.login = found.user
	return s.welcome(ctx, startup)
}

// proven is the user whose password the client has proved.
func (s *session) proven(ctx context.Context, startup pgwire.Startup) (record, error) {
	if login := s.node.proved(startup); login != nil {
		return s.enterAs(ctx, *login)
	}
	found, exists, err := s.findUser(ctx, startup.User)
	if err == nil && !exists { // dropped in this moment
		err = &pgwire.Error{Code: "28P01", Message: fmt.Sprintf("password authentication failed for user %q", startup.User), Fatal: true}
	}
	return found, err
}

// welcome begins the session with the user's own settings. What the client asked for at start-up comes before those.
func (s *session) welcome(ctx context.Context, startup pgwire.Startup) error {
	rows, err := s.rows(ctx, s.own("SELECT name, setting FROM catalog.user_settings WHERE id = $1"), s.login.id)
	if err != nil {
		return clientError(err, "")
	}
	for _, row := range rows {
		if name := row[0].(string); startup.Parameters[name] == "" {
			s.settings.begin(name, row[1].(string))
		}
	}
	s.settings.begin("session_authorization", s.login.name)
	s.settings.begin("is_superuser", onOff(s.login.superuser))
	return s.become(ctx, s.login)
}

// countIn counts a user's sessions and refuses one too many. The limit is not held against superusers.
func (n *node) countIn(r record) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.limit >= 0 && !r.superuser && n.sessions[r.id] >= r.limit {
		return false
	}
	n.sessions[r.id]++
	return true
}

func (n *node) dismiss(id int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sessions[id]--
}
