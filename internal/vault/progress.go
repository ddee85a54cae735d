package vault

import (
	"sync"
	"sync/atomic"
	"time"
)

// Progress is how far a transfer has come.
type Progress struct {
	TotalBytes     int64   // to look at in all (save) or to write in all (restore)
	DoneBytes      int64   // of TotalBytes
	StoredBytes    int64   // save: new bytes for the store so far, also those in a pack that still fills
	BytesPerSecond float64 // rate of DoneBytes over the last two seconds
	Seconds        float64 // since the transfer began
}

const (
	reportEvery = 100 * time.Millisecond
	rateWindow  = 20 // reports
)

// meter reports progress from a goroutine of its own, so that a transfer which waits for a slow store is still seen to wait.
type meter struct {
	clock   func() time.Time
	report  func(Progress)
	stored  func() int64
	began   time.Time
	total   int64
	done    atomic.Int64
	recent  []reading
	measure func() int64 // how much is done, where somebody else keeps count; nil is done

	stopping chan struct{}
	stopped  sync.WaitGroup
}

type reading struct {
	at   time.Duration
	done int64
}

// startMeter begins to report. report may be nil, and is never called twice at once.
func startMeter(now func() time.Time, total int64, stored func() int64, report func(Progress)) *meter {
	m := &meter{clock: now, report: report, stored: stored, total: total}
	m.start()
	return m
}

func (m *meter) start() {
	m.began, m.stopping = m.clock(), make(chan struct{})
	m.recent = []reading{{done: m.doneBytes()}}
	if m.report != nil {
		m.stopped.Go(m.run)
	}
}

func (m *meter) doneBytes() int64 {
	if m.measure != nil {
		return m.measure()
	}
	return m.done.Load()
}

func (m *meter) run() {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		m.report(m.now())
		select {
		case <-tick.C:
		case <-m.stopping:
			return
		}
	}
}

// stop ends the reports; finished adds the last one, with everything done.
func (m *meter) stop(finished bool) {
	close(m.stopping)
	m.stopped.Wait()
	if finished && m.report != nil {
		m.report(m.now())
	}
}

func (m *meter) add(bytes int) { m.done.Add(int64(bytes)) }

func (m *meter) seconds() float64 { return m.clock().Sub(m.began).Seconds() }

func (m *meter) now() Progress {
	last := reading{m.clock().Sub(m.began), m.doneBytes()}
	first := m.recent[0]
	if m.recent = append(m.recent, last); len(m.recent) > rateWindow {
		m.recent = m.recent[1:]
	}
	progress := Progress{TotalBytes: m.total, DoneBytes: last.done, StoredBytes: m.stored(), Seconds: last.at.Seconds()}
	if passed := last.at - first.at; passed > 0 {
		progress.BytesPerSecond = float64(last.done-first.done) / passed.Seconds()
	}
	return progress
}
