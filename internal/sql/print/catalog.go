package print

import (
	"fmt"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// Catalog is what a statement asks about what there is. The answers are those of the session's transaction.
type Catalog interface {
	// Find finds what the name of a relation means.
	Find(ast.Name) (Place, error)
	// Schema finds a schema of the users', never one of the system's.
	Schema(name string) (found Object, exists bool, err error)
	// User finds a user by name.
	User(name string) (id int32, err error)
	// Superuser says whether the session's user is one.
	Superuser() (bool, error)
}

// Object is a relation, or a schema, which has no name.
type Object struct {
	Schema, Name string
	Kind         string // "table", "view" or "schema"
	Owner        int32
	Traced       bool // what the view reads is known
}

// Place is what a relation's name means.
type Place struct {
	Kind   PlaceKind
	Object Object   // Stored: what the catalog keeps of it
	Name   ast.Name // in full, for the engine
}

// PlaceKind says where a relation lives.
type PlaceKind int

// The places in which a name may be found.
const (
	Nowhere   PlaceKind = iota // the name means nothing
	Stored                     // in the database
	Temporary                  // in the session
	System                     // it is one of the system's own
)

// Need is a privilege on an object that a statement takes, or several of which one is enough. Without a name it is one on the schema, and without
// a schema either one on the database.
type Need struct {
	Schema, Name string
	Privileges   []string
}

// The privileges that are not granted: owning an object or its schema, and being a superuser.
const (
	Owning       = "own"
	OwningSchema = "own schema"
	Superior     = "superuser"
)

// Keeps is what the catalog is told once a statement has run.
type Keeps struct {
	Table   *Table     // a table that is made
	Alter   *Alter     // a change made to a table
	Drop    *Dropped   // what is dropped; the catalog forgets whatever is not there any more
	View    *View      // a view that is made
	Made    *Object    // whose the relation or schema is that is made
	Reads   []Object   // what it reads, which is held against the rights of a view's owner
	Renamed *Renaming  // a relation that gets another name
	Given   *Ownership // a relation or schema that gets another owner
}

// View is a view as it was written.
type View struct {
	Name  ast.Name
	Query string // in Redshift's words
	// Columns are those of which something is known that the engine does not know.
	Columns []TableColumn
	// Late views are bound when they are read: what they read may be missing, and goes without asking them.
	Late bool
	// Waiting makes a late view in the place of the one that stands for it while what it reads is missing.
	Waiting string
}

// Renaming is a relation and its new name.
type Renaming struct {
	Object Object
	Name   string
}

// Ownership is a relation or schema and its new owner.
type Ownership struct {
	Object Object
	Owner  int32
}

// everything says whether the user may do everything anyway, so that names need not be looked up.
func (t *translator) everything() bool {
	return t.session.Catalog == nil || t.session.UserID == t.session.Admin
}

// resolves says whether the names of what is read are looked up, so that the engine is left no choice of what they mean. The admin user's are not,
// except where a view keeps them.
func (t *translator) resolves() bool {
	return t.session.Catalog != nil && (t.tracing || !t.everything())
}

func (t *translator) need(o Object, privileges ...string) {
	t.needs = append(t.needs, Need{o.Schema, o.Name, privileges})
}

// superuserOnly admits nobody else.
func (t *translator) superuserOnly() { t.need(Object{}, Superior) }

// read admits a table to a query, and returns its full name.
func (t *translator) read(name ast.Name) ast.Name {
	found, ok := t.find(name)
	if !ok {
		return name
	}
	switch found.Kind {
	case Stored:
		if !t.late {
			t.need(found.Object, "select")
		}
		t.reads = append(t.reads, found.Object)
	case Temporary:
		if t.tracing {
			t.refuse(sqlstate.Unsupported(0, "a view cannot read temporary tables"))
		}
	case Nowhere:
		if t.late {
			if _, exists := t.schema(name.Schema()); !exists {
				t.refuse(sqlstate.NoSchema(name.Schema()))
			}
			t.reads = append(t.reads, Object{Schema: name.Schema(), Name: name.Last()})
			return name
		}
		return t.unknown(name)
	}
	return found.Name
}

// find finds what a name means; it is not ok where the statement has been refused.
func (t *translator) find(name ast.Name) (found Place, ok bool) {
	if t.err != nil {
		return Place{}, false
	}
	found, err := t.session.Catalog.Find(t.local(name))
	if err != nil {
		t.refuse(err)
	}
	return found, err == nil
}

// local drops the database from a name where it is the session's own.
func (t *translator) local(name ast.Name) ast.Name {
	if len(name) == 3 && name[0] == t.session.Database {
		return name[1:]
	}
	return name
}

// unknown is a name that means nothing. The engine tells a superuser so in its own words, and may know it all the same.
func (t *translator) unknown(name ast.Name) ast.Name {
	if t.superuser() {
		t.superuserOnly()
		return name
	}
	t.refuse(sqlstate.NoRelation(strings.Join(name, ".")))
	return name
}

func (t *translator) superuser() bool {
	is, err := t.session.Catalog.Superuser()
	if err != nil {
		t.refuse(err)
	}
	return is
}

// changed admits a relation that the statement changes, and returns its full name. The admin user's is left for the engine to find.
func (t *translator) changed(name ast.Name, privileges ...string) ast.Name {
	if t.everything() {
		return name
	}
	return t.target(name, privileges...)
}

// target is changed for what the catalog keeps, where the admin user's too is looked up.
func (t *translator) target(name ast.Name, privileges ...string) ast.Name {
	_, full := t.object(name, privileges...)
	return full
}

// object is target with what the catalog keeps of the relation. A temporary table and one that is not there have no entry.
func (t *translator) object(name ast.Name, privileges ...string) (Object, ast.Name) {
	if t.session.Catalog == nil {
		return Object{}, name
	}
	found, ok := t.find(name)
	if !ok {
		return Object{}, name
	}
	switch found.Kind {
	case Stored:
		t.need(found.Object, privileges...)
	case System:
		t.refuse(systemCatalog(name))
	case Nowhere:
		return Object{}, t.unknown(name)
	}
	return found.Object, found.Name
}

func systemCatalog(name ast.Name) error {
	return &sqlstate.Error{Code: sqlstate.InsufficientPrivilege, Message: fmt.Sprintf("permission denied: %q is a system catalog", name.Last())}
}

// creation admits the making of a relation, and returns its full name.
func (t *translator) creation(name ast.Name, temporary bool) ast.Name {
	switch {
	case t.session.Catalog == nil || t.err != nil:
		return name
	case temporary && len(name) > 1:
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidTableDefinition, Message: "temporary tables cannot specify a schema name"})
		return name
	case temporary:
		t.need(Object{}, "temporary")
		return name
	}
	name = t.local(name)
	schema := name.Schema()
	if schema == "" {
		schema = t.session.Schema
	}
	if schema == "" {
		t.refuse(&sqlstate.Error{Code: sqlstate.UndefinedSchema, Message: "no schema has been selected to create in"})
		return name
	}
	return t.creationIn(schema, name)
}

