package session

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"slipher/internal/sqllog"
	"slipher/internal/throttle"
)

// refusals keeps a flood of failed logins from filling the disk: of each address it lets a few through and then some each minute, and of all together not
// many more. It counts what it leaves out.
type refusals struct {
	each, all *throttle.Buckets
	now       func() time.Time

	mu      sync.Mutex
	leftOut map[string]int64 // by address; under "" those for which there is no place
}

const (
	leftOutEvery  = time.Minute
	mostAddresses = 1000
)

var (
	refusalsOfEach = throttle.Rate{PerSecond: 0.2, Burst: 30}
	refusalsOfAll  = throttle.Rate{PerSecond: 5, Burst: 500}
)

func newRefusals(now func() time.Time) *refusals {
	return &refusals{each: throttle.New(refusalsOfEach, 10*mostAddresses), all: throttle.New(refusalsOfAll, 1), now: now, leftOut: map[string]int64{}}
}

// take says whether a failed login from this address is to be recorded.
func (r *refusals) take(address string) bool {
	source := throttle.Source(address)
	if r.each.Take(source, r.now()) && r.all.Take("", r.now()) {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.leftOut[source]; !known && len(r.leftOut) >= mostAddresses {
		source = ""
	}
	r.leftOut[source]++
	return false
}

type leftOut struct {
	address string
	count   int64
}

// takeLeftOut answers what was left out since it was last asked, the most first.
func (r *refusals) takeLeftOut() (found []leftOut) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for address, count := range r.leftOut {
		found = append(found, leftOut{address, count})
	}
	clear(r.leftOut)
	slices.SortFunc(found, func(a, b leftOut) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.address, b.address))
	})
	return found
}

// mostTold bounds the records that say how much was left out.
const mostTold = 20

func (l *sqlLogs) tellLeftOut() {
	others := int64(0)
	for i, left := range l.refused.takeLeftOut() {
		if i >= mostTold || left.address == "" {
			others += left.count
			continue
		}
		l.spool.Add(sqllog.Record{Log: sqllog.Connections, Event: leftOutEvent(left.count), RemoteHost: left.address})
	}
	if others > 0 {
		l.spool.Add(sqllog.Record{Log: sqllog.Connections, Event: leftOutEvent(others) + " of other addresses"})
	}
}

func leftOutEvent(count int64) string {
	return strconv.FormatInt(count, 10) + " authentication failures left out"
}
