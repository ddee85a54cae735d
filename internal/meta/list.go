package meta

import (
	"fmt"
	"slices"
)

// selection is the condition of a Query. Each of its three shapes (one region, one account, all) has
// an index of the entry table that answers it in order, so a list costs what it returns.
type selection struct {
	where string
	args  []any
}

func (s *selection) and(condition string, arg any) {
	s.args = append(s.args, arg)
	s.where += fmt.Sprintf(" AND %s $%d", condition, len(s.args))
}

func (q Query) selection(kind string) selection {
	selected := selection{where: "e.kind = $1", args: []any{kind}}
	selected.and("e.name =", q.Index.Name)
	selected.and("e.value =", q.Index.Value)
	if q.Account != "" {
		selected.and("e.account =", q.Account)
	}
	if q.Region != "" {
		selected.and("e.region =", q.Region)
	}
	return selected
}

func (q Query) spans() bool { return q.Account == "" || q.Region == "" }

const selectRows = `SELECT r.account, r.region, r.id, r.version, r.body, r.code, e.value FROM entry e
JOIN record r ON r.kind = e.kind AND r.account = e.account AND r.region = e.region AND r.id = e.id WHERE `

// list passes over damaged rows, and over none that come behind them.
func (tx *Tx) list(kind string, query Query, accept acceptance) ([]row, error) {
	page, err := tx.rows(kind, query.page(kind), accept)
	if err != nil || query.Limit == 0 || len(page) < query.Limit {
		return sound(page), err
	}
	last := page[len(page)-1].Key
	if query.spans() {
		rest, err := tx.rows(kind, query.sameID(kind, last), accept)
		if err != nil {
			return nil, err
		}
		page = append(page, rest...)
	}
	found := sound(page)
	if len(found) >= query.Limit || len(found) == len(page) {
		return found, nil
	}
	query.After, query.Limit = last.ID, query.Limit-len(found)
	more, err := tx.list(kind, query, accept)
	return append(found, more...), err
}

func sound(rows []row) []row {
	return slices.DeleteFunc(rows, func(row row) bool { return row.damaged })
}

func (q Query) page(kind string) selection {
	page := q.selection(kind)
	page.and("e.id >", q.After)
	page.where += " ORDER BY e.id, e.account, e.region"
	if q.Limit > 0 {
		page.args = append(page.args, q.Limit)
		page.where += fmt.Sprintf(" LIMIT $%d", len(page.args))
	}
	return page
}

// sameID selects what follows the last row of a page under the same id.
func (q Query) sameID(kind string, last Key) selection {
	rest := q.selection(kind)
	rest.and("e.id =", last.ID)
	rest.args = append(rest.args, last.Account, last.Region)
	rest.where += fmt.Sprintf(" AND (e.account, e.region) > ($%d, $%d) ORDER BY e.id, e.account, e.region",
		len(rest.args)-1, len(rest.args))
	return rest
}

// acceptance decodes a row that a list has found, or marks it as damaged.
type acceptance func(found *row) error

// rows are those of a selection, the damaged ones too.
func (tx *Tx) rows(kind string, selected selection, accept acceptance) ([]row, error) {
	found, err := tx.query(selectRows+selected.where, selected.args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []row
	for found.Next() {
		next := row{kind: kind}
		if err := found.Scan(&next.Account, &next.Region, &next.ID, &next.version, &next.body, &next.code, &next.place); err != nil {
			return nil, err
		}
		if err := accept(&next); err != nil {
			return nil, err
		}
		rows = append(rows, next)
	}
	return rows, found.Err()
}

func (tx *Tx) count(kind string, query Query) (int, error) {
	selected := query.selection(kind)
	selected.and("e.id >", query.After)
	var count int
	err := tx.queryRow("SELECT count(*) FROM entry e WHERE "+selected.where, selected.args...).Scan(&count)
	return count, err
}
