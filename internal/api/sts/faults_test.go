package sts

import (
	"testing"

	"slipher/internal/api/modeltest"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	modeltest.Faults(t, "sts", faults, 4)
}
