package pgwire

import (
	"crypto/tls"
	"errors"
	"time"
)

// Sighting is a moment in the life of a connection.
type Sighting uint8

// The moments. A connection has either Failed, or Authenticated and at last Ended; Began is between them if all went well.
const (
	Failed        Sighting = iota // it ended before it was authenticated
	Authenticated                 // the password was right
	Began                         // its session takes statements
	Ended                         // after it was authenticated
)

// Sighted is what is known of a connection at that moment. Before the client has said who it is, Startup has the address only.
type Sighted struct {
	Sighting Sighting
	Startup  Startup
	TLS      *tls.ConnectionState // nil without TLS
	Lasted   time.Duration        // since the connection was accepted
	Reason   error                // why it failed or ended
}

// watched tells the configuration's watcher of a connection.
type watched struct {
	watch func(Sighted)
	now   func() time.Time
	began time.Time
	right bool // the password was
}

func (w *watched) see(sighting Sighting, g *greeting, reason error) {
	if w.watch == nil {
		return
	}
	w.right = w.right || sighting == Authenticated
	w.watch(Sighted{Sighting: sighting, Startup: g.startup, TLS: g.tlsState, Lasted: w.now().Sub(w.began), Reason: reason})
}

// gone tells how a connection ended. One that cancels a statement tries no login.
func (w *watched) gone(g *greeting, reason error) {
	switch {
	case w.right:
		w.see(Ended, g, reason)
	case !errors.Is(reason, errCancelRequest):
		w.see(Failed, g, reason)
	}
}
