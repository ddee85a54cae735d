package state

import "fmt"

// IDAt sorts before every ordered id of that time and later.
func IDAt(unixNano int64) string { return fmt.Sprintf("%016x", max(unixNano, 0)) }
