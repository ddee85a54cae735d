package main

import (
	"context"
	"os"
	"runtime"
	"time"

	"slipher/internal/node/process"
)

type (
	nodeCommand struct{}
	fillCommand struct{}

	startFillersCommand struct{}
)

// Run is one cluster's process. Its configuration comes on standard input and its sockets are inherited.
func (nodeCommand) Run(ctx context.Context) error {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1) // a save keeps a thread in the disk's writes, and the others compress
	return process.Run(ctx, os.Stdin, time.Now)
}

// Run starts fillers for a node that has given that up. The node's socket is inherited.
func (startFillersCommand) Run() error { return process.StartFillers() }

// Run fills the files of one restore. Its orders come on standard input.
func (fillCommand) Run(ctx context.Context) error {
	return process.Fill(ctx, os.Stdin, os.Stdout, time.Now)
}
