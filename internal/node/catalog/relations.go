package catalog

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
	"slipher/internal/sql/types"
)

// Versions says whether what a session knows of tables and rights may still hold: it goes up with each commit that changed
// some. While one is on its way, nobody can tell.
type Versions struct {
	mu       sync.Mutex
	version  int64
	changing int
}

// now is the version; it is not settled while a change is being committed.
func (c *Versions) now() (version int64, settled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version, c.changing == 0
}

// Change begins a change; what it returns ends it.
func (c *Versions) Change() (changed func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changing++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.changing--
		c.version++
	}
}

// noVersion is what a session knows in its transaction only.
const noVersion = -1

// relations is what a session knows of tables and views.
type relations struct {
	version int64
	known   map[[2]string]*bind.Relation // by schema and name; nil where there is none
	changed bool                         // by the transaction, which sees its own changes
	oids    map[[2]string]uint32         // of those that clients were told of

	generation int // goes up with each time that everything is forgotten
}

// forget begins to know anew.
func (r *relations) forget(version int64, changed bool) {
	*r = relations{version: version, known: map[[2]string]*bind.Relation{}, changed: changed, generation: r.generation + 1}
}

// entering keeps what is known if nothing has changed it by the time a transaction begins: it is called with the
// version before, and looks at the one after.
func (r *relations) entering(before int64, settled bool, versions *Versions) {
	after, still := versions.now()
	if !settled || !still || before != after {
		before = noVersion
	}
	if r.known == nil || before == noVersion || before != r.version {
		r.forget(before, false)
	}
	r.changed = false
}

// redefined forgets everything, because the transaction has changed something.
func (r *relations) redefined() { r.forget(noVersion, true) }

// Generation is another number whenever what was bound before may mean something else by now.
func (cat *Catalog) Generation() int { return cat.relations.generation }

// Begin begins a transaction.
func (cat *Catalog) Begin(ctx context.Context) error {
	version, settled := cat.versions.now()
	if err := cat.engine.Begin(ctx); err != nil {
		return err
	}
	cat.relations.entering(version, settled, cat.versions)
	return nil
}

// Commit commits it.
func (cat *Catalog) Commit(ctx context.Context) error {
	if cat.relations.changed {
		defer cat.versions.Change()()
	}
	return cat.engine.Commit(ctx)
}

// Redefined forgets what is known of tables, because the transaction has changed one.
func (cat *Catalog) Redefined() { cat.relations.redefined() }

// Relation is what is known of a table or view, looked up in the order in which the engine does; nil where there is none.
func (cat *Catalog) Relation(ctx context.Context, name ast.Name) *bind.Relation {
	if len(name) == 3 && name[0] == cat.database {
		name = name[1:]
	}
	if len(name) > 2 {
		return nil
	}
	if full := cat.temporary(ctx, name.Last()); full != nil && len(name) == 1 {
		return cat.loadColumns(ctx, full)
	}
	full, isSystem := systemRelation(name)
	if isSystem && len(name) == 2 { // the engine has a schema of that name too
		return cat.systemColumns(ctx, full)
	}
	for _, schema := range cat.lookedIn(name) {
		if found := cat.relation(ctx, schema, name.Last()); found != nil {
			return found
		}
	}
	if isSystem {
		return cat.systemColumns(ctx, full)
	}
	return nil
}

// systemColumns are those of one of the system's own relations.
func (cat *Catalog) systemColumns(ctx context.Context, full ast.Name) *bind.Relation {
	key := [2]string{"", strings.Join(full, ".")}
	found, known := cat.relations.known[key]
	if !known {
		found = systemTypes(cat.loadColumns(ctx, full))
		cat.relations.known[key] = found
	}
	return found
}

// arrays are the columns of the system's own relations that are arrays.
var arrays = map[string]types.Kind{
	"nspacl": types.ACL, "typacl": types.ACL, "relacl": types.ACL, "datacl": types.ACL, "lanacl": types.ACL, "spcacl": types.ACL, "proacl": types.ACL, "defaclacl": types.ACL,
	"conkey": types.SmallintArray, "confkey": types.SmallintArray, "grolist": types.IntegerArray, "reloptions": types.TextArray, "spcoptions": types.TextArray,
	"useconfig": types.TextArray, "proargnames": types.TextArray, "proargmodes": types.TextArray, "proconfig": types.TextArray, "proallargtypes": types.OIDArray,
	"proargtypes": types.OIDVector, "indkey": types.SmallintVector, "indclass": types.OIDVector,
}

