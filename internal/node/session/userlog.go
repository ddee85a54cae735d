package session

import (
	"context"

	"slipher/internal/node/catalog"
	"slipher/internal/sql/ast"
	"slipher/internal/sqllog"
)

// logAltered records a change of a user that has just been made.
func (s *session) logAltered(ctx context.Context, a *ast.AlterUser) error {
	if a.NewName != "" {
		return s.logUser(ctx, sqllog.Rename, a.NewName, a.Name)
	}
	return s.logUser(ctx, sqllog.Alter, a.Name, "")
}

// logUser has the user log tell of a user as it is now, once the transaction is committed.
func (s *session) logUser(ctx context.Context, action, name, oldName string) error {
	record := sqllog.Record{
		Log: sqllog.Users, Action: action, UserName: name, OldUserName: oldName, PID: s.startup.ProcessID, XID: s.xid(), DBName: s.startup.Database,
		UserID: catalog.AdminID, Super: true, CreateDB: true, // unless the catalogue has it
	}
	rows, err := s.Rows(ctx, s.Own("SELECT id, superuser, createdb, CAST(valid_until AS VARCHAR) FROM catalog.users WHERE name = $1"), name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		record.UserID, record.Super, record.CreateDB = int64(row[0].(int32)), row[1].(bool), row[2].(bool)
		record.ValidUntil, _ = row[3].(string)
	}
	record.UpdatesCat = record.Super
	s.userChanges = append(s.userChanges, record)
	return nil
}

// tellUsers writes the user log of the transaction that has ended.
func (s *session) tellUsers(committed bool) {
	for _, record := range s.userChanges {
		if committed {
			s.server.logs.spool.Add(record)
		}
	}
	s.userChanges = nil
}
