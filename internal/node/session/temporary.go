package session

import (
	"context"
	"fmt"
	"strings"

	"slipher/internal/node/catalog"
	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
)

// loginPrefixes begin the names under which passwords that are good for a while are given.
var loginPrefixes = []string{"IAM:", "IAMA:", "IAMR:"}

// temporaryVerifiers are those of a name that are good now. Whether there are any or not, such a name wants TLS.
func (n *Server) temporaryVerifiers(startup pgwire.Startup) (verifiers []string, err error) {
	for _, prefix := range loginPrefixes {
		if strings.HasPrefix(startup.User, prefix) && !startup.TLS {
			return nil, &pgwire.Error{Code: "28000", Message: fmt.Sprintf("user %q has to connect with SSL", startup.User), Fatal: true}
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, login := range n.logins {
		if login.Name == startup.User && !login.Expired(n.now()) {
			verifiers = append(verifiers, login.Verifier)
		}
	}
	return verifiers, nil
}

// proved is the login whose password the client has proved; nil for a user's own password.
func (n *Server) proved(startup pgwire.Startup) *nodeapi.Login {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, login := range n.logins {
		if login.Name == startup.User && login.Verifier == startup.Verifier {
			return &login
		}
	}
	return nil
}

// enterAs finds the user that a login lets in, and makes it if the login says so. The groups are those of this session only.
func (s *session) enterAs(ctx context.Context, login nodeapi.Login) (catalog.Record, error) {
	if login.Database != "" && login.Database != s.startup.Database {
		return catalog.Record{}, &pgwire.Error{Code: "28000", Message: fmt.Sprintf("the password is not good for database %q", s.startup.Database), Fatal: true}
	}
	found, exists, err := s.FindUser(ctx, login.User)
	if err == nil && !exists && login.Create {
		found, exists, err = s.makeUser(ctx, login.User)
	}
	if err == nil && !exists {
		err = &pgwire.Error{Code: "28000", Message: fmt.Sprintf("user %q does not exist", login.User), Fatal: true}
	}
	for _, name := range login.Groups {
		if err != nil {
			break
		}
		var group int32
		group, err = s.KnownGroup(ctx, name)
		found.Joined = append(found.Joined, group)
	}
	return found, err
}

// makeUser makes a user without a password. Another session may have made it in this moment.
func (s *session) makeUser(ctx context.Context, name string) (made catalog.Record, exists bool, err error) {
	_, failure := s.Change(ctx, s.Own("INSERT INTO catalog.users VALUES (nextval('catalog.ids'), $1, NULL, false, false, NULL, -1, 0, 'RESTRICTED')"), name)
	if made, exists, err = s.FindUser(ctx, name); err == nil && !exists {
		err = failure
	}
	return made, exists, err
}
