package session

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"slipher/internal/engine"
	"slipher/internal/node/catalog"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/parse"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// Prepare parses the first statement of sql and makes it ready to run.
func (s *session) Prepare(ctx context.Context, sql string, params []uint32) (pgwire.Statement, string, error) {
	parsed, rest, err := parse.Parse(sql)
	text := strings.TrimSuffix(sql, rest)
	if refused := checkText(text); refused != nil {
		err = refused
	}
	if err != nil {
		s.engine.Fail()
		return nil, "", clientError(err, sql)
	}
	if parsed == nil {
		return nil, "", nil
	}
	statement, err := s.prepare(ctx, parsed, text, params)
	if err != nil {
		s.logActivity(text)
		s.engine.Fail()
		return nil, "", err
	}
	return s.logged(statement, text), rest, nil
}

// maxStatement is how long a statement may be in Redshift, in bytes.
const maxStatement = 16 << 20

// checkText refuses a statement that is too long, or no text.
func checkText(text string) error {
	if len(text) > maxStatement {
		return &sqlstate.Error{Code: sqlstate.ProgramLimit, Message: fmt.Sprintf("Statement is too large. Statement Size: %d bytes. Maximum Allowed: %d bytes", len(text), maxStatement)}
	}
	if at := invalidUTF8(text); at >= 0 {
		return &sqlstate.Error{Code: sqlstate.InvalidEncoding, Message: fmt.Sprintf("invalid byte sequence for encoding \"UTF8\": 0x%02x", text[at])}
	}
	return nil
}

// invalidUTF8 is where a text is none; -1 if it is one.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for at, r := range text {
		if _, size := utf8.DecodeRuneInString(text[at:]); r == utf8.RuneError && size == 1 {
			return at
		}
	}
	return -1
}

func (s *session) prepare(ctx context.Context, parsed ast.Statement, text string, params []uint32) (pgwire.Statement, error) {
	t, err := s.translate(ctx, parsed, hints{})
	if err != nil {
		return nil, clientError(err, text)
	}
	if s.engine.State() == engine.Failed && t.Kind != print.KindCommit && t.Kind != print.KindRollback {
		return nil, clientError(engine.ErrFailed, "")
	}
	if err := s.guard(t); err != nil {
		return nil, err
	}
	switch t.Kind {
	case print.KindInsert:
		return s.prepareInsert(ctx, t, text, params)
	case print.KindQuery, print.KindUpdate, print.KindDelete:
		return s.prepareQuery(ctx, t, text, params)
	case print.KindExplain:
		return s.explain(t, text).checked(s, t), nil
	case print.KindSelectInto, print.KindDDL:
		return s.definition(t, text).checked(s, t), nil
	case print.KindSecurity:
		return tagged(func(ctx context.Context) (string, error) { return s.security(ctx, t) }).checked(s, t), nil
	case print.KindCopyIn, print.KindCopyOut:
		return s.prepareCopy(ctx, t, text)
	case print.KindShowObjects:
		return s.showObjects(t.Objects), nil
	case print.KindPrepare:
		return tagged(func(ctx context.Context) (string, error) { return t.Tag, s.name(ctx, t.Prepared, text) }), nil
	case print.KindExecute:
		return s.prepareExecution(t, text)
	case print.KindDeallocate:
		return tagged(func(context.Context) (string, error) { return t.Tag, s.deallocate(t.Prepared.Name) }), nil
	case print.KindDeclare:
		return s.prepareDeclaration(ctx, t, text, params)
	case print.KindFetch:
		return s.prepareFetch(t)
	case print.KindClose:
		return tagged(func(context.Context) (string, error) { return t.Tag, s.closeCursor(t.Cursor.Name) }), nil
	default:
		return s.command(t).checked(s, t), nil
	}
}

// guard keeps statements from changing what is the node's own: the catalogue in the database file and the catalogs beside it.
func (s *session) guard(t translation) error {
	table, drop := t.Keeps.Table, t.Keeps.Drop
	if table != nil && !table.Temp && table.Name.Schema() == "" && s.CurrentSchema() == "" {
		return &pgwire.Error{Code: "3F000", Message: "no schema has been selected to create in"}
	}
	changed := []ast.Name{t.Target}
	if table != nil {
		changed = append(changed, table.Name)
	}
	if drop != nil {
		changed = append(changed, drop.Names...)
	}
	for _, name := range changed {
		isOwn := name.Schema() == catalog.Schema || drop != nil && drop.Object == "schema" && name.Last() == catalog.Schema
		switch {
		case len(name) > 2 && name[0] != "temp":
			return clientError(sqlstate.CrossDatabase(strings.Join(name, ".")), "")
		case isOwn:
			return &pgwire.Error{Code: "42501", Message: "permission denied: the catalogue is read only"}
		}
	}
	return nil
}
