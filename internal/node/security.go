package node

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sqllog"
)

// security runs a statement about users, groups or privileges, which changes nothing but the catalogue.
func (s *session) security(ctx context.Context, t translation) (tag string, err error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	r, err := s.authority(ctx)
	if err == nil {
		err = s.secure(ctx, r, t)
	}
	s.epoch++
	if err != nil {
		s.engine.Fail()
		return "", clientError(err, "")
	}
	return t.Tag, nil
}

func (s *session) secure(ctx context.Context, r *rights, t translation) error {
	switch statement := t.Security.(type) {
	case *ast.CreateUser:
		if err := s.createUser(ctx, r, statement); err != nil {
			return err
		}
		return s.logUser(ctx, sqllog.Create, statement.Name, "")
	case *ast.AlterUser:
		if err := s.alterUser(ctx, r, statement); err != nil {
			return err
		}
		return s.logAltered(ctx, statement)
	case *ast.DropUser:
		return s.dropUsers(ctx, r, statement)
	case *ast.CreateGroup:
		return s.createGroup(ctx, r, statement)
	case *ast.AlterGroup:
		return s.alterGroup(ctx, r, statement)
	case *ast.DropGroup:
		return s.dropGroup(ctx, r, statement.Name)
	case *ast.Grant:
		return s.grant(ctx, r, statement)
	case *ast.Revoke:
		return s.revoke(ctx, r, statement)
	case *ast.DefaultPrivileges:
		return s.defaultPrivileges(ctx, r, statement)
	}
	return errors.New("no such statement about users")
}

func (s *session) dropUsers(ctx context.Context, r *rights, d *ast.DropUser) error {
	if err := mustBeSuperuser(r, "drop users"); err != nil {
		return err
	}
	for _, name := range d.Names {
		found, exists, err := s.findUser(ctx, name)
		switch {
		case err != nil:
			return err
		case !exists && d.IfExists:
			pgwire.Notice(ctx, "NOTICE", &pgwire.Error{Code: "42704", Message: fmt.Sprintf("user %q does not exist, skipping", name)})
		case !exists:
			return unknownUser(name)
		default:
			if err := errors.Join(s.logUser(ctx, sqllog.Drop, found.name, ""), s.dropUser(ctx, r, found.user)); err != nil {
				return err
			}
		}
	}
	return nil
}

// authority is rightsOf the session's user, looked up once for as long as nothing can have changed it.
func (s *session) authority(ctx context.Context) (*rights, error) {
	if s.authorized != nil && s.authorizedAt == s.epoch {
		return s.authorized, nil
	}
	r, err := s.rightsOf(ctx, s.user)
	if err != nil {
		return nil, err
	}
	if r.gone {
		return nil, &pgwire.Error{Code: "28000", Message: fmt.Sprintf("user %q does not exist any more", s.user.name), Fatal: true}
	}
	s.authorized, s.authorizedAt = r, s.epoch
	return r, nil
}
