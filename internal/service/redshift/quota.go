package redshift

import (
	"fmt"

	"slipher/internal/api"
)

// Quota is how many there may be of something.
type Quota struct {
	Of       string // e.g. parameter groups
	In       string // an account and region where it is empty, e.g. a snapshot
	Most     int
	Exceeded func(format string, args ...any) *api.Fault
}

// Room refuses one more in a region than there may be.
func (q Quota) Room(count int, region string) error {
	if count < q.Most {
		return nil
	}
	return q.Exceeded("The account has %d %s in %s, which is the most there may be.", count, q.Of, region)
}

// Quotas are those that the families declare.
func Quotas(families []Family) (all []Quota) {
	for _, family := range families {
		all = append(all, family.Quotas...)
	}
	return all
}

// checkQuotas refuses a quota under which there would be nothing, or that nobody hears of.
func checkQuotas(families []Family) error {
	for _, family := range families {
		for _, quota := range family.Quotas {
			if quota.Most < 1 || quota.Exceeded == nil {
				return fmt.Errorf("the quota of %s of %s is not whole", quota.Of, family.Name)
			}
		}
	}
	return nil
}
