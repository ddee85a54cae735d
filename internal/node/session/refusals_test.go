package session

import (
	"fmt"
	"testing"
	"time"
)

// TestRefusalsAreBounded has a thousand addresses fail, one of them very often.
func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	r := newRefusals(func() time.Time { return now })
	taken := 0
	for range 10_000 {
		if r.take("10.0.0.1") {
			taken++
		}
	}
	if taken != refusalsOfEach.Burst {
		t.Errorf("%d of one address are recorded", taken)
	}
	if !r.take("10.0.0.2") {
		t.Error("another address is not recorded")
	}
	taken++
	for i := range 3 * mostAddresses {
		if r.take(fmt.Sprintf("10.1.%d.%d", i/250, i%250)) {
			taken++
		}
	}
	if taken >= refusalsOfAll.Burst+10 {
		t.Errorf("%d of all addresses are recorded", taken)
	}
	left := r.takeLeftOut()
	if len(left) > mostAddresses+1 || left[0] != (leftOut{"10.0.0.1", 10_000 - int64(refusalsOfEach.Burst)}) {
		t.Errorf("%d addresses, first %+v", len(left), left[0])
	}
	total := int64(0)
	for _, each := range left {
		total += each.count
	}
	if total+int64(taken) != 10_001+3*mostAddresses {
		t.Errorf("%d recorded and %d counted, want 13001", taken, total)
	}
	if len(r.takeLeftOut()) != 0 {
		t.Error("what was told is told again")
	}
	now = now.Add(time.Minute)
	if !r.take("10.0.0.1") {
		t.Error("a minute later nothing is recorded")
	}
}
