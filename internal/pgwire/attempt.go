package pgwire

import (
	"context"
	"net"
)

// Attempt is one try to log in, before its password is looked at.
type Attempt struct {
	User     string
	Database string
	Remote   net.Addr
}

// attempt asks whether the client may try its password now. It may take a while to answer; told is to hear whether the password was right.
func (s *session) attempt(ctx context.Context) (told func(right bool), err error) {
	if s.config.Attempt == nil {
		return func(bool) {}, nil
	}
	return s.config.Attempt(ctx, Attempt{User: s.startup.User, Database: s.startup.Database, Remote: s.startup.Remote})
}
