package node

import (
	"context"
	"fmt"

	"slipher/internal/pgwire"
)

// Verifiers returns the verifiers of a user's passwords; none where there is no such user or the user has no password that is good now.
func (n *server) Verifiers(ctx context.Context, startup pgwire.Startup) ([]string, error) {
	n.mu.Lock()
	credentials := n.credentials
	n.mu.Unlock()
	if temporary, err := n.temporaryVerifiers(startup); err != nil || len(temporary) > 0 {
		return temporary, err
	}
	if startup.User == credentials.AdminUser {
		return []string{credentials.Verifier}, nil
	}
	var found record
	err := n.lookup(ctx, func(cat *catalog) (err error) {
		found, _, err = cat.findUser(ctx, startup.User)
		return err
	})
	if err != nil || found.verifier == "" || found.expired(n.now()) {
		return nil, err
	}
	return []string{found.verifier}, nil
}

// lookup asks f of a catalog of the node's own, for what it has to know of users.
func (n *server) lookup(ctx context.Context, f func(*catalog) error) error {
	database, name := n.serving()
	inner, err := database.Session(ctx)
	if err != nil {
		return clientError(err, "")
	}
	defer inner.Close()
	return clientError(f(newCatalog(inner, name, n.admin)), "")
}

// identify finds the user who has proved to be whom the start-up message names.
func (s *session) identify(ctx context.Context, startup pgwire.Startup) error {
	found, err := s.proven(ctx, startup)
	if err != nil {
		return clientError(err, "")
	}
	if !s.server.countIn(found) {
		return &pgwire.Error{Code: "53300", Message: fmt.Sprintf("too many connections for user %q", found.name), Fatal: true}
	}
	s.login = found.user
	return s.welcome(ctx, startup)
}

// proven is the user whose password the client has proved.
func (s *session) proven(ctx context.Context, startup pgwire.Startup) (record, error) {
	if login := s.server.proved(startup); login != nil {
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
func (n *server) countIn(r record) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.limit >= 0 && !r.superuser && n.counts[r.id] >= r.limit {
		return false
	}
	n.counts[r.id]++
	return true
}

func (n *server) dismiss(id int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts[id]--
}
