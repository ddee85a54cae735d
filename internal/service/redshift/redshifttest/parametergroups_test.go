package redshifttest_test

import (
	"testing"

	"slipher/internal/testbed"
	"slipher/internal/warehouse/state"
)

func TestParameterGroupLimits(t *testing.T) {
	t.Parallel()
	bed := testbed.New(t, testbed.Config{Limits: state.Limits{ParameterGroups: 2, Tags: 1}})
	create := func(name, tags string) error {
		_, err := bed.Call(testbed.Owner, "CreateClusterParameterGroup", "ParameterGroupName="+name, "ParameterGroupFamily=redshift-1.0", "Description=x", "Tags="+tags)
		return err
	}
	wantFault(t, create("one", "a:1,b:2"), "TagLimitExceededFault")
	for _, name := range []string{"one", "two"} {
		if err := create(name, ""); err != nil {
			t.Fatal(err)
		}
	}
	wantFault(t, create("three", ""), "ClusterParameterGroupQuotaExceeded")
	bed.Must(testbed.Owner, "DeleteClusterParameterGroup", "ParameterGroupName=two")
	if err := create("three", ""); err != nil {
		t.Error(err)
	}
}
