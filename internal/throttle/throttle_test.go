package throttle

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestEachHasItsOwnBucket(t *testing.T) {
	t.Parallel()
	b := New(Rate{PerSecond: 2, Burst: 3}, 10)
	take := func(who string, at time.Time, want bool) {
		t.Helper()
		if got := b.Take(who, at); got != want {
			t.Errorf("%s at %s: got %t, want %t", who, at.Format(time.TimeOnly), got, want)
		}
	}
	for range 3 {
		take("a", noon, true)
	}
	take("a", noon, false)
	take("b", noon, true)
	take("a", noon.Add(500*time.Millisecond), true)
	take("a", noon.Add(500*time.Millisecond), false)
	b.Forgive("a")
	take("a", noon.Add(500*time.Millisecond), true)
}

func TestWhatIsOwedHasToBeWaitedFor(t *testing.T) {
	t.Parallel()
	b := New(Rate{PerSecond: 1, Burst: 2}, 10)
	for i, want := range []time.Duration{0, 0, time.Second, 2 * time.Second, 3 * time.Second} {
		if got := b.Wait("a", noon); got != want {
			t.Errorf("after %d: wait %v, want %v", i, got, want)
		}
		b.Charge("a", noon)
	}
	if got := b.Wait("a", noon.Add(time.Minute)); got != 0 {
		t.Errorf("a minute later: wait %v", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	b := New(Rate{PerSecond: 1, Burst: 1}, 100)
	for i := range 1000 {
		b.Take(fmt.Sprint(i), noon)
	}
	if got := b.of.Len(); got != 100 {
		t.Errorf("%d buckets are kept, want 100", got)
	}
	if !b.Take("0", noon) {
		t.Error("a forgotten bucket is not full")
	}
	if b.Take("999", noon) {
		t.Error("a bucket in use was forgotten")
	}
}

func TestNoRateLimitsNobody(t *testing.T) {
	t.Parallel()
	b := New(Rate{}, 1)
	b.Charge("a", noon)
	b.Forgive("a")
	if !b.Take("a", noon) || b.Wait("a", noon) != 0 {
		t.Error("somebody is limited")
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"10.1.2.3":             "10.1.2.3",
		"::ffff:10.1.2.3":      "10.1.2.3",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"a name":               "a name",
	} {
		if got := Source(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}
