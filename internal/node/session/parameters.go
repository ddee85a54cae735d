package session

import (
	"context"
	"fmt"
	"net"

	"slipher/internal/pgwire"
)

// sessionDefaults are the values of the cluster's parameter group that a session begins with.
func (n *Server) sessionDefaults() map[string]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.parameters
}

// Admit refuses connections without TLS where the parameter group requires it, before any password is proved.
func (n *Server) Admit(_ context.Context, startup pgwire.Startup) error {
	if n.sessionDefaults()["require_ssl"] != "on" || startup.TLS {
		return nil
	}
	host, _, err := net.SplitHostPort(startup.Remote.String())
	if err != nil {
		host = startup.Remote.String()
	}
	return &pgwire.Error{Code: "28000", Fatal: true, Message: fmt.Sprintf("no pg_hba.conf entry for host %q, user %q, database %q, SSL off", host, startup.User, startup.Database)}
}
