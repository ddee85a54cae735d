package node

import (
	"slipher/internal/sql/ast"
)

// statement admits a statement of any kind; one that is not known here is for superusers only. What the statement names is full names then; it is a
// copy, since a parsed statement is never changed.
func (a *clearance) statement(parsed ast.Statement) (ast.Statement, error) {
	switch s := parsed.(type) {
	case *ast.Query:
		return a.query(s)
	case *ast.Insert, *ast.Update, *ast.Delete, *ast.CopyStdio, *ast.Analyze, *ast.Vacuum, *ast.Lock:
		if a.everything() {
			return parsed, nil
		}
		return a.change(parsed)
	case *ast.Explain:
		inner, err := a.statement(s.Statement)
		a.access.after = nil
		return &ast.Explain{Verbose: s.Verbose, Statement: inner}, err
	case *ast.Declare, *ast.Execute, *ast.Prepare:
		return parsed, nil // what they read is asked for while they are translated; what PREPARE prepares is admitted by itself
	case *ast.Begin, *ast.Commit, *ast.Rollback, *ast.Set, *ast.Reset, *ast.Show,
		*ast.Deallocate, *ast.Fetch, *ast.CloseCursor, *ast.Unsupported:
		return parsed, nil
	case *ast.CreateUser, *ast.AlterUser, *ast.DropUser, *ast.CreateGroup, *ast.AlterGroup, *ast.DropGroup,
		*ast.Grant, *ast.Revoke, *ast.DefaultPrivileges:
		return parsed, nil // these look at the user's rights by themselves
	}
	return a.define(parsed)
}

// query admits SELECT … INTO, which makes a table.
func (a *clearance) query(s *ast.Query) (ast.Statement, error) {
	sel, ok := s.Body.(*ast.Select)
	if !ok || sel.Into == nil {
		return s, nil
	}
	made := ast.CreateTableAs{Name: sel.Into.Name, Temp: sel.Into.Temp || sel.Into.Name.Temporary()}
	name, err := a.makeTable(made.Name, made.Temp)
	if err != nil {
		return nil, err
	}
	query, body := *s, *sel
	body.Into = &ast.Into{Temp: made.Temp, Name: name}
	query.Body = &body
	return &query, nil
}

// change admits the statements that change, or look after, a table that is there.
func (a *clearance) change(parsed ast.Statement) (_ ast.Statement, err error) {
	switch s := parsed.(type) {
	case *ast.Insert:
		out := *s
		out.Table, err = a.target(s.Table, "insert")
		return &out, err
	case *ast.Update:
		out := *s
		out.Table, err = a.changed(s.Table, "update", s.Where != nil || s.From != nil || computes(s.Set))
		return &out, err
	case *ast.Delete:
		out := *s
		out.Table, err = a.changed(s.Table, "delete", s.Where != nil || s.Using != nil)
		return &out, err
	case *ast.CopyStdio:
		return a.copy(s)
	case *ast.Analyze:
		out := *s
		if s.Table != nil {
			out.Table, err = a.target(s.Table, owning)
		}
		return &out, err
	case *ast.Vacuum:
		out := *s
		if s.Table != nil {
			out.Table, err = a.target(s.Table, owning)
		}
		return &out, err
	case *ast.Lock:
		for _, table := range s.Tables {
			if _, err := a.target(table, "update", "delete", "truncate"); err != nil {
				return nil, err
			}
		}
		return s, nil
	}
	a.superuserOnly()
	return parsed, nil
}

// changed admits the table of an UPDATE or DELETE. Which rows and values it has, a condition would give away, so that takes SELECT as well.
func (a *clearance) changed(table *ast.TableRef, privilege string, reads bool) (*ast.TableRef, error) {
	out := *table
	var err error
	if out.Name, err = a.target(table.Name, privilege); err == nil && reads {
		_, err = a.target(table.Name, "select")
	}
	if out.Alias.Name == "" && out.Name.Last() != table.Name.Last() {
		out.Alias.Name = table.Name.Last()
	}
	return &out, err
}

// computes says whether an UPDATE may read a column.
func computes(set []ast.Assignment) bool {
	for _, assignment := range set {
		switch assignment.Value.(type) {
		case *ast.String, *ast.Number, *ast.Boolean, *ast.Null, *ast.Param, *ast.Default:
		default:
			return true
		}
	}
	return false
}

func (a *clearance) copy(s *ast.CopyStdio) (ast.Statement, error) {
	if s.Query != nil || s.Out && s.Table == nil {
		return s, nil
	}
	privilege := "insert"
	if s.Out {
		privilege = "select"
	}
	out := *s
	var err error
	out.Table, err = a.target(s.Table, privilege)
	return &out, err
}

// commented is the relation that COMMENT ON is about.
func commented(s *ast.Comment) ast.Name {
	if s.Object == "column" {
		return s.Name[:len(s.Name)-1]
	}
	return s.Name
}
