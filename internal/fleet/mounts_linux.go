package fleet

import (
	"os"
	"syscall"
)

// withOwnMounts starts a process whose mounts nobody else sees, once it has called confine.FollowMounts. Root may simply have that; anybody else may as root of a user
// namespace of his own, where the system allows those. (An unshare in the place of the clone would cut the mounts off from those outside.)
func withOwnMounts() *syscall.SysProcAttr {
	if os.Geteuid() == 0 {
		return &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	}
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
}
