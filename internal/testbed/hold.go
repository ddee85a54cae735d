package testbed

import "context"

// Hold is a transfer that is stopped half-way.
type Hold struct {
	reached  chan struct{}
	reports  chan chan struct{}
	released chan error
}

// Hold stops the next call of this name, "save" or "restore", in the middle until Release.
func (b *Bed) Hold(call string) *Hold {
	h := &Hold{reached: make(chan struct{}), reports: make(chan chan struct{}), released: make(chan error, 1)}
	b.Nodes.interrupt(call, func(ctx context.Context, _ Step) error {
		report := reportOf(ctx)
		report()
		close(h.reached)
		for {
			select {
			case done := <-h.reports:
				report()
				close(done)
			case err := <-h.released:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	return h
}

// Reached waits until the transfer is in the middle.
func (h *Hold) Reached(b *Bed) {
	b.t.Helper()
	b.within("the transfer to be in the middle", h.reached)
}

// Report has the transfer tell its progress once more, by what the clock says now.
func (h *Hold) Report(b *Bed) {
	b.t.Helper()
	done := make(chan struct{})
	h.reports <- done
	b.within("the transfer to report", done)
}

// Release lets the transfer go on.
func (h *Hold) Release() { h.released <- nil }

// Fail ends the transfer with an error.
func (h *Hold) Fail(err error) { h.released <- err }

type reportKey struct{}

func withReport(ctx context.Context, report func()) context.Context {
	return context.WithValue(ctx, reportKey{}, report)
}

func reportOf(ctx context.Context) func() {
	if report, ok := ctx.Value(reportKey{}).(func()); ok {
		return report
	}
	return func() {}
}
