package session

import (
	"context"
	"errors"
	"fmt"

	"slipher/internal/node/catalog"
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
	s.Redefined()
	if err != nil {
		s.engine.Fail()
		return "", clientError(err, "")
	}
	return t.Tag, nil
}

func (s *session) secure(ctx context.Context, r *catalog.Rights, t translation) error {
	switch statement := t.Security.(type) {
	case *ast.CreateUser:
		if err := s.CreateUser(ctx, r, statement); err != nil {
			return err
		}
		return s.logUser(ctx, sqllog.Create, statement.Name, "")
	case *ast.AlterUser:
		if err := s.AlterUser(ctx, r, statement); err != nil {
			return err
		}
		return s.logAltered(ctx, statement)
	case *ast.DropUser:
		return s.dropUsers(ctx, r, statement)
	case *ast.CreateGroup:
		return s.CreateGroup(ctx, r, statement)
	case *ast.AlterGroup:
		return s.AlterGroup(ctx, r, statement)
	case *ast.DropGroup:
		return s.DropGroup(ctx, r, statement.Name)
	case *ast.Grant:
		return s.Grant(ctx, r, statement)
	case *ast.Revoke:
		return s.Revoke(ctx, r, statement)
	case *ast.DefaultPrivileges:
		return s.DefaultPrivileges(ctx, r, statement)
	}
	return errors.New("no such statement about users")
}

func (s *session) dropUsers(ctx context.Context, r *catalog.Rights, d *ast.DropUser) error {
	if err := catalog.MustBeSuperuser(r, "drop users"); err != nil {
		return err
	}
	for _, name := range d.Names {
		found, exists, err := s.FindUser(ctx, name)
		switch {
		case err != nil:
			return err
		case !exists && d.IfExists:
			pgwire.Notice(ctx, "NOTICE", &pgwire.Error{Code: "42704", Message: fmt.Sprintf("user %q does not exist, skipping", name)})
		case !exists:
			return catalog.UnknownUser(name)
		default:
			if err := errors.Join(s.logUser(ctx, sqllog.Drop, found.Name, ""), s.DropUser(ctx, r, found.User)); err != nil {
				return err
			}
		}
	}
	return nil
}

// authority is rightsOf the session's user, looked up once for as long as nothing can have changed it.
func (s *session) authority(ctx context.Context) (*catalog.Rights, error) {
	if s.authorized != nil && s.authorizedAt == s.Generation() {
		return s.authorized, nil
	}
	r, err := s.RightsOf(ctx, s.user)
	if err != nil {
		return nil, err
	}
	if r.Gone {
		return nil, &pgwire.Error{Code: "28000", Message: fmt.Sprintf("user %q does not exist any more", s.user.Name), Fatal: true}
	}
	s.authorized, s.authorizedAt = r, s.Generation()
	return r, nil
}
