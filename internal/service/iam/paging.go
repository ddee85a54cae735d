package iam

import (
	"encoding/base64"
	"fmt"
	"strings"

	"slipher/internal/meta"
)

// page is what a request says of the part of a list that it wants.
type page struct {
	after string // the key of the last item of the page before
	size  int
}

// readPage reads Marker and MaxItems, which every list has.
func readPage(marker string, items *int) (page, error) {
	read := page{size: 100}
	if items != nil {
		read.size = *items
	}
	if read.size < 1 || read.size > 1000 {
		return page{}, validation("MaxItems is %d; it is from 1 to 1000.", read.size)
	}
	after, err := base64.URLEncoding.DecodeString(marker)
	if err != nil {
		return page{}, validation("Marker is not one that a list has answered.")
	}
	read.after = string(after)
	return read, nil
}

// cut answers the items of a page, whether there are more, and the marker to ask for these with. The items are in the order of their keys.
func cut[T any](items []T, key func(T) string, asked page) (shown []T, truncated *bool, marker string) {
	shown = []T{}
	for _, item := range items {
		if key(item) <= asked.after {
			continue
		}
		if len(shown) == asked.size {
			return shown, new(true), base64.URLEncoding.EncodeToString([]byte(key(shown[len(shown)-1])))
		}
		shown = append(shown, item)
	}
	return shown, new(false), ""
}

// cutByPlace is cut for items that go by their place in the list.
func cutByPlace[T any](items []T, asked page) (shown []T, truncated *bool, marker string) {
	places := make([]int, len(items))
	for i := range places {
		places[i] = i
	}
	places, truncated, marker = cut(places, func(place int) string { return fmt.Sprintf("%09d", place) }, asked)
	shown = make([]T, 0, len(places))
	for _, place := range places {
		shown = append(shown, items[place])
	}
	return shown, truncated, marker
}

// listed is cut for records of the store, which are read a page at a time.
func listed[T any](asked page, list func(after string, limit int) ([]meta.Record[T], error), keep func(meta.Record[T]) bool) (shown []meta.Record[T], truncated *bool, marker string, err error) {
	var kept []meta.Record[T]
	for after := asked.after; len(kept) <= asked.size; {
		records, err := list(after, asked.size+1)
		if err != nil {
			return nil, nil, "", err
		}
		for _, record := range records {
			if keep(record) {
				kept = append(kept, record)
			}
		}
		if len(records) <= asked.size {
			break
		}
		after = records[len(records)-1].ID
	}
	shown, truncated, marker = cut(kept, func(record meta.Record[T]) string { return record.ID }, asked)
	return shown, truncated, marker, nil
}

// checkPrefix refuses what no path begins with.
func checkPrefix(prefix string) error {
	if prefix != "" && !strings.HasPrefix(prefix, "/") || len(prefix) > 512 {
		return validation("PathPrefix begins with a slash and has at most 512 characters.")
	}
	return nil
}
