package print

import (
	"fmt"
	"slices"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// securityTag is the tag of a statement about users, groups and privileges, and empty for others. The engine knows none of them, and they look at the
// user's rights by themselves: Security holds the statement.
func securityTag(stmt ast.Statement) string {
	switch stmt.(type) {
	case *ast.CreateUser:
		return "CREATE USER"
	case *ast.AlterUser:
		return "ALTER USER"
	case *ast.DropUser:
		return "DROP USER"
	case *ast.CreateGroup:
		return "CREATE GROUP"
	case *ast.AlterGroup:
		return "ALTER GROUP"
	case *ast.DropGroup:
		return "DROP GROUP"
	case *ast.Grant:
		return "GRANT"
	case *ast.Revoke:
		return "REVOKE"
	case *ast.DefaultPrivileges:
		return "ALTER DEFAULT PRIVILEGES"
	}
	return ""
}

// hiddenFunctions are the engine's functions that reach what is not the user's: sequences behind other tables' identities, the variables in which
// the session keeps who its user is, and statements given as text.
var hiddenFunctions = keyword.Words("nextval currval getvariable json_serialize_plan json_execute_serialized_sql write_log query query_table")

// hideFunction refuses those, however they are qualified.
func (t *translator) hideFunction(c *ast.Call) {
	if name := keyword.Fold(c.Name.Last()); hiddenFunctions[name] {
		t.refuse(&sqlstate.Error{Code: sqlstate.UndefinedFunction, Message: fmt.Sprintf("function %s does not exist", name), Position: c.Pos})
	}
}

// hideSchema refuses names of the schemas that no statement may reach. The engine does not tell upper from lower case.
func (t *translator) hideSchema(name ast.Name) {
	if len(name) < 2 {
		return
	}
	for _, qualifier := range name[:len(name)-1] {
		if slices.ContainsFunc(t.session.Hidden, func(hidden string) bool { return strings.EqualFold(hidden, qualifier) }) {
			t.refuse(&sqlstate.Error{Code: "42501", Message: "permission denied for schema " + qualifier})
		}
	}
}

// Relation is asked for every table that a query reads. Where names are looked up, a common table expression gets a name that no table can have, so
// that the engine cannot take the one for the other.
func (t *translator) Relation(ref *ast.TableRef) *ast.TableRef {
	out := *ref
	common, isCommon := t.common(ref.Name)
	switch {
	case t.session.Catalog != nil && len(t.local(ref.Name)) > 2:
		t.refuse(sqlstate.CrossDatabase(strings.Join(ref.Name, ".")))
	case !t.resolves():
		out.Name = t.system(t.Name(ref.Name), ref.Name)
	case isCommon:
		out.Name = ast.Name{common}
	case t.late && len(ref.Name) == 1:
		t.refuse(&sqlstate.Error{Code: sqlstate.Syntax, Position: ref.Pos,
			Message: "All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING."})
	default:
		t.Name(ref.Name)
		out.Name = t.read(ref.Name)
	}
	return calledAs(&out, ref.Name)
}

// system is what the engine calls a relation, where the name in full as written is one of the system's.
func (t *translator) system(name, written ast.Name) ast.Name {
	if written = t.local(written); len(written) != 2 || t.session.System == nil || written[0] != catalogSchema && written[0] != informationSchema {
		return name
	}
	return t.session.System(written)
}

// within drops the system's schema from the name of a column, or from the table of a star: the table is known without it.
func within(name ast.Name, parts int) ast.Name {
	if len(name) == parts && (name[0] == catalogSchema || name[0] == informationSchema) {
		return name[1:]
	}
	return name
}

// common finds the name that was given to a common table expression.
func (t *translator) common(name ast.Name) (string, bool) {
	if len(name) > 1 {
		return "", false
	}
	for _, scope := range slices.Backward(t.scopes) {
		if renamed, ok := scope[keyword.Fold(name.Last())]; ok {
			return renamed, true
		}
	}
	return "", false
}

// Enter begins a query within which the names of its WITH are known.
func (t *translator) Enter() (leave func()) {
	t.scopes = append(t.scopes, map[string]string{})
	return func() { t.scopes = t.scopes[:len(t.scopes)-1] }
}

// Declare makes a common table expression known from here on, and returns what to call it.
func (t *translator) Declare(name string) string {
	if !t.resolves() {
		return name
	}
	t.commons++
	renamed := fmt.Sprintf("%s %d %s", name, t.commons, t.session.Unique)
	t.scopes[len(t.scopes)-1][keyword.Fold(name)] = renamed
	return renamed
}

// currentUser is the session's user; in what is kept for later, whoever uses it then.
func (t *translator) currentUser() ast.Expr {
	if t.session.UserVariable != "" && t.keeping {
		return &ast.Verbatim{Text: "CAST(getvariable(" + ast.QuoteText(t.session.UserVariable) + ") AS VARCHAR)"}
	}
	return &ast.String{Value: t.session.User}
}
