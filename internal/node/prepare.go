package node

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/parse"
	"slipher/internal/sql/print"
)

// Prepare parses the first statement of sql and makes it ready to run.
func (s *session) Prepare(ctx context.Context, sql string, params []uint32) (pgwire.Statement, string, error) {
	parsed, rest, err := parse.Parse(sql)
	if err != nil {
		s.engine.Fail()
		return nil, "", clientError(err, sql)
	}
	if parsed == nil {
		return nil, "", nil
	}
	text := strings.TrimSuffix(sql, rest)
	statement, err := s.prepare(ctx, parsed, text, params)
	if err != nil {
		s.logActivity(text)
		s.engine.Fail()
		return nil, "", err
	}
	return s.logged(statement, text), rest, nil
}

func (s *session) prepare(ctx context.Context, parsed ast.Statement, text string, params []uint32) (pgwire.Statement, error) {
	t, err := s.translate(ctx, parsed)
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
		return s.prepareInsert(ctx, parsed, t, text, params)
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
	case print.KindPrepare, print.KindExecute, print.KindDeallocate:
		return s.prepareNamed(t, text)
	case print.KindDeclare, print.KindFetch, print.KindClose:
		return s.prepareCursor(ctx, t, text, params)
	default:
		return s.command(t).checked(s, t), nil
	}
}

// guard keeps statements from changing what is the node's own: the catalogue in the database file and the catalogs beside it.
func (s *session) guard(t translation) error {
	if made := t.Table; made != nil && !made.Temp && made.Name.Schema() == "" && s.schema == "" {
		return &pgwire.Error{Code: "3F000", Message: "no schema has been selected to create in"}
	}
	changed := []ast.Name{t.Target}
	if t.Table != nil {
		changed = append(changed, t.Table.Name)
	}
	if t.Drop != nil {
		changed = append(changed, t.Drop.Names...)
	}
	for _, name := range changed {
		isOwn := name.Schema() == catalogueSchema || t.Drop != nil && t.Drop.Object == "schema" && name.Last() == catalogueSchema
		switch {
		case len(name) > 2 && name[0] != "temp":
			return &pgwire.Error{Code: "0A000", Message: `cross-database references are not supported: "` + strings.Join(name, ".") + `"`}
		case isOwn:
			return &pgwire.Error{Code: "42501", Message: "permission denied: the catalogue is read only"}
		}
	}
	return nil
}

// inEngineWords says a statement in the engine's words, in which pg_catalog is what the prelude makes of it.
func (s *session) inEngineWords(parsed ast.Statement, resolve func(ast.Name) (ast.Name, error)) (print.Translation, error) {
	t, err := print.Translate(parsed, print.Session{
		User:     s.user.name,
		UserID:   s.user.id,
		Database: s.startup.Database,
		Schema:   s.schema,
		Version:  version,
		Backend:  int32(s.startup.ProcessID),
		Settings: s.settings.now,
		Hidden:   []string{catalogueSchema},
		Resolve:  resolve,

		UserVariable: userVariable,

		Unique: strconv.FormatInt(time.Now().UnixNano(), 36),
	})
	if err != nil {
		return print.Translation{}, err
	}
	for i, statement := range t.Statements {
		t.Statements[i] = unqualified(statement)
	}
	if t.Copy != nil {
		t.Copy.Query = unqualified(t.Copy.Query)
	}
	return t, nil
}

// version is what VERSION() answers; drivers look for both names in it.
const version = "PostgreSQL 8.0.2 on x86_64-unknown-linux-gnu, compiled by GCC, Redshift 1.0.100000 (slipher)"

// unqualified takes pg_catalog off the names in a statement of the engine: qualified, they would mean the engine's own catalogue, which shows
// too little, and shows what users should not see. The same holds for some of information_schema. Names are found in the prelude's first and in the engine's then.
func unqualified(sql string) string {
	const qualifier = "pg_catalog."
	var out strings.Builder
	for sql != "" {
		at := strings.IndexAny(sql, `'"pi`)
		if at < 0 {
			break
		}
		out.WriteString(sql[:at])
		sql = sql[at:]
		skip := 1
		switch {
		case sql[0] == 'i':
			if own := ownInformation.FindStringSubmatch(sql); own != nil && startsName(out.String()) {
				out.WriteString(engine.Helpers + ".main.information_schema_" + own[1])
				sql = sql[len(own[0]):]
				continue
			}
		case sql[0] == '\'' || sql[0] == '"':
			if end := strings.IndexByte(sql[1:], sql[0]); end >= 0 { // a doubled quote ends one string and begins the next
				skip = end + 2
			}
		case strings.HasPrefix(sql, qualifier) && startsName(out.String()):
			sql = sql[len(qualifier):]
			continue
		}
		out.WriteString(sql[:skip])
		sql = sql[skip:]
	}
	return out.String() + sql
}

// ownInformation finds the views of information_schema that the prelude has.
var ownInformation = regexp.MustCompile(`^information_schema\."?(tables|columns|schemata|views|table_constraints)\b"?`)

// startsName says whether a name may begin behind text.
func startsName(text string) bool {
	if text == "" {
		return true
	}
	return strings.ContainsRune(" (,\n\t=<>+-*/|[", rune(text[len(text)-1]))
}
