package session

import (
	"context"
	"fmt"

	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
)

// Verifiers returns the verifiers of a user's passwords; none where there is no such user or the user has no password that is good now.
func (n *Server) Verifiers(ctx context.Context, startup pgwire.Startup) ([]string, error) {
	n.mu.Lock()
	credentials := n.credentials
	n.mu.Unlock()
	if temporary, err := n.temporaryVerifiers(startup); err != nil || len(temporary) > 0 {
		return temporary, err
	}
	if startup.User == credentials.AdminUser {
		return []string{credentials.Verifier}, nil
	}
	var found catalog.Record
	err := n.lookup(ctx, func(cat *catalog.Catalog) (err error) {
		found, _, err = cat.FindUser(ctx, startup.User)
		return err
	})
	if err != nil || found.Verifier == "" || found.Expired(n.now()) {
		return nil, err
	}
	return []string{found.Verifier}, nil
}

// lookup asks f of a catalog of the node's own, for what it has to know of users.
func (n *Server) lookup(ctx context.Context, f func(*catalog.Catalog) error) error {
	database, name := n.serving()
	inner, err := database.Session(ctx)
	if err != nil {
		return clientError(err, "")
	}
	defer inner.Close()
	return clientError(f(catalog.New(inner, name, n.admin, &n.versions)), "")
}

// identify finds the user who has proved to be whom the start-up message names.
func (s *session) identify(ctx context.Context, startup pgwire.Startup) error {
	found, err := s.proven(ctx, startup)
	if err != nil {
		return clientError(err, "")
	}
	if !s.server.countIn(found) {
		return &pgwire.Error{Code: "53300", Message: fmt.Sprintf("too many connections for user %q", found.Name), Fatal: true}
	}
	s.Login = found.User
	return s.welcome(ctx, startup)
}

// proven is the user whose password the client has proved.
func (s *session) proven(ctx context.Context, startup pgwire.Startup) (catalog.Record, error) {
	if login := s.server.proved(startup); login != nil {
		return s.enterAs(ctx, *login)
	}
	found, exists, err := s.FindUser(ctx, startup.User)
	if err == nil && !exists { // dropped in this moment
		err = &pgwire.Error{Code: "28P01", Message: fmt.Sprintf("password authentication failed for user %q", startup.User), Fatal: true}
	}
	return found, err
}

// welcome begins the session with the user's own settings. What the client asked for at start-up comes before those.
func (s *session) welcome(ctx context.Context, startup pgwire.Startup) error {
	rows, err := s.Rows(ctx, s.Own("SELECT name, setting FROM catalog.user_settings WHERE id = $1"), s.Login.ID)
	if err != nil {
		return clientError(err, "")
	}
	for _, row := range rows {
		if name := row[0].(string); startup.Parameters[name] == "" {
			s.settings.begin(name, row[1].(string))
		}
	}
	s.settings.begin("session_authorization", s.Login.Name)
	s.settings.begin("is_superuser", onOff(s.Login.Superuser))
	return s.become(ctx, s.Login)
}

// countIn counts a user's sessions and refuses one too many. The limit is not held against superusers.
func (n *Server) countIn(r catalog.Record) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Limit >= 0 && !r.Superuser && n.counts[r.ID] >= r.Limit {
		return false
	}
	n.counts[r.ID]++
	return true
}

func (n *Server) dismiss(id int32) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts[id]--
}
