package store

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

// directAlign suits the block size of every disk in use.
const directAlign = 4096

// writeDirect writes content past the page cache, except for what is left at its end, and returns how much it wrote. A pack is
// already gathered in memory and nobody reads it soon: copying it into the cache would cost a third of a save's time.
// It writes nothing where the file system or the memory does not allow it.
func writeDirect(name string, content []byte) (int, error) {
	length := len(content) &^ (directAlign - 1)
	if length == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(content)))%directAlign != 0 {
		return 0, nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|syscall.O_DIRECT, 0)
	if errors.Is(err, syscall.EINVAL) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := file.Write(content[:length])
	if errors.Is(err, syscall.EINVAL) {
		n, err = 0, nil
	}
	return n, errors.Join(err, file.Close())
}
