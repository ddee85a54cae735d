//go:build !linux

package main

import (
	"context"
	"net"
)

func withPeer(ctx context.Context, _ net.Conn) context.Context { return ctx }
