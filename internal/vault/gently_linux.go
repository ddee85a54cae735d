package vault

import (
	"runtime"
	"syscall"
)

// gently lets a worker run when nobody else wants the processor: the same process answers queries meanwhile. The thread keeps that
// priority, so it is the worker's own and ends with it.
func gently(work func() error) error {
	runtime.LockOSThread()
	const patient = 10
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), patient)
	return work()
}
