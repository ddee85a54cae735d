package server

import (
	"testing"

	"slipher/internal/awsapi"
)

func TestDoorOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		options Door
		good    bool
	}{
		{Door{10_000, 1000, 500}, true},
		{Door{0, 1, 1}, true},
		{Door{0.5, 1, 1}, true},
		{Door{-1, 1, 1}, false},
		{Door{1, 0, 1}, false},
		{Door{1, 1, 0}, false},
	} {
		if err := c.options.check(); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.options, err)
		}
	}
	if got := (Door{}).rates(); got != (awsapi.Rates{}) {
		t.Errorf("no rate limits somebody: %+v", got)
	}
	if got := (Door{Rate: 0.2}).rates().Account.Burst; got != 1 {
		t.Errorf("the burst is %d", got)
	}
}
