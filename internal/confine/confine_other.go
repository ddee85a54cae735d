//go:build !linux

package confine

// Hide does nothing here.
func Hide() error { return nil }

// Starting starts.
func Starting(start func() error) error { return start() }

// NoNewPrivileges does nothing here.
func NoNewPrivileges() error { return nil }

// Limit says that it cannot.
func Limit(Files) (limited bool, err error) { return false, nil }

// FollowMounts does nothing here.
func FollowMounts() error { return nil }
