package redshift

import (
	"strings"
	"testing"

	"slipher/internal/api/redshift"
	"slipher/internal/service"
	"slipher/internal/warehouse/event"
)

func TestNewRefusesWhatIsNotWhole(t *testing.T) {
	t.Parallel()
	named := func(name string) Family { return Family{Family: service.Family{Name: name}} }
	first, second := named("first"), named("second")
	first.Events, second.Events = []event.Kind{event.Created}, []event.Kind{event.Renamed, event.Created}
	nothing, unheard := named("nothing"), named("unheard")
	nothing.Quotas = []Quota{{Of: "parameter groups", Exceeded: redshift.ClusterParameterGroupQuotaExceeded}}
	unheard.Quotas = []Quota{{Of: "parameter groups", Most: 20}}
	for name, c := range map[string]struct {
		families []Family
		refuses  string
	}{
		"event_of_two_families":      {[]Family{first, second}, "event 2000 comes twice, from first and second"},
		"quota_of_nothing":           {[]Family{first, nothing}, "the quota of parameter groups of nothing is not whole"},
		"quota_without_its_fault":    {[]Family{first, unheard}, "the quota of parameter groups of unheard is not whole"},
		"takes_each_event_of_a_sort": {[]Family{first}, ""},
	} {
		_, err := New(nil, c.families...)
		if c.refuses == "" && err != nil || c.refuses != "" && (err == nil || !strings.Contains(err.Error(), c.refuses)) {
			t.Errorf("%s: got %v, want %q", name, err, c.refuses)
		}
	}
}
