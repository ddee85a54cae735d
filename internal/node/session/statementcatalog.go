package session

import (
	"context"

	"slipher/internal/node/catalog"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
)

// statementCatalog is the catalog as one statement asks it while it is planned, inside the session's transaction. It implements print.Catalog.
type statementCatalog struct {
	ctx     context.Context
	session *session
}

func (c statementCatalog) rights() (*catalog.Rights, error) {
	if err := c.session.enter(c.ctx); err != nil {
		return nil, err
	}
	return c.session.authority(c.ctx)
}

func (c statementCatalog) Superuser() (bool, error) {
	r, err := c.rights()
	if err != nil {
		return false, err
	}
	return r.Superuser, nil
}

func (c statementCatalog) Find(name ast.Name) (print.Place, error) {
	r, err := c.rights()
	if err != nil {
		return print.Place{}, err
	}
	return c.session.Find(c.ctx, r, name)
}

func (c statementCatalog) Schema(name string) (found print.Object, exists bool, err error) {
	r, err := c.rights()
	if err != nil {
		return print.Object{}, false, err
	}
	schemas, err := r.Schemas(c.ctx, name)
	for _, o := range schemas {
		if catalog.SameName(o.Schema, name) {
			return o.Planned(), true, err
		}
	}
	return print.Object{}, false, err
}

func (c statementCatalog) User(name string) (id int32, err error) {
	if err := c.session.enter(c.ctx); err != nil {
		return 0, err
	}
	found, err := c.session.KnownUser(c.ctx, name)
	return found.ID, err
}

var _ print.Catalog = statementCatalog{}
