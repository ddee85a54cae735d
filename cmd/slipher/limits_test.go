package main

import (
	"testing"

	"slipher/internal/awsapi"
)

func TestDoorOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		options doorOptions
		good    bool
	}{
		{doorOptions{10_000, 1000, 500}, true},
		{doorOptions{0, 1, 1}, true},
		{doorOptions{0.5, 1, 1}, true},
		{doorOptions{-1, 1, 1}, false},
		{doorOptions{1, 0, 1}, false},
		{doorOptions{1, 1, 0}, false},
	} {
		if err := c.options.check(); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.options, err)
		}
	}
	if got := (doorOptions{}).rates(); got != (awsapi.Rates{}) {
		t.Errorf("no rate limits somebody: %+v", got)
	}
	if got := (doorOptions{Rate: 0.2}).rates().Account.Burst; got != 1 {
		t.Errorf("the burst is %d", got)
	}
}
