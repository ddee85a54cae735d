package paging_test

import (
	"testing"

	"slipher/internal/warehouse/paging"
)

func FuzzMarker(f *testing.F) {
	f.Add(paging.Page{Kind: "snapshots"}.Marker("0018a1"))
	f.Fuzz(func(t *testing.T, marker string) {
		found, err := paging.Page{Kind: "snapshots"}.At(marker)
		if err != nil || marker == "" {
			return
		}
		if again, err := found.At(found.Marker(found.After)); err != nil || again != found {
			t.Errorf("%q leads to %+v and then to %+v (%v)", marker, found, again, err)
		}
	})
}
