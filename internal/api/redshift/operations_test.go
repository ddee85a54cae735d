package redshift

import (
	"context"
	"testing"

	"slipher/internal/api"
)

func TestOperationTable(t *testing.T) {
	t.Parallel()
	operations := Table().Operations
	if len(operations) != 141 {
		t.Errorf("got %d operations, want 141", len(operations))
	}
	silent := 0
	for _, operation := range operations {
		if operation.Call != nil {
			t.Errorf("%s is offered without a handler", operation.Name)
		}
		if operation.NewInput() == nil || operation.NewOutput() == nil {
			t.Errorf("%s has no input or no output", operation.Name)
		}
		if want := operation.Name + "Result"; operation.Result == "" {
			silent++
		} else if operation.Result != want {
			t.Errorf("got result wrapper %s, want %s", operation.Result, want)
		}
	}
	if silent != 16 {
		t.Errorf("got %d operations without output, want 16", silent)
	}
}

func TestCallReachesItsHandler(t *testing.T) {
	t.Parallel()
	operation := CreateClusterOperation.Bind(func(_ context.Context, caller api.Caller, in *CreateClusterMessage) (*CreateClusterResult, error) {
		return &CreateClusterResult{Cluster: &Cluster{ClusterIdentifier: in.ClusterIdentifier, VpcId: caller.Account}}, nil
	})
	input := operation.NewInput()
	input.(*CreateClusterMessage).ClusterIdentifier = "c"
	output, err := operation.Call(t.Context(), api.Caller{Account: "111111111111"}, input)
	if err != nil {
		t.Fatal(err)
	}
	got := output.(*CreateClusterResult).Cluster
	if got.ClusterIdentifier != "c" || got.VpcId != "111111111111" {
		t.Errorf("got %+v", got)
	}
}
