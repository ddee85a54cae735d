package meta

import "fmt"

// Span selects the records that have an entry of a name, in the order of the entries' values.
type Span struct {
	Name  string
	From  string   // only this value and greater ones
	UpTo  string   // only values up to and including this one; empty means all
	After Position // only what comes behind it in the order
	Limit int      // 0 means no limit
}

// Position is the place of a record in the order of a span. The zero value is before all.
type Position struct{ Value, Account, Region, ID string }

// InOrder answers the records of a span, of all accounts and regions. It costs what it answers, however many records come later in the order.
func (r Records[T]) InOrder(tx *Tx, span Span) ([]Record[T], error) {
	rows, err := tx.inOrder(r.Kind, span, r.acceptance(tx, func(found *row) Entry { return Entry{Name: span.Name, Value: found.place} }))
	if err != nil {
		return nil, fmt.Errorf("list %ss by %s: %w", r.Kind, span.Name, err)
	}
	return recordsOf[T](rows), nil
}

// inOrder passes over damaged rows, and over none that come behind them.
func (tx *Tx) inOrder(kind string, span Span, accept acceptance) ([]row, error) {
	page, err := tx.rows(kind, span.selection(kind), accept)
	if err != nil || span.Limit == 0 || len(page) < span.Limit {
		return sound(page), err
	}
	last := page[len(page)-1]
	found := sound(page)
	if len(found) == span.Limit {
		return found, nil
	}
	span.After = Position{Value: last.place, Account: last.Account, Region: last.Region, ID: last.ID}
	span.Limit -= len(found)
	more, err := tx.inOrder(kind, span, accept)
	return append(found, more...), err
}

func (s Span) selection(kind string) selection {
	selected := selection{where: "e.kind = $1", args: []any{kind}}
	selected.and("e.name =", s.Name)
	if from := max(s.From, s.After.Value); from != "" {
		selected.and("e.value >=", from)
	}
	if s.UpTo != "" {
		selected.and("e.value <=", s.UpTo)
	}
	if s.After != (Position{}) {
		at := len(selected.args)
		selected.args = append(selected.args, s.After.Value, s.After.Account, s.After.Region, s.After.ID)
		selected.where += fmt.Sprintf(" AND (e.value, e.account, e.region, e.id) > ($%d, $%d, $%d, $%d)", at+1, at+2, at+3, at+4)
	}
	selected.where += " ORDER BY e.value, e.account, e.region, e.id"
	if s.Limit > 0 {
		selected.args = append(selected.args, s.Limit)
		selected.where += fmt.Sprintf(" LIMIT $%d", len(selected.args))
	}
	return selected
}
