package confine

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// FollowMounts makes the mounts of a process that has a mount namespace of its own follow those outside: what is unmounted there is unmounted here, so that a disk
// can be taken away. What is mounted here stays unseen outside.
func FollowMounts() error {
	if sharesMounts() {
		return errors.New("the process has no mounts of its own")
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("follow the mounts outside: %w", err)
	}
	return nil
}

// sharesMounts says whether the process above has the same mounts. One whose mounts cannot be seen is in another user namespace.
func sharesMounts() bool {
	above, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/mnt", os.Getppid()))
	own, ownErr := os.Readlink("/proc/self/ns/mnt")
	return ownErr != nil || err == nil && above == own
}
