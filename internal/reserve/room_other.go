//go:build !linux

package reserve

import (
	"errors"
	"os"
)

// Elsewhere than on Linux there is no reserve.

// RoomAt is unknown.
func RoomAt(string) (int64, error) { return 0, errors.ErrUnsupported }

func allocate(*os.File, int64) error { return errors.ErrUnsupported }
