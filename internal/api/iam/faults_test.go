package iam

import (
	"testing"

	"slipher/internal/api/modeltest"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	modeltest.Faults(t, "iam", faults, 11)
}
