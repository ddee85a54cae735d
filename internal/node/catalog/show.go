package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqlstate"
)

// Shown is what a SHOW statement asks, with the values of its parameters; see [ast.ShowObjects].
type Shown struct {
	What, Of string
	Path     []string
	For      *ast.Grantee
	Like     *string
	Limit    int // negative where none is asked for
}

// MaxShown is how many rows a SHOW statement returns at most, and the most that its LIMIT may be.
const MaxShown = 10000

// Show answers a SHOW statement about what there is, as far as the user may see it.
func (cat *Catalog) Show(ctx context.Context, r *Rights, q Shown) ([][]any, error) {
	named, err := cat.shownObject(ctx, r, q)
	if err != nil {
		return nil, err
	}
	switch q.What {
	case "table":
		return cat.tableText(ctx, named)
	case "view":
		return cat.Rows(ctx, "SELECT definition FROM slipher.slipher_own.visible_relations WHERE schema_name = $1 AND name = $2", named.Schema, named.name)
	}
	whose, err := cat.grantsShown(ctx, r, q)
	if err != nil {
		return nil, err
	}
	rows, err := cat.Rows(ctx, q.query(r, named, whose))
	if err == nil && len(rows) > MaxShown {
		err = &pgwire.Error{Code: "54000", Message: fmt.Sprintf("SHOW %s finds more than %d rows: use LIKE or LIMIT", strings.ToUpper(q.What), MaxShown)}
	}
	return rows, err
}

// query is the engine's SQL.
func (q *Shown) query(r *Rights, named object, whose string) string {
	listing := shownListings[q.listing()]
	seen, seenSchema := "true", "true"
	if !r.Superuser {
		seen, seenSchema = "slipher.slipher_own.sees(r.schema_name, r.name)", "slipher.slipher_own.sees_schema(s.name)"
	}
	sql := strings.NewReplacer("{schema}", engine.QuoteText(named.Schema), "{relation}", engine.QuoteText(named.name),
		"{seen}", seen, "{seen schema}", seenSchema, "{whose}", whose).Replace(listing.query)
	if q.Like != nil {
		sql = "SELECT * FROM (" + sql + ") WHERE " + listing.name + " LIKE " + engine.QuoteText(*q.Like) + ` ESCAPE '\'`
	}
	limit := MaxShown + 1
	if q.Limit >= 0 {
		limit = q.Limit
	}
	return sql + " ORDER BY " + listing.order + " LIMIT " + strconv.Itoa(limit)
}

func (q *Shown) listing() string {
	if q.What == "grants" && q.Of != "" {
		return "grants on " + q.Of
	}
	return q.What
}

// shownObject is what the statement's path names. One who may not read a table is not shown what it is made of.
func (cat *Catalog) shownObject(ctx context.Context, r *Rights, q Shown) (object, error) {
	path := q.Path
	if parts := map[string]int{"database": 1, "schema": 2, "table": 3, "view": 3, "function": 3, "procedure": 3}[q.Of]; len(path) == max(parts, 1) {
		if path[0] != cat.database {
			return object{}, &pgwire.Error{Code: "3D000", Message: fmt.Sprintf("database %q does not exist", path[0])}
		}
		path = path[1:]
	}
	switch q.Of {
	case "schema":
		return cat.shownSchema(ctx, r, path[0])
	case "table", "view":
		return cat.shownRelation(ctx, r, q, path)
	case "function", "procedure":
		return object{}, &pgwire.Error{Code: sqlstate.UndefinedFunction, Message: fmt.Sprintf("%s %s does not exist", q.Of, strings.Join(path, "."))}
	}
	return object{}, nil
}

func (cat *Catalog) shownSchema(ctx context.Context, r *Rights, name string) (object, error) {
	if slices.Contains([]string{"pg_catalog", "information_schema"}, name) {
		return object{Schema: name}, nil
	}
	schemas, err := r.Schemas(ctx, name)
	if err != nil {
		return object{}, err
	}
	if at := slices.IndexFunc(schemas, func(o object) bool { return SameName(o.Schema, name) }); at >= 0 {
		return schemas[at], nil
	}
	return object{}, sqlstate.NoSchema(name)
}

func (cat *Catalog) shownRelation(ctx context.Context, r *Rights, q Shown, path []string) (object, error) {
	if len(path) == 2 {
		if _, err := cat.shownSchema(ctx, r, path[0]); err != nil {
			return object{}, err
		}
	}
	found, err := cat.Find(ctx, r, path)
	if err != nil {
		return object{}, err
	}
	named := object{Schema: found.Object.Schema, name: found.Object.Name, kind: found.Object.Kind}
	switch {
	case found.Kind == print.Temporary:
		return object{Schema: "pg_temp_1", name: found.Name.Last(), kind: "table"}, nil
	case found.Kind != print.Stored:
		return object{}, sqlstate.NoRelation(strings.Join(path, "."))
	case q.What == "view" && named.kind != "view", q.What == "table" && named.kind != "table":
		return object{}, &pgwire.Error{Code: sqlstate.WrongObjectType, Message: fmt.Sprintf("%q is not a %s", named.name, q.What)}
	case strings.HasSuffix(q.What, "grants"):
		return named, nil
	}
	return named, r.Require(ctx, print.Need{Schema: named.Schema, Name: named.name, Privileges: []string{"select"}})
}

// grantsShown says in the engine's words whose grants are shown: those that the statement asks for, of those that the user may see.
func (cat *Catalog) grantsShown(ctx context.Context, r *Rights, q Shown) (string, error) {
	whose := "true"
	if !r.Superuser {
		whose = fmt.Sprintf("(identity_type = 'public' OR identity_type = 'user' AND identity_id = %[1]d OR identity_type = 'group' AND slipher.slipher_own.is_member(%[1]d, identity_id))", r.user.ID)
	}
	switch {
	case q.For == nil:
		return whose, nil
	case q.For.Kind == "role":
		return "", &pgwire.Error{Code: sqlstate.UndefinedObject, Message: fmt.Sprintf("role %q does not exist", q.For.Name)}
	case q.For.Kind == "public":
		return whose + " AND identity_type = 'public'", nil
	}
	user, err := cat.KnownUser(ctx, q.For.Name)
	if err != nil {
		return "", err
	}
	if q.Of == "" && user.ID != r.user.ID {
		err = MustBeSuperuser(r, "show the grants of others")
	}
	return fmt.Sprintf("%s AND identity_type = 'user' AND identity_id = %d", whose, user.ID), err
}
