package process

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"slipher/internal/engine"
	"slipher/internal/engine/ondisk"
	"slipher/internal/node/catalog"
	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
	"slipher/internal/scram"
)

// open opens the database, or creates it in an empty folder, and lets clients in. A second request for the same database changes the
// credentials and the parameters, and nothing else.
func (n *node) open(_ http.ResponseWriter, r *http.Request, request nodeapi.OpenRequest) error {
	if err := checkCredentials(nodeapi.Credentials{AdminUser: request.AdminUser, Verifier: request.Verifier}); err != nil {
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
	isOpen, name := n.database != nil, n.name
	n.mu.Unlock()
	n.sql.Configure(request)
	switch {
	case isOpen && name == request.Database:
		return nil
	case isOpen:
		return refuse(http.StatusConflict, "the node has the database %q open, not %q", name, request.Database)
	}
	view, err := n.openable(r.Context(), request.Restore)
	if err != nil {
		return err
	}
	err = n.openDatabase(r.Context(), request, view)
	if what, damaged := ondisk.IsDamage(err); damaged {
		n.log.Error("database damaged and not opened", "database", request.Database, "damage", what)
		n.showDamage(what)
		return refuse(nodeapi.StatusDamaged, "%s", what)
	}
	return err
}

func (n *node) openDatabase(ctx context.Context, request nodeapi.OpenRequest, view string) error {
	name := request.Database
	if err := n.checkFolder(name, view); err != nil {
		return err
	}
	statements, err := catalog.Prelude(name, request.AdminUser)
	if err != nil {
		return err
	}
	database, err := engine.Open(ctx, engine.Config{
		Dir:         n.config.DataDir,
		View:        view,
		TempDir:     n.config.TempDir,
		Database:    name,
		Note:        n.config.NoteFile,
		Create:      request.Create,
		MemoryLimit: n.config.MemoryLimit,
		Threads:     n.config.Threads,
		Prelude:     statements,
		SearchPath:  catalog.DefaultSearchPath,
		Log:         n.log,
		Now:         n.now,
	})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	n.mu.Lock()
	n.database, n.name, n.damage = database, name, ""
	if n.restoring != nil {
		close(n.restoring.opened)
	}
	n.mu.Unlock()
	n.sql.Serve(database, name)
	n.opened <- database
	n.door.open()
	n.log.Info("database opened", "database", name, "bytes", database.Bytes())
	return nil
}

// showDamage lets clients in as far as an error that says what is wrong, in the place of an endless wait.
func (n *node) showDamage(what string) {
	n.mu.Lock()
	n.damage = what
	n.mu.Unlock()
	n.door.open()
}

// admit refuses whoever connects to a damaged database, in words.
func (n *node) admit(ctx context.Context, startup pgwire.Startup) error {
	n.mu.Lock()
	damage := n.damage
	n.mu.Unlock()
	if damage == "" {
		return n.sql.Admit(ctx, startup)
	}
	return &pgwire.Error{Code: "XX001", Fatal: true, Message: "the cluster's database is damaged and was not opened",
		Hint: "Whoever runs the cluster finds in slipher doctor what is damaged and how to go on."}
}

// checkFolder refuses to make an empty database beside the data that a restore left unfinished, or beside that of another name.
func (n *node) checkFolder(name, view string) error {
	partial, err := n.glob("*.partial")
	if err != nil {
		return err
	}
	if len(partial) > 0 && view == "" {
		return refuse(http.StatusConflict, "a restore into this node was not finished: restore again before opening")
	}
	databases, err := n.glob(engine.FileName("*"))
	if err != nil {
		return err
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

func checkCredentials(credentials nodeapi.Credentials) error {
	if credentials.AdminUser == "" {
		return refuse(http.StatusBadRequest, "the admin user has no name")
	}
	if _, err := scram.ParseVerifier(credentials.Verifier); err != nil {
		return refuse(http.StatusBadRequest, "the admin user's password verifier is not in PostgreSQL's form")
	}
	return nil
}
