package bind

import (
	"slipher/internal/sql/ast"
)

func (b *binder) insert(s *ast.Insert) ast.Statement {
	out := *s
	relation := b.catalog.Relation(s.Table)
	if s.Query != nil {
		b.spreading = true
		query, columns := b.query(s.Query, nil)
		out.Query = query
		if relation != nil {
			b.checkIdentity(relation, s, len(columns))
			assign(query, columns, relation.targets(s.Columns))
		}
	}
	return &out
}

// checkIdentity refuses values for an IDENTITY column, which only counts by itself.
func (b *binder) checkIdentity(relation *Relation, s *ast.Insert, values int) {
	for i, column := range relation.targets(s.Columns) {
		if column != nil && column.Identity && takesValue(s, i, values) {
			b.refuse("0A000", `cannot set an identity column to a value`)
		}
	}
}

// takesValue reports whether an INSERT has a value for the column at a place.
func takesValue(s *ast.Insert, at, values int) bool {
	listed, ok := s.Query.Body.(*ast.Values)
	if !ok {
		return at < values || s.Columns != nil
	}
	for _, row := range listed.Rows {
		if at < len(row) {
			if _, isDefault := row[at].(*ast.Default); !isDefault {
				return true
			}
		}
	}
	return false
}

func (b *binder) update(s *ast.Update) ast.Statement {
	out := *s
	b.commons = append(b.commons, map[string][]Column{})
	defer func() { b.commons = b.commons[:len(b.commons)-1] }()
	out.With = b.with(s.With, nil)
	inner := &scope{sources: []source{b.relation(s.Table)}}
	out.From = b.from(s.From, inner)
	out.Where = b.optional(s.Where, inner)
	out.Set = append([]ast.Assignment{}, s.Set...)
	for i, set := range out.Set {
		value, t := b.expr(set.Value, inner)
		out.Set[i].Value = stored(value, t, inner.sources[0].column(set.Column))
	}
	return &out
}

func (b *binder) delete(s *ast.Delete) ast.Statement {
	out := *s
	b.commons = append(b.commons, map[string][]Column{})
	defer func() { b.commons = b.commons[:len(b.commons)-1] }()
	out.With = b.with(s.With, nil)
	inner := &scope{sources: []source{b.relation(s.Table)}}
	out.Using = b.from(s.Using, inner)
	out.Where = b.optional(s.Where, inner)
	return &out
}
