// Package modeltest compares what is generated for a service with the model that it was generated from.
package modeltest

import (
	"encoding/json"
	"os"
	"testing"

	"slipher/internal/api"
)

// Faults checks that each of the exceptions of models/<service>.json, of which there are so many, has a constructor that makes what the model says.
func Faults(t *testing.T, service string, constructors map[string]func(format string, args ...any) *api.Fault, exceptions int) {
	t.Helper()
	text, err := os.ReadFile("../models/" + service + ".json")
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
		construct, ok := constructors[name]
		if !ok {
			t.Errorf("%s has no constructor", name)
			continue
		}
		got, want := construct("%s is refused", "x"), shape.Error
		if got.Code != want.Code || got.Status != want.HTTPStatusCode || got.Receiver == want.SenderFault || got.Message != "x is refused" {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if modelled != exceptions || len(constructors) != exceptions {
		t.Errorf("got %d modelled faults and %d constructors, want %d", modelled, len(constructors), exceptions)
	}
}
