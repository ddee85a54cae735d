package meta

import "fmt"

// Span selects the records that have an entry of a name, in the order of the entries' values.
type Span struct {
	Name  string
	UpTo  string // only values up to and including this one; empty means all
	Limit int    // 0 means no limit
}

// InOrder answers the records of a span, of all accounts and regions. It costs what it answers, however many records come later in the order.
func (r Records[T]) InOrder(tx *Tx, span Span) ([]Record[T], error) {
	rows, err := tx.rows(r.Kind, span.selection(r.Kind))
	if err != nil {
		return nil, fmt.Errorf("list %ss by %s: %w", r.Kind, span.Name, err)
	}
	return r.decodeAll(rows)
}

func (s Span) selection(kind string) selection {
	selected := selection{where: "e.kind = $1", args: []any{kind}}
	selected.and("e.name =", s.Name)
	if s.UpTo != "" {
		selected.and("e.value <=", s.UpTo)
	}
	selected.where += " ORDER BY e.value, e.account, e.region, e.id"
	if s.Limit > 0 {
		selected.args = append(selected.args, s.Limit)
		selected.where += fmt.Sprintf(" LIMIT $%d", len(selected.args))
	}
	return selected
}
