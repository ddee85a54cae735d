package redshift

import (
	"testing"

	"slipher/internal/api/modeltest"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	modeltest.Faults(t, "redshift", faults, 143)
}
