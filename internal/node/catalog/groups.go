package catalog

import (
	"context"
	"fmt"

	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
)

// findGroup looks a group up by name.
func (cat *Catalog) findGroup(ctx context.Context, name string) (id int32, exists bool, err error) {
	rows, err := cat.Rows(ctx, cat.Own("SELECT id FROM catalog.groups WHERE name = $1"), name)
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0][0].(int32), true, nil
}

// KnownGroup is the group of a name, refused where there is none.
func (cat *Catalog) KnownGroup(ctx context.Context, name string) (int32, error) {
	id, exists, err := cat.findGroup(ctx, name)
	if err == nil && !exists {
		err = &pgwire.Error{Code: "42704", Message: fmt.Sprintf("group %q does not exist", name)}
	}
	return id, err
}

func (cat *Catalog) freeGroupName(ctx context.Context, name string) error {
	_, exists, err := cat.findGroup(ctx, name)
	if err == nil && exists {
		err = &pgwire.Error{Code: "42710", Message: fmt.Sprintf("group %q already exists", name)}
	}
	return err
}

// CreateGroup is CREATE GROUP, with the users that are to be in it.
func (cat *Catalog) CreateGroup(ctx context.Context, r *Rights, c *ast.CreateGroup) error {
	if err := MustBeSuperuser(r, "create groups"); err != nil {
		return err
	}
	if err := cat.freeGroupName(ctx, c.Name); err != nil {
		return err
	}
	if _, err := cat.Change(ctx, cat.Own("INSERT INTO catalog.groups VALUES (nextval('catalog.ids'), $1)"), c.Name); err != nil {
		return err
	}
	return cat.joinAll(ctx, c.Name, c.Users)
}

func (cat *Catalog) joinAll(ctx context.Context, group string, users []string) error {
	for _, name := range users {
		found, err := cat.KnownUser(ctx, name)
		if err != nil {
			return err
		}
		if err := cat.join(ctx, group, found.ID); err != nil {
			return err
		}
	}
	return nil
}

// join makes a user a member of a group, which may be the case already.
func (cat *Catalog) join(ctx context.Context, group string, member int32) error {
	id, err := cat.KnownGroup(ctx, group)
	if err != nil {
		return err
	}
	_, err = cat.Change(ctx, cat.Own(`INSERT INTO catalog.members SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM catalog.members WHERE group_id = $1 AND user_id = $2)`), id, member)
	return err
}

// AlterGroup is ALTER GROUP: another name, or users added or dropped.
func (cat *Catalog) AlterGroup(ctx context.Context, r *Rights, a *ast.AlterGroup) error {
	if err := MustBeSuperuser(r, "alter groups"); err != nil {
		return err
	}
	id, err := cat.KnownGroup(ctx, a.Name)
	if err != nil {
		return err
	}
	if a.NewName != "" {
		if err := cat.freeGroupName(ctx, a.NewName); err != nil {
			return err
		}
		_, err := cat.Change(ctx, cat.Own("UPDATE catalog.groups SET name = $2 WHERE id = $1"), id, a.NewName)
		return err
	}
	for _, name := range a.Drop {
		found, err := cat.KnownUser(ctx, name)
		if err != nil {
			return err
		}
		if _, err := cat.Change(ctx, cat.Own("DELETE FROM catalog.members WHERE group_id = $1 AND user_id = $2"), id, found.ID); err != nil {
			return err
		}
	}
	return cat.joinAll(ctx, a.Name, a.Add)
}

// DropGroup is DROP GROUP. A group that has privileges, or is to have them by default, stays.
func (cat *Catalog) DropGroup(ctx context.Context, r *Rights, name string) error {
	if err := MustBeSuperuser(r, "drop groups"); err != nil {
		return err
	}
	id, err := cat.KnownGroup(ctx, name)
	if err != nil {
		return err
	}
	rows, err := cat.Rows(ctx, cat.Own(`SELECT 1 FROM catalog.grants WHERE grantee_kind = 'group' AND grantee = $1
		UNION ALL SELECT 1 FROM catalog.default_grants WHERE grantee_kind = 'group' AND grantee = $1`), id)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return &pgwire.Error{Code: "2BP01", Message: fmt.Sprintf("group %q can't be dropped because the group has a privilege on some object", name)}
	}
	for _, statement := range []string{"DELETE FROM catalog.members WHERE group_id = $1", "DELETE FROM catalog.groups WHERE id = $1"} {
		if _, err := cat.Change(ctx, cat.Own(statement), id); err != nil {
			return err
		}
	}
	return nil
}
