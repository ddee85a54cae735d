package node

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"slipher/internal/compute"
	"slipher/internal/engine"
	"slipher/internal/pgwire"
)

// open opens the database, or creates it in an empty folder, and lets clients in. A second request for the same database changes the
// credentials and nothing else.
func (n *node) open(_ http.ResponseWriter, r *http.Request, request compute.OpenRequest) error {
	credentials := compute.Credentials{AdminUser: request.AdminUser, Verifier: request.Verifier}
	if err := checkCredentials(credentials); err != nil {
		return err
	}
	if request.Database == "" {
		return refuse(http.StatusBadRequest, "the database has no name")
	}
	if err := n.takeTurn(r.Context()); err != nil {
		return err
	}
	defer n.giveTurn()
	n.mu.Lock()
	state, name := n.state, n.name
	n.credentials = credentials
	n.mu.Unlock()
	switch {
	case state == stateOpen && name == request.Database:
		return nil
	case state == stateOpen:
		return refuse(http.StatusConflict, "the node has the database %q open, not %q", name, request.Database)
	}
	return n.openDatabase(r, request.Database)
}

func (n *node) openDatabase(r *http.Request, name string) error {
	if err := n.checkFolder(name); err != nil {
		return err
	}
	n.mu.Lock()
	statements, err := prelude(name, n.credentials.AdminUser)
	n.mu.Unlock()
	if err != nil {
		return err
	}
	database, err := engine.Open(r.Context(), engine.Config{
		Dir:         n.config.DataDir,
		TempDir:     n.config.TempDir,
		Database:    name,
		MemoryLimit: n.config.MemoryLimit,
		Threads:     n.config.Threads,
		Prelude:     statements,
		SearchPath:  defaultSearchPath,
		Log:         n.log,
	})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	n.mu.Lock()
	n.database, n.name, n.state = database, name, stateOpen
	n.mu.Unlock()
	n.opened <- database
	n.door.open()
	n.log.Info("database opened", "database", name, "bytes", database.Bytes())
	return nil
}

// checkFolder refuses to make an empty database beside the data that a restore left unfinished, or beside that of another name.
func (n *node) checkFolder(name string) error {
	partial, err := filepath.Glob(filepath.Join(globEscape(n.config.DataDir), "*.partial"))
	if err != nil {
		return fmt.Errorf("look into the data directory: %w", err)
	}
	if len(partial) > 0 {
		return refuse(http.StatusConflict, "a restore into this node was not finished: restore again before opening")
	}
	databases, err := filepath.Glob(filepath.Join(globEscape(n.config.DataDir), engine.FileName("*")))
	if err != nil {
		return fmt.Errorf("look into the data directory: %w", err)
	}
	for _, path := range databases {
		if found := strings.TrimSuffix(filepath.Base(path), engine.FileName("")); found != name {
			return refuse(http.StatusConflict, "the node's data is of the database %q, not %q", found, name)
		}
	}
	return nil
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func checkCredentials(credentials compute.Credentials) error {
	if credentials.AdminUser == "" {
		return refuse(http.StatusBadRequest, "the admin user has no name")
	}
	if _, err := pgwire.ParseVerifier(credentials.Verifier); err != nil {
		return refuse(http.StatusBadRequest, "the admin user's password verifier is not in PostgreSQL's form")
	}
	return nil
}
