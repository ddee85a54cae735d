package meta

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine is the number of the calling goroutine. It serves one purpose: to tell an Update inside
// an Update, which would wait for itself for ever, from one that waits its turn.
func goroutine() uint64 {
	var stack [32]byte
	head := stack[:runtime.Stack(stack[:], false)]
	head = bytes.TrimPrefix(head, []byte("goroutine "))
	number, _, _ := bytes.Cut(head, []byte(" "))
	id, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic("meta: unknown form of a goroutine's stack: " + string(head))
	}
	return id
}
