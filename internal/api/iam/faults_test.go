package iam

import (
	"encoding/json"
	"os"
	"testing"
)

func TestFaultsMatchTheModel(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../models/iam.json")
	if err != nil {
		t.Fatal(err)
	}
	var model struct {
		Shapes map[string]struct {
			Exception bool
			Error     struct {
				Code           string
				HTTPStatusCode int
				SenderFault    bool
			}
		}
	}
	if err := json.Unmarshal(text, &model); err != nil {
		t.Fatal(err)
	}
	modelled := 0
	for name, shape := range model.Shapes {
		if !shape.Exception {
			continue
		}
		modelled++
		construct, ok := faults[name]
		if !ok {
			t.Errorf("%s has no constructor", name)
			continue
		}
		got, want := construct("%s is refused", "x"), shape.Error
		if got.Code != want.Code || got.Status != want.HTTPStatusCode || got.Receiver == want.SenderFault || got.Message != "x is refused" {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if want := 11; modelled != want || len(faults) != want {
		t.Errorf("got %d modelled faults and %d constructors, want %d", modelled, len(faults), want)
	}
}
