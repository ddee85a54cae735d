package secretsmanager

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"slipher/internal/api/secretsmanager"
)

// page is what a request wants of a list.
type page struct {
	after      string // the key of the last item before it
	size       int
	descending bool
}

const pageSize = 100

func readPage(size *int, token string) (page, error) {
	read := page{size: pageSize}
	if size != nil {
		read.size = *size
	}
	if read.size < 1 || read.size > pageSize {
		return page{}, invalidParameter("MaxResults must be between 1 and %d, not %d.", pageSize, read.size)
	}
	after, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return page{}, secretsmanager.InvalidNextToken("%q is no NextToken of this list: use the one that the page before ended with.", token)
	}
	read.after = string(after)
	return read, nil
}

// cut takes a page of a list in the order of keys, which differ, and the token for the next one.
func cut[T any](p page, items []T, key func(T) string) ([]T, string) {
	order := func(a, b string) int {
		if p.descending {
			a, b = b, a
		}
		return cmp.Compare(a, b)
	}
	rest := slices.DeleteFunc(slices.Clone(items), func(item T) bool { return p.after != "" && order(key(item), p.after) <= 0 })
	slices.SortFunc(rest, func(a, b T) int { return order(key(a), key(b)) })
	if len(rest) <= p.size {
		return rest, ""
	}
	rest = rest[:p.size]
	return rest, base64.RawURLEncoding.EncodeToString([]byte(key(rest[p.size-1])))
}

// timeKey sorts by a time, and by a name where the times are equal.
func timeKey(at time.Time, name string) string {
	return fmt.Sprintf("%020d %s", max(at.UnixNano(), 0), name)
}