func (t *translator) creationIn(schema string, name ast.Name) ast.Name {
	found, exists := t.schema(schema)
	switch {
	case t.err != nil:
		return name
	case exists && len(name) <= 2:
		t.need(found, "create")
		return ast.Name{found.Schema, name.Last()}
	case t.superuser(): // the engine tells a superuser that the schema is not there
		t.superuserOnly()
	default:
		t.refuse(sqlstate.NoSchema(schema))
	}
	return name
}

// schema finds a schema of the users'.
func (t *translator) schema(name string) (found Object, exists bool) {
	if t.err != nil {
		return Object{}, false
	}
	found, exists, err := t.session.Catalog.Schema(name)
	if err != nil {
		t.refuse(err)
	}
	return found, exists
}

// made has the catalog keep whose a relation is.
func (t *translator) made(name ast.Name, kind string, traced bool) {
	if t.session.Catalog != nil {
		t.keeps.Made = &Object{Schema: name.Schema(), Name: name.Last(), Kind: kind, Owner: t.session.UserID, Traced: traced}
	}
}

// given has the catalog keep another owner. It is for superusers: whoever gives a view away would have it read what only the new owner may.
func (t *translator) given(o Object, name string) {
	t.superuserOnly()
	owner, ok := t.user(name)
	if !ok {
		return
	}
	if o.Kind == "view" && !o.Traced && owner != t.session.Admin {
		t.refuse(sqlstate.Unsupported(0, "the view %s was made by an earlier version: create it again before it gets another owner", o.Name))
	}
	t.keeps.Given = &Ownership{o, owner}
}

func (t *translator) user(name string) (id int32, ok bool) {
	if t.err != nil {
		return 0, false
	}
	id, err := t.session.Catalog.User(name)
	if err != nil {
		t.refuse(err)
	}
	return id, err == nil
}
