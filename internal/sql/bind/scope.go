package bind

import (
	"strings"

	"slipher/internal/sql/ast"
)

// scope is what names may mean inside a query: the columns of its FROM, then those of the queries around it.
type scope struct {
	outer   *scope
	sources []source
	groups  *groups

	aggregating int  // how many aggregates stand around what is being bound
	correlated  bool // a subquery names a column of groups
	merged      bool // a join makes one column of two, so that nobody knows what a star stands for
}

// source is one table of a FROM. The columns of an open one are not known.
type source struct {
	schema, name string
	columns      []Column
	open         bool
}

// column finds what a name means; nil where that is not certain.
func (s *scope) column(name ast.Name) *Column {
	for ; s != nil; s = s.outer {
		found, certain := s.own(name)
		if found != nil || !certain {
			return found
		}
	}
	return nil
}

// own looks among a query's own sources. Without a column, certain tells that it has none of the name.
func (s *scope) own(name ast.Name) (found *Column, certain bool) {
	certain = true
	for i := range s.sources {
		source := &s.sources[i]
		if !source.answersTo(name) {
			continue
		}
		if source.open {
			certain = false
			continue
		}
		if column := source.column(name.Last()); column != nil {
			return column, true
		}
	}
	return nil, certain
}

// answersTo reports whether the qualifiers of a column's name, if any, may be the source's.
func (s *source) answersTo(name ast.Name) bool {
	switch len(name) {
	case 1:
		return true
	case 2:
		return strings.EqualFold(s.name, name[0])
	case 3:
		return strings.EqualFold(s.name, name[1]) && strings.EqualFold(s.schema, name[0])
	}
	return false
}

func (s *source) column(name string) *Column {
	for i := range s.columns {
		if strings.EqualFold(s.columns[i].Name, name) {
			return &s.columns[i]
		}
	}
	return nil
}

// from binds the tables of a FROM, each of which sees those before it.
func (b *binder) from(tables []ast.TableExpr, s *scope) []ast.TableExpr {
	if tables == nil {
		return nil
	}
	out := make([]ast.TableExpr, len(tables))
	for i, table := range tables {
		out[i] = b.table(table, s)
	}
	return out
}

// table binds one table and adds its columns to the scope.
func (b *binder) table(table ast.TableExpr, s *scope) ast.TableExpr {
	switch table := table.(type) {
	case *ast.TableRef:
		s.sources = append(s.sources, b.relation(table))
	case *ast.TableSubquery:
		out := *table
		around := s.outer
		if table.Lateral {
			around = s
		}
		query, columns := b.query(table.Query, around)
		out.Query = query
		s.sources = append(s.sources, source{name: table.Alias.Name, columns: renamed(columns, table.Alias.Columns), open: columns == nil})
		return &out
	case *ast.TableFunction:
		out := *table
		out.Call, _ = b.arguments(table.Call, s)
		s.sources = append(s.sources, source{name: functionAlias(table), open: true})
		return &out
	case *ast.Join:
		out := *table
		out.Left, out.Right = b.table(table.Left, s), b.table(table.Right, s)
		s.merged = s.merged || table.Natural || table.Using != nil
		if table.On != nil {
			out.On = b.value(table.On, s)
		}
		return &out
	}
	return table
}

func functionAlias(table *ast.TableFunction) string {
	if table.Alias.Name != "" {
		return table.Alias.Name
	}
	return table.Call.Name.Last()
}

// relation is what a table's name stands for: a common table expression or a relation of the catalog.
func (b *binder) relation(ref *ast.TableRef) source {
	out := source{schema: ref.Name.Schema(), name: ref.Name.Last()}
	if ref.Alias.Name != "" {
		out.schema, out.name = "", ref.Alias.Name
	}
	columns, common := b.common(ref.Name)
	if !common {
		if found := b.catalog.Relation(ref.Name); found != nil {
			columns = found.Columns
			b.refuseWith(found.Unreadable)
		}
	}
	out.columns, out.open = renamed(columns, ref.Alias.Columns), columns == nil
	return out
}

func (b *binder) common(name ast.Name) (columns []Column, found bool) {
	if len(name) > 1 {
		return nil, false
	}
	for i := len(b.commons) - 1; i >= 0; i-- {
		if columns, found := b.commons[i][name.Last()]; found {
			return columns, true
		}
	}
	return nil, false
}

// renamed gives the first columns the names of an alias. It is a copy: a column's address tells it from the same
// column of the same table under another alias.
func renamed(columns []Column, names []string) []Column {
	if columns == nil {
		return nil
	}
	out := append([]Column{}, columns...)
	for i := range min(len(out), len(names)) {
		out[i].Name = names[i]
	}
	return out
}
