//go:build !linux

package lazyfs

// Mount is not there yet on this system: restores are eager.
type Mount struct{}

func Open(Config) (*Mount, error) { return nil, ErrUnusable }

func (*Mount) Unmount() error { return nil }

func (*Mount) Close() error { return nil }
