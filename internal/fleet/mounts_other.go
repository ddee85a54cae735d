//go:build !linux

package fleet

import "syscall"

func withOwnMounts() *syscall.SysProcAttr { return nil }
