package state_test

import (
	"testing"

	"slipher/internal/warehouse/state"
)

func TestSnapshotFits(t *testing.T) {
	t.Parallel()
	const gigabyte = 1 << 30
	for _, test := range []struct {
		fromType  string
		fromNodes int
		toType    string
		toNodes   int
		gigabytes int64
		want      bool
	}{
		{"dc2.large", 4, "dc2.large", 2, 320, true},
		{"dc2.large", 4, "dc2.large", 2, 321, false},
		{"dc2.large", 4, "dc2.large", 4, 9999, true},
		{"dc2.large", 4, "ra3.large", 1, 1024, true},
		{"dc2.large", 4, "ra3.large", 1, 1025, false},
		{"dc2.large", 1, "ra3.large", 2, 100, true},
		{"dc2.large", 4, "ra3.4xlarge", 1, 1, false},
		{"dc2.large", 4, "ra3.4xlarge", 32, 1, true},
		{"dc2.large", 4, "ra3.4xlarge", 33, 1, false},
		{"ra3.large", 1, "ra3.large", 1, 9999, true},
		{"ra3.large", 1, "ra3.large", 2, 1, false},
		{"ra3.large", 2, "dc2.8xlarge", 2, 1, false},
	} {
		got, err := fits(test.fromType, test.fromNodes, test.toType, test.toNodes, test.gigabytes*gigabyte)
		if err != nil || got != test.want {
			t.Errorf("%d GB of %d %s to %d %s: got %v, %v, want %v", test.gigabytes, test.fromNodes, test.fromType, test.toNodes, test.toType, got, err, test.want)
		}
	}
}

// fits says whether a snapshot with so much data, of so many nodes of one kind, can be restored to a number of nodes of another.
func fits(fromType string, fromNodes int, toType string, toNodes int, bytes int64) (bool, error) {
	from, err := state.FindConfiguration(fromType, fromNodes)
	if err != nil {
		return false, err
	}
	to, err := state.FindConfiguration(toType, toNodes)
	return err == nil && from.RestorableTo(to, bytes), err
}
