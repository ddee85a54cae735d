package control

import (
	"encoding/base64"
	"strconv"
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
)

// page is the part of a list that a request asks for.
type page struct {
	kind  string // of the list: a marker of one is not one of another
	limit int
	after string // the last id of the page before
}

func newPage(kind string, maxRecords *int, marker string) (page, error) {
	limit, err := checkPageSize(maxRecords, 20, 100)
	if err != nil {
		return page{}, err
	}
	return page{kind: kind, limit: limit}.at(marker)
}

func (p page) at(marker string) (page, error) {
	if marker == "" {
		return p, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(marker)
	after, ours := strings.CutPrefix(string(decoded), p.kind+":")
	if err != nil || !ours {
		return page{}, api.InvalidParameterValue("%q is not a marker of this list: use the one that the page before ended with.", marker)
	}
	p.after = after
	return p, nil
}

func (p page) marker(after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.kind + ":" + after))
}

// list reads the page of a query: what keep lets through, and the marker of the next page if there is one. It reads no more
// records than it needs to fill the page and to know whether another follows.
func list[T any](tx *meta.Tx, records meta.Records[T], query meta.Query, page page, keep func(meta.Record[T]) bool) (kept []meta.Record[T], marker string, err error) {
	query.After, query.Limit = page.after, page.limit+1
	for {
		batch, err := records.List(tx, query)
		if err != nil {
			return nil, "", err
		}
		for _, record := range batch {
			if !keep(record) {
				continue
			}
			if len(kept) == page.limit {
				return kept, page.marker(kept[page.limit-1].ID), nil
			}
			kept = append(kept, record)
		}
		if len(batch) < query.Limit {
			return kept, "", nil
		}
		query.After = batch[len(batch)-1].ID
	}
}

// cut is the page of a list that was read whole; its markers count what was shown.
func cut[T any](all []T, page page) (part []T, marker string, err error) {
	shown := 0
	if page.after != "" {
		if shown, err = strconv.Atoi(page.after); err != nil || shown < 0 {
			return nil, "", api.InvalidParameterValue("The marker is not one of this list: use the one that the page before ended with.")
		}
	}
	rest := all[min(shown, len(all)):]
	if len(rest) <= page.limit {
		return rest, "", nil
	}
	return rest[:page.limit], page.marker(strconv.Itoa(shown + page.limit)), nil
}
