//go:build race

package vault_test

// The race detector lets pools forget what they hold, which costs memory.
const racing = true
