package server

import (
	"context"
	"time"

	"slipher/internal/reserve"
)

const (
	// reserveBytes lets a full disk take the metadata and the audit records of many calls that delete something.
	reserveBytes = 64 << 20
	// reserveLook is how long a full disk may wait for it.
	reserveLook = 2 * time.Second
)

// openReserve goes before everything that writes: on a disk that is full at the start it gives the reserve up.
func (s *Server) openReserve(context.Context) error {
	s.reserve = reserve.Open(s.config.Data.Path("reserve"), reserveBytes)
	return nil
}

// keepReserve gives the reserve up when the disk is full, and takes it again when there is room.
func (s *Server) keepReserve(ctx context.Context) error {
	ticker := time.NewTicker(reserveLook)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		gaveUp, took := s.reserve.Keep()
		switch {
		case gaveUp:
			s.config.Log.Error("disk full: the reserve was given up, so that clusters, snapshots and tables can be deleted", "data", s.config.Data)
		case took:
			s.config.Log.Info("the disk has room again: the reserve was taken", "data", s.config.Data)
		}
	}
}
