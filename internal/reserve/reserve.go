// Package reserve keeps a file of no use on a disk, which is given up when the disk is full: what makes room needs a little room itself.
//
// It promises that the file never takes the last room of a disk, and refuses to know who needs the room and for what.
package reserve

import (
	"errors"
	"os"
	"sync"
)

// File is a reserve on the disk that path is on. Its methods may be called at the same time.
type File struct {
	path string
	size int64

	mu   sync.Mutex
	held bool
}

// Open finds the reserve that is there, or takes it if there is room.
func Open(path string, size int64) *File {
	f := &File{path: path, size: size}
	_, err := os.Stat(path)
	f.held = err == nil
	f.Keep()
	return f
}

// Keep gives the reserve up where the disk has hardly any room left, and takes it again where there is enough for more than the reserve. It says what it did.
func (f *File) Keep() (gaveUp, took bool) {
	room, err := RoomAt(f.path)
	switch {
	case err != nil:
		return false, false
	case room < f.size/4:
		return f.giveUp(), false
	case room > 2*f.size:
		return false, f.take()
	}
	return false, false
}

// Spend gives the reserve up where less than its size is left beside it.
func (f *File) Spend() {
	if room, err := RoomAt(f.path); err == nil && room < f.size {
		f.giveUp()
	}
}

func (f *File) giveUp() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.held || os.Remove(f.path) != nil {
		return false
	}
	f.held = false
	return true
}

func (f *File) take() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held {
		return false
	}
	f.held = f.write() == nil
	return f.held
}

// write leaves nothing of a reserve that there was no room for after all.
func (f *File) write() error {
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(allocate(file, f.size), file.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(f.path))
	}
	return err
}

// End removes the reserve.
func (f *File) End() { f.giveUp() }
