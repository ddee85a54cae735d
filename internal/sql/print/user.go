package print

import (
	"fmt"
	"slices"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// security is a statement about users, groups and privileges. The engine knows none of them: Security holds the statement.
func (t *translator) security(stmt ast.Statement) (out Translation, ok bool) {
	var tag string
	switch s := stmt.(type) {
	case *ast.CreateUser:
		tag = "CREATE USER"
	case *ast.AlterUser:
		tag = "ALTER USER"
	case *ast.DropUser:
		tag = "DROP USER"
	case *ast.CreateGroup:
		tag = "CREATE GROUP"
	case *ast.AlterGroup:
		tag = "ALTER GROUP"
	case *ast.DropGroup:
		tag = "DROP GROUP"
	case *ast.Grant:
		tag = "GRANT"
	case *ast.Revoke:
		tag = "REVOKE"
	case *ast.DefaultPrivileges:
		tag = "ALTER DEFAULT PRIVILEGES"
	case *ast.AlterSchema:
		tag = "ALTER SCHEMA"
		if s.NewName != "" {
			t.refuse(sqlstate.Unsupported(0, "renaming a schema is not supported yet"))
		}
	default:
		return Translation{}, false
	}
	return Translation{Kind: KindSecurity, Tag: tag, Security: stmt}, true
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

// Relation is asked for every table that a query reads. Where the session resolves names, a common table expression gets a name that no table can
// have, so that the engine cannot take the one for the other.
func (t *translator) Relation(ref *ast.TableRef) *ast.TableRef {
	out := *ref
	if t.session.Resolve == nil {
		out.Name = t.Name(ref.Name)
		return &out
	}
	if common, ok := t.common(ref.Name); ok {
		out.Name = ast.Name{common}
	} else {
		resolved, err := t.session.Resolve(t.Name(ref.Name))
		if err != nil {
			t.refuse(err)
		}
		out.Name = resolved
	}
	if out.Alias.Name == "" && out.Name.Last() != ref.Name.Last() {
		out.Alias.Name = ref.Name.Last()
	}
	return &out
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
	if t.session.Resolve == nil {
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
