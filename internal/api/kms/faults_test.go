package kms

import (
	"testing"

	"slipher/internal/api/modeltest"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	modeltest.Faults(t, "kms", faults, 26)
}
