package engine

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	memoryTick = 10 * time.Millisecond // between two looks at the process's memory while statements run
	// afterEnding is how many ticks a statement that was ended has to let its memory go before the next one is ended.
	afterEnding = 20
	// withoutEffect is how many ticks the process may stay beyond the bound until the engine is refused more: functions over long strings do not look at interrupts.
	withoutEffect = 50
)

// memory keeps the process within a bound that the engine's own limit does not: that leaves out what functions build. It looks only while statements run. Beyond the
// bound it ends the largest statement; where that does not help, the engine is refused more (see holdData), so that whoever asks next fails.
type memory struct {
	bound    int64 // in bytes; 0 watches nothing
	resident func() int64

	mu      sync.Mutex // guards what follows
	timer   *time.Timer
	looking bool // there will be a tick
	running map[*Session]context.CancelCauseFunc
	last    int64 // what the process had at the last tick
	beyond  int   // ticks since the process is beyond the bound
	wait    int   // ticks until the next statement may be ended
	held    bool  // the engine is refused more
}

// errOutOfMemory ends a statement that takes too much.
var errOutOfMemory = &Error{Code: "53200", Message: opaque["53200"]}

// watch sets the bound for an engine with the given limit.
func (m *memory) watch(limit string) error {
	bytes, err := parseBytes(limit)
	if err != nil {
		return err
	}
	m.bound, m.resident, m.running = bytes+bytes/2+256<<20, residentBytes, map[*Session]context.CancelCauseFunc{}
	return nil
}

// enter is called before a session calls the engine. The context that it returns ends as ctx does, or when the statement takes too much; what must not be interrupted
// has a ctx that never ends.
func (m *memory) enter(ctx context.Context, s *Session) (call context.Context, leave func()) {
	if m.bound == 0 || ctx.Done() == nil {
		return ctx, func() {}
	}
	call, cancel := context.WithCancelCause(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	s.overdrawn, s.stubborn = false, false
	m.running[s] = cancel
	m.look()
	return call, func() {
		m.mu.Lock()
		delete(m.running, s)
		m.mu.Unlock()
		cancel(nil)
	}
}

// look makes sure that there is a next tick.
func (m *memory) look() {
	switch {
	case m.looking:
		return
	case m.timer == nil:
		m.timer = time.AfterFunc(memoryTick, m.tick)
	default:
		m.timer.Reset(memoryTick)
	}
	m.looking = true
}

// forget begins the account of a session's next statement.
func (m *memory) forget(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.charge = 0
}

// overdrawn says whether the session's last call was ended because it took too much.
func (m *memory) overdrawn(s *Session) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return s.overdrawn
}

func (m *memory) tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.resident()
	m.share(now - m.last)
	m.last = now
	if idle := len(m.running) == 0; now > m.bound || idle && now > m.bound/4*3 {
		giveBack()
		m.last = m.resident()
	}
	m.hold(m.last)
	if m.looking = false; len(m.running) > 0 {
		m.look()
	}
}

// share charges the running statements with what the process grew by: nothing says which of them it was.
func (m *memory) share(growth int64) {
	if growth <= 0 {
		return
	}
	for s := range m.running {
		s.charge += growth / int64(len(m.running))
	}
}

// hold does what is due when the process has so much.
func (m *memory) hold(now int64) {
	m.wait = max(m.wait-1, 0)
	if now <= m.bound || len(m.running) == 0 {
		m.beyond = 0
		m.refuseMore(m.stubborn())
		return
	}
	m.beyond++
	if m.wait == 0 {
		m.endLargest()
		m.wait = afterEnding
	}
	if now > m.bound/4*5 || m.beyond > withoutEffect {
		m.refuseMore(true)
	}
}

// stubborn says whether a statement runs that does not look at its interrupts. Functions that build long strings do not, but cannot go on without memory.
func (m *memory) stubborn() bool {
	for s := range m.running {
		if s.stubborn {
			return true
		}
	}
	return false
}

// press is told that a session's statement did not look at its interrupts.
func (m *memory) press(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.stubborn = true
}

func (m *memory) refuseMore(more bool) {
	if m.held == more {
		return
	}
	m.held = more
	holdData(more)
}

// endLargest ends the statement that was charged most, unless it was ended already.
func (m *memory) endLargest() {
	var largest *Session
	for s := range m.running {
		if !s.overdrawn && (largest == nil || s.charge > largest.charge) {
			largest = s
		}
	}
	if largest != nil {
		largest.overdrawn = true
		m.running[largest](errOutOfMemory)
	}
}

// stop ends the looking. No call may be under way.
func (m *memory) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.timer != nil {
		m.timer.Stop()
	}
	m.refuseMore(false)
}

var units = map[string]float64{"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}

// parseBytes reads an amount of memory in the engine's notation, for example 1.5GB.
func parseBytes(amount string) (int64, error) {
	digits := strings.TrimRight(amount, "KMGTIBkmgtib ")
	number, err := strconv.ParseFloat(digits, 64)
	unit, known := units[strings.ToUpper(strings.TrimSpace(amount[len(digits):]))]
	if bytes := number * unit; err == nil && known && bytes >= 1 && bytes < math.MaxInt64/4 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf("the memory limit %q is no amount of memory: write it like 2GB", amount)
}
