package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// keepBusy takes a core's worth of processor time for every core until the answer is called. The load is a part of this process, and
// so it cannot outlive it, however it ends.
func keepBusy() (rest func()) {
	var over atomic.Bool
	var spinning sync.WaitGroup
	for range runtime.NumCPU() {
		spinning.Go(func() {
			for !over.Load() { //nolint:revive // an empty block is the load
			}
		})
	}
	return func() {
		over.Store(true)
		spinning.Wait()
	}
}
