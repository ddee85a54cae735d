package node

import (
	"slipher/internal/redshiftsql"
)

// statement admits a statement of any kind; one that is not known here is for superusers only. What the statement names is full names then; it is a
// copy, since a parsed statement is never changed.
func (a *clearance) statement(parsed redshiftsql.Statement) (redshiftsql.Statement, error) {
	switch s := parsed.(type) {
	case *redshiftsql.Query:
		return a.query(s)
	case *redshiftsql.Insert, *redshiftsql.Update, *redshiftsql.Delete, *redshiftsql.CopyStdio, *redshiftsql.Analyze, *redshiftsql.Vacuum, *redshiftsql.Lock:
		if a.everything() {
			return parsed, nil
		}
		return a.change(parsed)
	case *redshiftsql.Explain:
		inner, err := a.statement(s.Statement)
		a.access.after = nil
		return &redshiftsql.Explain{Verbose: s.Verbose, Statement: inner}, err
	case *redshiftsql.Declare, *redshiftsql.Execute, *redshiftsql.Prepare:
		return parsed, nil // what they read is asked for while they are translated; what PREPARE prepares is admitted by itself
	case *redshiftsql.Begin, *redshiftsql.Commit, *redshiftsql.Rollback, *redshiftsql.Set, *redshiftsql.Reset, *redshiftsql.Show,
		*redshiftsql.Deallocate, *redshiftsql.Fetch, *redshiftsql.CloseCursor, *redshiftsql.Unsupported:
		return parsed, nil
	case *redshiftsql.CreateUser, *redshiftsql.AlterUser, *redshiftsql.DropUser, *redshiftsql.CreateGroup, *redshiftsql.AlterGroup, *redshiftsql.DropGroup,
		*redshiftsql.Grant, *redshiftsql.Revoke, *redshiftsql.DefaultPrivileges:
		return parsed, nil // these look at the user's rights by themselves
	}
	return a.define(parsed)
}

// query admits SELECT … INTO, which makes a table.
func (a *clearance) query(s *redshiftsql.Query) (redshiftsql.Statement, error) {
	sel, ok := s.Body.(*redshiftsql.Select)
	if !ok || sel.Into == nil {
		return s, nil
	}
	made := redshiftsql.CreateTableAs{Name: sel.Into.Name, Temp: sel.Into.Temp || sel.Into.Name.Temporary()}
	name, err := a.makeTable(made.Name, made.Temp)
	if err != nil {
		return nil, err
	}
	query, body := *s, *sel
	body.Into = &redshiftsql.Into{Temp: made.Temp, Name: name}
	query.Body = &body
	return &query, nil
}

// change admits the statements that change, or look after, a table that is there.
func (a *clearance) change(parsed redshiftsql.Statement) (_ redshiftsql.Statement, err error) {
	switch s := parsed.(type) {
	case *redshiftsql.Insert:
		out := *s
		out.Table, err = a.target(s.Table, "insert")
		return &out, err
	case *redshiftsql.Update:
		out := *s
		out.Table, err = a.changed(s.Table, "update", s.Where != nil || s.From != nil || computes(s.Set))
		return &out, err
	case *redshiftsql.Delete:
		out := *s
		out.Table, err = a.changed(s.Table, "delete", s.Where != nil || s.Using != nil)
		return &out, err
	case *redshiftsql.CopyStdio:
		return a.copy(s)
	case *redshiftsql.Analyze:
		out := *s
		if s.Table != nil {
			out.Table, err = a.target(s.Table, owning)
		}
		return &out, err
	case *redshiftsql.Vacuum:
		out := *s
		if s.Table != nil {
			out.Table, err = a.target(s.Table, owning)
		}
		return &out, err
	case *redshiftsql.Lock:
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
func (a *clearance) changed(table *redshiftsql.TableRef, privilege string, reads bool) (*redshiftsql.TableRef, error) {
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
func computes(set []redshiftsql.Assignment) bool {
	for _, assignment := range set {
		switch assignment.Value.(type) {
		case *redshiftsql.String, *redshiftsql.Number, *redshiftsql.Boolean, *redshiftsql.Null, *redshiftsql.Param, *redshiftsql.Default:
		default:
			return true
		}
	}
	return false
}

func (a *clearance) copy(s *redshiftsql.CopyStdio) (redshiftsql.Statement, error) {
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
func commented(s *redshiftsql.Comment) redshiftsql.Name {
	if s.Object == "column" {
		return s.Name[:len(s.Name)-1]
	}
	return s.Name
}
