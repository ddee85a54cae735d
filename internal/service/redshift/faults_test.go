package redshift

import (
	"testing"

	"slipher/internal/warehouse/refusal"
)

func TestEveryRefusalHasItsFault(t *testing.T) {
	for _, reason := range refusal.Reasons() {
		if faults[reason] == nil {
			t.Errorf("there is no fault for %s", reason)
		}
	}
}
