package main

import (
	"context"
	"os"

	"slipher/internal/node"
)

type nodeCommand struct{}

// Run is one cluster's process. Its configuration comes on standard input and its sockets are inherited.
func (nodeCommand) Run(ctx context.Context) error { return node.Run(ctx, os.Stdin) }
