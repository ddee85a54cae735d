//go:build !linux

package compute

import "syscall"

func withOwnMounts() *syscall.SysProcAttr { return nil }
