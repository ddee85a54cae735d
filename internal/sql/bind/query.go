package bind

import (
	"slices"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// query binds a query inside another scope, nil at the top. Its columns are nil where not all of them are known.
func (b *binder) query(q *ast.Query, outer *scope) (*ast.Query, []Column) {
	out := *q
	b.commons = append(b.commons, map[string][]Column{})
	defer func() { b.commons = b.commons[:len(b.commons)-1] }()
	kept, spreading := b.trim(false), b.spreading
	b.spreading = false
	out.With = b.with(q.With, outer)
	kept()
	b.spreading = spreading
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
		defer b.trim(b.trimming || !body.All)()
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

// trim has the strings of rows lose their trailing blanks, or keep them, until what it returns is called.
func (b *binder) trim(trimming bool) (end func()) {
	before := b.trimming
	b.trimming = trimming
	return func() { b.trimming = before }
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
			if b.trimming {
				out.Rows[i][j] = outer.asCompared(x, value, t)
			}
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
	trimming, spreading := b.trimming || sel.Distinct, b.spreading
	defer b.trim(false)()
	b.spreading = false
	defer func() { b.spreading = spreading }()
	out := *sel
	s := &scope{outer: outer}
	out.From = b.from(sel.From, s)
	out.Where = b.optional(sel.Where, s)
	out.Top = b.optional(sel.Top, outer)
	if spreading || trimming {
		spread := *sel
		spread.Items = s.spread(sel.Items, spreading)
		sel = &spread
	}
	b.group(sel, s)
	columns := b.outputs(&out, sel, trimming, s)
	if s.correlated { // the engine finds the columns of groups inside a subquery only as they stand
		s.groups = nil
		columns = b.outputs(&out, sel, trimming && !sel.Distinct, s)
	}
	return &out, columns, s
}

// outputs binds what comes behind the grouping of rows.
func (b *binder) outputs(out, sel *ast.Select, trimming bool, s *scope) []Column {
	items, columns := b.items(sel.Items, trimming, s)
	out.Items = items
	out.Having, out.Qualify = b.optional(sel.Having, s), b.optional(sel.Qualify, s)
	out.GroupBy = b.list(sel.GroupBy, s)
	out.Windows = append([]ast.NamedWindow(nil), sel.Windows...)
	for i := range out.Windows {
		out.Windows[i].Window = b.window(sel.Windows[i].Window, s)
	}
	return columns
}

// items binds the outputs of a SELECT. Rows that are told apart lose the trailing blanks of their strings, and keep everything else as
// it is: the ORDER BY of a DISTINCT has to find them again.
func (b *binder) items(items []ast.SelectItem, trimming bool, s *scope) ([]ast.SelectItem, []Column) {
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
		column := described(item, t, s)
		if trimming {
			out[i].Expr = s.asCompared(item.Expr, value, t)
			column.Trimmed = column.Trimmed || t.IsPadded()
		} else {
			out[i].Expr = settled(item.Expr, s.bySize(value), t)
			column.Trimmed = column.Trimmed || t.IsPadded() && s.isTrimmed(value)
		}
		column.width = b.width(value)
		columns = append(columns, column)
	}
	if !known {
		return out, nil
	}
	return out, columns
}

// spread puts columns in the place of stars: always, or where some of them are strings that may have trailing blanks.
func (s *scope) spread(items []ast.SelectItem, always bool) []ast.SelectItem {
	var out []ast.SelectItem
	for _, item := range items {
		star, _ := item.Expr.(*ast.Star)
		names, columns, certain := s.starredBy(star)
		if !certain || !always && !someUntrimmed(columns) {
			out = append(out, item)
			continue
		}
		for _, name := range names {
			out = append(out, ast.SelectItem{Expr: &ast.ColumnRef{Name: name}})
		}
	}
	return out
}

func someUntrimmed(columns []Column) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return c.Type.IsPadded() && !c.Trimmed })
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
	_, columns, certain = s.starredBy(star)
	return columns, certain
}

// starredBy has the names of the columns too.
func (s *scope) starredBy(star *ast.Star) (names []ast.Name, columns []Column, certain bool) {
	if star == nil || len(star.Exclude) > 0 || s == nil || s.merged {
		return nil, nil, false
	}
	certain = true
	for i := range s.sources {
		source := &s.sources[i]
		if len(star.Table) > 0 && !source.answersTo(append(append(ast.Name{}, star.Table...), "")) {
			continue
		}
		for _, column := range source.columns {
			names, columns = append(names, ast.Name{source.name, column.Name}), append(columns, column)
		}
		certain = certain && !source.open
	}
	return names, columns, certain && len(columns) > 0
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
