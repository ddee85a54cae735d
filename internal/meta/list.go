package meta

import "fmt"

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

const selectRows = `SELECT r.account, r.region, r.id, r.version, r.body FROM entry e
JOIN record r ON r.kind = e.kind AND r.account = e.account AND r.region = e.region AND r.id = e.id WHERE `

func (tx *Tx) list(kind string, query Query) ([]row, error) {
	page, err := tx.rows(kind, query.page(kind))
	if err != nil || !query.spans() || query.Limit == 0 || len(page) < query.Limit {
		return page, err
	}
	rest, err := tx.rows(kind, query.sameID(kind, page[len(page)-1].Key))
	return append(page, rest...), err
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

func (tx *Tx) rows(kind string, selected selection) ([]row, error) {
	found, err := tx.query(selectRows+selected.where, selected.args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []row
	for found.Next() {
		next := row{kind: kind}
		if err := found.Scan(&next.Account, &next.Region, &next.ID, &next.version, &next.body); err != nil {
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
