//go:build !linux

package server

import (
	"context"
	"net"
)

func withPeer(ctx context.Context, _ net.Conn) context.Context { return ctx }
