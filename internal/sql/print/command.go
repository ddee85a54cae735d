package print

import (
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func begin(s *ast.Begin) Plan {
	tag := "BEGIN"
	if s.Start {
		tag = "START TRANSACTION"
	}
	return Plan{Kind: KindBegin, Tag: tag, Begin: s.Options, Runs: []string{"BEGIN TRANSACTION"}}
}

func (t *translator) prepare(s *ast.Prepare) (Plan, error) {
	inner, err := t.statement(s.Statement)
	if err != nil {
		return Plan{}, err
	}
	if len(inner.Runs) != 1 {
		return Plan{}, sqlstate.Unsupported(0, "PREPARE takes SELECT, INSERT, UPDATE or DELETE")
	}
	t.keeps = Keeps{}
	t.params = 0 // the parameters are EXECUTE's to fill in
	return Plan{
		Kind: KindPrepare, Tag: "PREPARE",
		Runs:     []string{"PREPARE " + ast.QuoteName(s.Name) + " AS " + inner.Runs[0]},
		Prepared: &Prepared{Name: s.Name, Types: s.Types, Statement: s.Statement},
	}, nil
}

func (t *translator) execute(s *ast.Execute) Plan {
	prepared := &Prepared{Name: s.Name}
	for _, arg := range s.Args {
		prepared.Args = append(prepared.Args, t.print(func(p *ast.Printer) { p.Expr(arg) }))
	}
	sql := "EXECUTE " + ast.QuoteName(s.Name)
	if len(prepared.Args) > 0 {
		sql += "(" + strings.Join(prepared.Args, ", ") + ")"
	}
	return Plan{Kind: KindExecute, Tag: "SELECT", Counts: true, Rows: true, Runs: []string{sql}, Prepared: prepared}
}

func deallocate(s *ast.Deallocate) Plan {
	out := Plan{Kind: KindDeallocate, Tag: "DEALLOCATE", Prepared: &Prepared{Name: s.Name}}
	if s.Name != "" {
		out.Runs = []string{"DEALLOCATE " + ast.QuoteName(s.Name)}
	} else {
		out.Tag = "DEALLOCATE ALL"
	}
	return out
}

func (t *translator) declareCursor(s *ast.Declare) Plan {
	if sel, ok := s.Query.Body.(*ast.Select); ok && sel.Into != nil {
		t.refuse(sqlstate.Unsupported(0, "DECLARE CURSOR cannot have SELECT INTO"))
	}
	sql := t.print(func(p *ast.Printer) { p.Query(s.Query, true) })
	return Plan{Kind: KindDeclare, Tag: "DECLARE CURSOR", Runs: []string{sql}, Cursor: &Cursor{Name: s.Name}}
}
