package session

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
)

// Config is what the sessions of a node are told when it starts.
type Config struct {
	Cluster string
	LogDir  string // where the SQL logs are spooled; empty keeps none
	Now     func() time.Time
	Log     *slog.Logger
}

// Server is what the sessions of a node share: the database, who may log in, what sessions begin with, and the SQL logs.
type Server struct {
	now  func() time.Time
	log  *slog.Logger
	logs *sqlLogs

	versions catalog.Versions // of the tables and views

	mu          sync.Mutex // guards what follows
	database    *engine.Database
	name        string
	credentials nodeapi.Credentials
	parameters  map[string]string // of the cluster's parameter group
	singleNode  bool
	logins      []nodeapi.Login // that are good for a while
	counts      map[int32]int   // of open sessions, by their user
}

// NewServer opens the SQL logs. Sessions begin when a database is opened.
func NewServer(config Config) (*Server, error) {
	logs, err := openLogs(config)
	if err != nil {
		return nil, err
	}
	return &Server{now: config.Now, log: config.Log, logs: logs, counts: map[int32]int{}}, nil
}

// RunLogs writes the SQL logs until end is called, which waits for what is on its way.
func (n *Server) RunLogs() (end func()) { return n.logs.run() }

// Sighted records what becomes of a connection.
func (n *Server) Sighted(seen pgwire.Sighted) { n.logs.sighted(seen) }

// Configure sets who may log in from now on, and what sessions begin with.
func (n *Server) Configure(request nodeapi.OpenRequest) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.credentials = nodeapi.Credentials{AdminUser: request.AdminUser, Verifier: request.Verifier}
	n.parameters, n.singleNode = request.Parameters, request.SingleNode
	n.logins = nodeapi.MergeLogins(n.logins, request.Logins, n.now())
	n.logs.activity.Store(request.Parameters["enable_user_activity_logging"] == "on")
}

// Serve names the database in which sessions begin from now on.
func (n *Server) Serve(database *engine.Database, name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.database, n.name = database, name
}

func (n *Server) serving() (*engine.Database, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.database, n.name
}

// SetCredentials replaces the admin user's verifier. Sessions that are open stay.
func (n *Server) SetCredentials(credentials nodeapi.Credentials) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.credentials = credentials
}

// isSingleNode tells whether the cluster has one node.
func (n *Server) isSingleNode() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.singleNode
}

// AddLogin accepts one more password that is good for a while.
func (n *Server) AddLogin(login nodeapi.Login) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.logins = nodeapi.MergeLogins(n.logins, []nodeapi.Login{login}, n.now())
}

// admin is the admin user as the parent names it now.
func (n *Server) admin() catalog.User {
	n.mu.Lock()
	defer n.mu.Unlock()
	return catalog.User{ID: catalog.AdminID, Name: n.credentials.AdminUser, Superuser: true}
}

// Redefining is called before tables are changed around the sessions, and what it returns once that is committed.
func (n *Server) Redefining() (redefined func()) { return n.versions.Change() }

// Connect opens the session of an authenticated client.
func (n *Server) Connect(ctx context.Context, startup pgwire.Startup) (pgwire.Executor, error) {
	database, name := n.serving()
	if startup.Database != name {
		return nil, &pgwire.Error{Code: "3D000", Message: `database "` + startup.Database + `" does not exist`, Fatal: true}
	}
	inner, err := database.Session(ctx)
	if err != nil {
		return nil, clientError(err, "")
	}
	s := &session{
		Catalog: catalog.New(inner, name, n.admin, &n.versions), server: n, engine: inner, startup: startup, settings: newSettings(startup, n.sessionDefaults()),
		named: map[string]*query{}, cursors: map[string]*cursor{},
	}
	err = s.identify(ctx, startup)
	if err == nil {
		err = s.applyAll(ctx)
	}
	if err != nil {
		s.Close()
		return nil, clientError(err, "")
	}
	return s, nil
}
