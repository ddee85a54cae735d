//go:build !linux

package engine

import (
	"context"
	"errors"
)

// LeaveView is for Linux only, and so are views.
func (d *Database) LeaveView(context.Context, func() error) error {
	if d.config.View == "" {
		return nil
	}
	return errors.New("a database cannot leave its view on this system")
}
