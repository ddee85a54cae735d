package bind

import (
	"strconv"

	"slipher/internal/sql/ast"
)

// groups are the strings by which a SELECT tells its rows apart: those of GROUP BY, and the outputs of a DISTINCT. Wherever they stand behind
// the grouping, they stand without trailing blanks.
type groups struct {
	columns map[*Column]bool
	written map[string]bool // expressions that are more than columns
}

// group finds them.
func (b *binder) group(sel *ast.Select, s *scope) {
	var terms []ast.Expr
	for _, term := range sel.GroupBy {
		terms = append(terms, grouped(term, sel, s)...)
	}
	if sel.Distinct || sel.GroupAll {
		for _, item := range s.spread(sel.Items, false) {
			terms = append(terms, item.Expr)
		}
	}
	found := &groups{columns: map[*Column]bool{}, written: map[string]bool{}}
	for _, term := range terms {
		value, t := b.expr(term, s)
		ref, isColumn := term.(*ast.ColumnRef)
		switch {
		case !t.IsPadded() || s.isTrimmed(value):
		case isColumn:
			found.columns[s.column(ref.Name)] = true
		default:
			found.written[ast.Render(func(p *ast.Printer) { p.Expr(term) })] = true
		}
	}
	if len(found.columns)+len(found.written) > 0 {
		s.groups = found
	}
}

// grouped are the expressions that a term of GROUP BY means: it may be the number or the name of an output, or hold several.
func grouped(term ast.Expr, sel *ast.Select, s *scope) []ast.Expr {
	switch term := term.(type) {
	case *ast.GroupingSets:
		return allGrouped(term.Sets, sel, s)
	case *ast.Row:
		return allGrouped(term.Items, sel, s)
	case *ast.Call:
		if name := term.Name.Last(); name == "rollup" || name == "cube" {
			return allGrouped(term.Args, sel, s)
		}
	case *ast.Number:
		for i, item := range sel.Items {
			if term.Text == strconv.Itoa(i+1) {
				return []ast.Expr{item.Expr}
			}
		}
	case *ast.ColumnRef:
		if s.column(term.Name) == nil && len(term.Name) == 1 {
			for _, item := range sel.Items {
				if item.Alias == term.Name.Last() {
					return []ast.Expr{item.Expr}
				}
			}
		}
	}
	return []ast.Expr{term}
}

func allGrouped(terms []ast.Expr, sel *ast.Select, s *scope) (all []ast.Expr) {
	for _, term := range terms {
		all = append(all, grouped(term, sel, s)...)
	}
	return all
}

// isGrouped reports whether an expression stands for a string that the rows are told apart by. Inside aggregates nothing does.
func (s *scope) isGrouped(x ast.Expr) bool {
	ref, isColumn := x.(*ast.ColumnRef)
	if isColumn {
		return s.isGroupedColumn(ref.Name)
	}
	if s == nil || s.groups == nil || s.aggregating > 0 || len(s.groups.written) == 0 {
		return false
	}
	switch x.(type) {
	case *ast.String, *ast.Number, *ast.Null, *ast.Boolean, *ast.Param, *ast.Default:
		return false
	}
	return s.groups.written[ast.Render(func(p *ast.Printer) { p.Expr(x) })]
}

func (s *scope) isGroupedColumn(name ast.Name) bool {
	for inner := s; s != nil; s = s.outer {
		found, certain := s.own(name)
		if found == nil && certain {
			continue
		}
		is := found != nil && s.groups != nil && s.groups.columns[found]
		s.correlated = s.correlated || is && inner != s
		return is && inner == s && s.aggregating == 0
	}
	return false
}
