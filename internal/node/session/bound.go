package session

import (
	"context"

	"slipher/internal/engine"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
)

// boundCatalog is what package bind asks, in the session's transaction.
type boundCatalog struct {
	ctx     context.Context
	session *session
}

func (c boundCatalog) Relation(name ast.Name) *bind.Relation {
	if c.session.engine.State() == engine.Failed || c.session.enter(c.ctx) != nil {
		return nil
	}
	return c.session.Catalog.Relation(c.ctx, name)
}
