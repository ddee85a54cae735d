package bind

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// query binds a query inside another scope, nil at the top. Its columns are nil where not all of them are known.
func (b *binder) query(q *ast.Query, outer *scope) (*ast.Query, []Column) {
	out := *q
	b.commons = append(b.commons, map[string][]Column{})
	defer func() { b.commons = b.commons[:len(b.commons)-1] }()
	out.With = b.with(q.With, outer)
	body, columns, inner := b.body(q.Body, outer)
	out.Body = body
	out.OrderBy = b.ordered(q.OrderBy, columns, inner)
	out.Limit, out.Offset = b.optional(q.Limit, outer), b.optional(q.Offset, outer)
	return &out, columns
}

func (b *binder) with(with *ast.With, outer *scope) *ast.With {
	if with == nil {
		return nil
	}
	out := *with
	out.Tables = append([]ast.CommonTable{}, with.Tables...)
	known := b.commons[len(b.commons)-1]
	for i, table := range with.Tables {
		if with.Recursive {
			known[table.Name] = nil // it may read itself before its columns are known
		}
		query, columns := b.query(table.Query, outer)
		out.Tables[i].Query = query
		known[table.Name] = renamed(columns, table.Columns)
	}
	return &out
}

// body binds one body. The scope is that of a plain SELECT, in which its ORDER BY is bound as well.
func (b *binder) body(body ast.QueryBody, outer *scope) (ast.QueryBody, []Column, *scope) {
	switch body := body.(type) {
	case *ast.Select:
		return b.selected(body, outer)
	case *ast.Query:
		query, columns := b.query(body, outer)
		return query, columns, nil
	case *ast.SetOperation:
		out := *body
		left, columns, _ := b.body(body.Left, outer)
		right, others, _ := b.body(body.Right, outer)
		out.Left, out.Right = left, right
		return &out, united(columns, others), nil
	case *ast.Values:
		out, columns := b.values(body, outer)
		return out, columns, nil
	}
	return body, nil, nil
}

// united are the columns of a set operation, which have the names of the left side.
func united(left, right []Column) []Column {
	if len(left) != len(right) {
		return nil
	}
	out := make([]Column, len(left))
	for i := range left {
		out[i] = Column{Name: left[i].Name, Type: types.Common(left[i].Type, right[i].Type), width: max(columnWidth(&left[i]), columnWidth(&right[i]))}
	}
	return out
}

func (b *binder) values(values *ast.Values, outer *scope) (*ast.Values, []Column) {
	out := &ast.Values{Rows: make([][]ast.Expr, len(values.Rows))}
	var columns []Column
	for i, row := range values.Rows {
		out.Rows[i] = make([]ast.Expr, len(row))
		for j, x := range row {
			value, t := b.expr(x, outer)
			out.Rows[i][j] = value
			if i == 0 {
				columns = append(columns, Column{Type: t, width: b.width(value)})
			} else if j < len(columns) {
				columns[j].Type = types.Common(columns[j].Type, t)
				columns[j].width = max(columns[j].width, b.width(value))
			}
		}
	}
	return out, columns
}

func (b *binder) selected(sel *ast.Select, outer *scope) (ast.QueryBody, []Column, *scope) {
	out := *sel
	s := &scope{outer: outer}
	out.From = b.from(sel.From, s)
	out.Where = b.optional(sel.Where, s)
	items, columns := b.items(sel.Items, sel.Distinct, s)
	out.Items = items
	out.Top = b.optional(sel.Top, outer)
	out.Having, out.Qualify = b.optional(sel.Having, s), b.optional(sel.Qualify, s)
	out.GroupBy = b.list(sel.GroupBy, s)
	out.Windows = append([]ast.NamedWindow(nil), sel.Windows...)
	for i := range out.Windows {
		out.Windows[i].Window = b.window(out.Windows[i].Window, s)
	}
	return &out, columns, s
}

// items binds the outputs of a SELECT. Those of a DISTINCT stay as they are: its ORDER BY has to find them again.
func (b *binder) items(items []ast.SelectItem, distinct bool, s *scope) ([]ast.SelectItem, []Column) {
	out := make([]ast.SelectItem, len(items))
	columns, known := make([]Column, 0, len(items)), true
	for i, item := range items {
		out[i] = item
		if star, ok := item.Expr.(*ast.Star); ok {
			all, certain := s.starred(star)
			columns, known = append(columns, all...), known && certain
			continue
		}
		value, t := b.expr(item.Expr, s)
		out[i].Expr = value
		if !distinct {
			out[i].Expr = settled(item.Expr, value, t)
		}
		column := described(item, t, s)
		column.width = b.width(value)
		columns = append(columns, column)
	}
	if !known {
		return out, nil
	}
	return out, columns
}

// described is the column that an output makes.
func described(item ast.SelectItem, t types.Type, s *scope) Column {
	column := Column{Name: item.Alias, Type: t}
	if ref, ok := item.Expr.(*ast.ColumnRef); ok {
		if found := s.column(ref.Name); found != nil {
			column = *found
		}
		column.Name = ref.Name.Last()
	}
	if call, ok := item.Expr.(*ast.Call); ok {
		column.Name = call.Name.Last()
	}
	if item.Alias != "" {
		column.Name = item.Alias
	}
	return column
}

// starred are the columns that * or t.* stands for, if that is certain.
func (s *scope) starred(star *ast.Star) (columns []Column, certain bool) {
	if len(star.Exclude) > 0 || s == nil {
		return nil, false
	}
	certain = true
	for i := range s.sources {
		source := &s.sources[i]
		if len(star.Table) > 0 && !source.answersTo(append(append(ast.Name{}, star.Table...), "")) {
			continue
		}
		columns, certain = append(columns, source.columns...), certain && !source.open
	}
	return columns, certain && len(columns) > 0
}

// ordered binds an ORDER BY, in which the names of outputs come before those of tables.
func (b *binder) ordered(terms []ast.SortTerm, columns []Column, s *scope) []ast.SortTerm {
	if terms == nil || s == nil {
		return terms
	}
	out := append([]ast.SortTerm{}, terms...)
	for i, term := range terms {
		if ref, ok := term.Expr.(*ast.ColumnRef); ok && len(ref.Name) == 1 && isOutput(ref.Name.Last(), columns) {
			continue
		}
		out[i].Expr = b.value(term.Expr, s)
	}
	return out
}

func isOutput(name string, columns []Column) bool {
	for _, column := range columns {
		if column.Name == name {
			return true
		}
	}
	return false
}
