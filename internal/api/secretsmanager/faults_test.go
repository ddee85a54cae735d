package secretsmanager

import (
	"testing"

	"slipher/internal/api/modeltest"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	modeltest.Faults(t, "secretsmanager", faults, 6)
}
