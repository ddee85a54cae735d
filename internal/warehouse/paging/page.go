// Package paging answers lists page by page: sizes, markers, and the records of a page. It promises that following the markers answers what is there
// from the first page to the last once, and refuses to know what is listed.
package paging

import (
	"encoding/base64"
	"strconv"
	"strings"

	"slipher/internal/api"
	"slipher/internal/meta"
)

// Page is the part of a list that a request asks for.
type Page struct {
	Kind  string // of the list: a marker of one is not one of another
	Limit int
	After string // the last id of the page before
}

// New reads MaxRecords, from 20 to 100 as in most of Redshift's lists, and Marker.
func New(kind string, maxRecords *int, marker string) (Page, error) {
	limit, err := CheckSize(maxRecords, 20, 100)
	if err != nil {
		return Page{}, err
	}
	return Page{Kind: kind, Limit: limit}.At(marker)
}

// At is the page that begins behind a marker. One of another list, or of somebody's own making, is refused.
func (p Page) At(marker string) (Page, error) {
	if marker == "" {
		return p, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(marker)
	after, ours := strings.CutPrefix(string(decoded), p.Kind+":")
	if err != nil || !ours {
		return Page{}, api.InvalidParameterValue("%q is not a marker of this list: use the one that the page before ended with.", marker)
	}
	p.After = after
	return p, nil
}

// Marker is that of the page behind this id.
func (p Page) Marker(after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.Kind + ":" + after))
}

// List reads the page of a query: what keep lets through, and the marker of the next page if there is one. It reads no more
// records than it needs to fill the page and to know whether another follows.
func List[T any](tx *meta.Tx, records meta.Records[T], query meta.Query, page Page, keep func(meta.Record[T]) bool) (kept []meta.Record[T], marker string, err error) {
	query.After, query.Limit = page.After, page.Limit+1
	for {
		batch, err := records.List(tx, query)
		if err != nil {
			return nil, "", err
		}
		for _, record := range batch {
			if !keep(record) {
				continue
			}
			if len(kept) == page.Limit {
				return kept, page.Marker(kept[page.Limit-1].ID), nil
			}
			kept = append(kept, record)
		}
		if len(batch) < query.Limit {
			return kept, "", nil
		}
		query.After = batch[len(batch)-1].ID
	}
}

// Cut is the page of a list that was read whole; its markers count what was shown.
func Cut[T any](all []T, page Page) (part []T, marker string, err error) {
	shown := 0
	if page.After != "" {
		if shown, err = strconv.Atoi(page.After); err != nil || shown < 0 {
			return nil, "", api.InvalidParameterValue("The marker is not one of this list: use the one that the page before ended with.")
		}
	}
	rest := all[min(shown, len(all)):]
	if len(rest) <= page.Limit {
		return rest, "", nil
	}
	return rest[:page.Limit], page.Marker(strconv.Itoa(shown + page.Limit)), nil
}

// CheckSize reads a page's size for lists with bounds of their own. Without one it is the greatest.
func CheckSize(maxRecords *int, fewest, most int) (int, error) {
	if maxRecords == nil {
		return most, nil
	}
	if *maxRecords < fewest || *maxRecords > most {
		return 0, api.InvalidParameterValue("MaxRecords must be between %d and %d, not %d.", fewest, most, *maxRecords)
	}
	return *maxRecords, nil
}
