package print

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// copy fills in PostgreSQL's defaults and refuses what contradicts itself.
func (t *translator) copy(s *ast.CopyStdio) (Plan, error) {
	o := &s.Options
	out := &Copy{Table: t.copiedTable(s), Columns: s.Columns, Header: o.Header, Format: o.Format}
	if out.Format == "" {
		out.Format = "text"
	}
	csv := out.Format == "csv"
	if !csv && (o.Header || o.Quote != nil || o.Escape != nil) {
		return Plan{}, &sqlstate.Error{Code: sqlstate.FeatureNotSupported, Message: "COPY's HEADER, QUOTE and ESCAPE are for the CSV format only"}
	}
	if csv {
		out.Delimiter, out.Null, out.Quote = orElse(o.Delimiter, ","), orElse(o.Null, ""), orElse(o.Quote, `"`)
		out.Escape = orElse(o.Escape, out.Quote)
	} else {
		out.Delimiter, out.Null = orElse(o.Delimiter, "\t"), orElse(o.Null, `\N`)
	}
	if len(out.Delimiter) != 1 || csv && (len(out.Quote) != 1 || len(out.Escape) != 1) {
		return Plan{}, &sqlstate.Error{Code: sqlstate.InvalidParameter, Message: "COPY's delimiter, quote and escape are one single-byte character each"}
	}
	if !s.Out {
		return Plan{Kind: KindCopyIn, Tag: "COPY", Counts: true, Copy: out, Target: out.Table}, nil
	}
	out.Query = t.print(func(p *ast.Printer) { p.Query(copied(s), true) })
	return Plan{Kind: KindCopyOut, Tag: "COPY", Counts: true, Copy: out, Target: out.Table}, nil
}

// copiedTable admits the table that is filled or sent; of a query it is asked while the query is written.
func (t *translator) copiedTable(s *ast.CopyStdio) ast.Name {
	switch {
	case s.Table == nil:
		return nil
	case s.Out:
		return t.Name(t.changed(s.Table, "select"))
	}
	return t.Name(t.changed(s.Table, "insert"))
}

// copied is the query whose rows COPY … TO sends.
func copied(s *ast.CopyStdio) *ast.Query {
	if s.Query != nil {
		return s.Query
	}
	sel := &ast.Select{From: []ast.TableExpr{&ast.TableRef{Name: s.Table}}}
	for _, column := range s.Columns {
		sel.Items = append(sel.Items, ast.SelectItem{Expr: &ast.ColumnRef{Name: ast.Name{column}}})
	}
	if sel.Items == nil {
		sel.Items = []ast.SelectItem{{Expr: &ast.Star{}}}
	}
	return &ast.Query{Body: sel}
}

func orElse(value *string, otherwise string) string {
	if value != nil {
		return *value
	}
	return otherwise
}
