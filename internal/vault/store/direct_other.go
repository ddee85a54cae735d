//go:build !linux

package store

func writeDirect(string, []byte) (int, error) { return 0, nil }
