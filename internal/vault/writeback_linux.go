package vault

import (
	"os"
	"syscall"
)

// startWriteback asks the system to begin to write what is still in its cache, without waiting for it, so that the sync at the
// end finds little left to do. It is advice: an error is none.
func startWriteback(file *os.File) {
	const syncFileRangeWrite = 2
	_ = syscall.SyncFileRange(int(file.Fd()), 0, 0, syncFileRangeWrite)
}
