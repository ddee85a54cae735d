package engine

import (
	"context"
	"errors"
	"testing"
	"time"
)

// held is a memory of 100 bytes whose process has what now says.
func held(now *int64) *memory {
	return &memory{bound: 100, resident: func() int64 { return *now }, running: map[*Session]context.CancelCauseFunc{}}
}

func TestMemoryEndsTheLargest(t *testing.T) {
	t.Parallel()
	now := int64(10)
	m := held(&now)
	defer m.stop()
	early, late := &Session{}, &Session{}
	first, leave := m.enter(t.Context(), early)
	defer leave()
	now = 60
	m.tick()
	second, leaveToo := m.enter(t.Context(), late)
	defer leaveToo()
	now = 90
	m.tick()
	if first.Err() != nil || second.Err() != nil {
		t.Fatal("a statement was ended below the bound")
	}
	now = 101
	m.tick()
	if !errors.Is(context.Cause(first), errOutOfMemory) || second.Err() != nil || !m.overdrawn(early) || m.overdrawn(late) {
		t.Fatalf("beyond the bound: got %v and %v, want the earlier ended", context.Cause(first), context.Cause(second))
	}
	for range afterEnding {
		m.tick()
	}
	if !errors.Is(context.Cause(second), errOutOfMemory) {
		t.Error("still beyond the bound the other goes on")
	}
	never, leaveLast := m.enter(context.WithoutCancel(t.Context()), &Session{})
	defer leaveLast()
	m.tick()
	if never.Err() != nil {
		t.Error("a commit was ended")
	}
}

func TestMemoryStopsLooking(t *testing.T) {
	t.Parallel()
	now := int64(10)
	m := held(&now)
	defer m.stop()
	_, leave := m.enter(t.Context(), &Session{})
	leave()
	m.tick()
	if m.looking {
		t.Error("the memory is looked at while nothing runs")
	}
}

func TestParseBytes(t *testing.T) {
	t.Parallel()
	for amount, want := range map[string]int64{"1GB": 1e9, "1.5 GiB": 3 << 29, "512mb": 512e6, "": 0, "GB": 0, "12": 0, "-1GB": 0, "9999999TB": 0} {
		if got, err := parseBytes(amount); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d and %v, want %d", amount, got, err, want)
		}
	}
}

func TestStubbornStatement(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.interrupts = 2
	s := session(t, d)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	s.interruptible(ctx, func() { <-d.Poisoned() })
}
