package session

import (
	"context"

	"slipher/internal/sql/print"
)

// isReadOnly tells whether the transaction may change temporary tables only.
func (s *session) isReadOnly() bool {
	value, _ := s.settings.get("transaction_read_only")
	return value == "on"
}

// beReadOnly makes the transaction that has just begun read only where the session's transactions are.
func (s *session) beReadOnly() {
	if value, _ := s.settings.get("default_transaction_read_only"); value == "on" {
		s.settings.setLocal("transaction_read_only", "on")
	}
}

// writes tells whether a statement changes anything but temporary tables.
func (s *session) writes(ctx context.Context, plan print.Plan) bool {
	switch plan.Kind {
	case print.KindInsert, print.KindUpdate, print.KindDelete, print.KindCopyIn:
		return !s.IsTemporary(ctx, plan.Target)
	case print.KindSelectInto:
		return !plan.Keeps.Table.Temp
	case print.KindDDL:
		made, dropped := plan.Keeps.Table, plan.Keeps.Drop
		return !(made != nil && made.Temp || dropped != nil && len(dropped.Names) == 1 && s.IsTemporary(ctx, dropped.Names[0]))
	}
	return plan.Kind == print.KindSecurity
}