// systemTypes are the types of the system's own columns, whose strings are names.
func systemTypes(relation *bind.Relation) *bind.Relation {
	if relation == nil {
		return nil
	}
	for i := range relation.Columns {
		column := &relation.Columns[i]
		column.Table = nil
		kind, isArray := arrays[column.Name]
		switch {
		case isArray && !column.Type.IsKnown():
			column.Type = types.Type{Kind: kind}
		case column.Type.Kind == types.Varchar:
			column.Type = types.Type{Kind: types.Name}
		}
	}
	return relation
}

// relation is a table or view of a schema, nil where there is none.
func (cat *Catalog) relation(ctx context.Context, schema, name string) *bind.Relation {
	key := [2]string{schema, name}
	found, known := cat.relations.known[key]
	if known {
		return found
	}
	if found = cat.loadColumns(ctx, ast.Name{schema, name}); found != nil {
		found = cat.boundByNow(ctx, found, schema, name)
		cat.addDeclared(ctx, found, schema, name)
	}
	cat.relations.known[key] = found
	return found
}

// loadColumns reads a relation's columns as the engine has them; nil where there is no such relation.
func (cat *Catalog) loadColumns(ctx context.Context, name ast.Name) *bind.Relation {
	statement, err := cat.engine.Prepare(ctx, "SELECT * FROM "+TableName(name))
	if err != nil {
		return nil
	}
	defer statement.Close()
	relation := &bind.Relation{}
	for i, column := range statement.Columns() {
		relation.Columns = append(relation.Columns, bind.Column{Name: column.Name, Type: typeOf(column.Type), Table: name, Number: int16(i + 1)})
	}
	return relation
}

// typeOf is a column's type. The engine announces SUPER as text.
func typeOf(t engine.Type) types.Type {
	if t.OID == pgtype.TextOID {
		return types.Type{}
	}
	return types.FromOID(t.OID, t.Mod)
}

// addDeclared adds what the catalog keeps of a relation's columns: lengths, CHAR, IDENTITY. Of views it keeps no keys.
func (cat *Catalog) addDeclared(ctx context.Context, relation *bind.Relation, schema, name string) {
	rows, err := cat.Rows(ctx, "SELECT column_name, declared, length, identity, distkey IS NOT NULL, coalesce(trimmed, false) FROM "+Schema+
		".columns WHERE schema_name = $1 AND table_name = $2", schema, name)
	if err != nil {
		return
	}
	for i := range relation.Columns {
		column := &relation.Columns[i]
		for _, row := range rows {
			if row[0] == column.Name {
				column.Type = declaredType(column.Type, row[1], row[2])
				column.Identity, column.Stored, column.Trimmed = row[3] == "always", row[4] == true, row[5] == true
			}
		}
	}
}

// declaredType is a column's type as its table was declared.
func declaredType(t types.Type, declared, length any) types.Type {
	text, _ := declared.(string)
	bytes, _ := length.(int32)
	switch {
	case text == "super":
		return types.Type{Kind: types.Super}
	case t.Kind != types.Varchar || bytes == 0:
		return t
	case text == fmt.Sprintf("character(%d)", bytes):
		return types.Type{Kind: types.Char, Length: int(bytes)}
	}
	return types.Type{Kind: types.Varchar, Length: int(bytes)}
}

// OID is the number of a relation in PG_CLASS, 0 where it has none.
func (cat *Catalog) OID(ctx context.Context, name ast.Name) uint32 {
	if len(name) < 2 {
		return 0
	}
	if cat.relations.oids == nil {
		cat.loadOIDs(ctx)
	}
	if len(name) == 3 {
		return cat.relations.oids[[2]string{name[0], name[2]}]
	}
	return cat.relations.oids[[2]string{name[0], name[1]}]
}

func (cat *Catalog) loadOIDs(ctx context.Context) {
	rows, err := cat.Rows(ctx, `SELECT CASE database_name WHEN 'temp' THEN 'temp' ELSE schema_name END, table_name, table_oid FROM duckdb_tables()
		WHERE database_name IN (current_database(), 'temp') UNION ALL SELECT schema_name, view_name, view_oid FROM duckdb_views() WHERE database_name = current_database()`)
	if err != nil {
		return
	}
	cat.relations.oids = make(map[[2]string]uint32, len(rows))
	for _, row := range rows {
		cat.relations.oids[[2]string{row[0].(string), row[1].(string)}] = uint32(row[2].(int64))
	}
}
