package meta

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestInOrder(t *testing.T) {
	t.Parallel()
	store := open(t)
	update(t, store, func(tx *Tx) error {
		for i, tag := range []string{"05", "02", "09", "02", ""} {
			fruit := fruit{Colour: "red"}
			if tag != "" {
				fruit.Tags = []string{tag}
			}
			key := Key{Account: fmt.Sprint(i % 2), Region: "us-east-1", ID: fmt.Sprint(i)}
			if err := insert(key, fruit)(tx); err != nil {
				return err
			}
		}
		return nil
	})
	for name, test := range map[string]struct {
		span Span
		want []string
	}{
		"all":             {Span{Name: "tag"}, []string{"1", "3", "0", "2"}},
		"limited":         {Span{Name: "tag", Limit: 3}, []string{"1", "3", "0"}},
		"up_to_a_value":   {Span{Name: "tag", UpTo: "05"}, []string{"1", "3", "0"}},
		"up_to_an_absent": {Span{Name: "tag", UpTo: "04", Limit: 9}, []string{"1", "3"}},
		"from_a_value":    {Span{Name: "tag", From: "03"}, []string{"0", "2"}},
		"between":         {Span{Name: "tag", From: "02", UpTo: "05"}, []string{"1", "3", "0"}},
		"behind_a_record": {Span{Name: "tag", After: Position{"02", "1", "us-east-1", "1"}, Limit: 2}, []string{"3", "0"}},
		"behind_the_last": {Span{Name: "tag", After: Position{"09", "0", "us-east-1", "2"}}, nil},
		"nothing":         {Span{Name: "tag", UpTo: "01"}, nil},
		"another_name":    {Span{Name: "taste"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			view(t, store, func(tx *Tx) error {
				found, err := fruits.InOrder(tx, test.span)
				for _, record := range found {
					got = append(got, record.ID)
				}
				return err
			})
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			selected := test.span.selection("fruit")
			plan := explain(t, store, selectRows+selected.where, selected.args...)
			if !strings.Contains(plan[0], "SEARCH e USING") || len(plan) != 2 {
				t.Errorf("got %q, want a search in the order of an index and one lookup of each record", plan)
			}
		})
	}
}
