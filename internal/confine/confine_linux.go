package confine

import (
	"fmt"
	"os"
	"sync"

	"github.com/landlock-lsm/go-landlock/landlock"
	lowlevel "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// Hide keeps to itself what the process has: it leaves no core file, no other process of the user may look into its memory, and the files and sockets that
// it makes, or a library of its, are closed to other users.
func Hide() error {
	unix.Umask(0o077)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core files: %w", err)
	}
	return dumpable(0)
}

func dumpable(whether uintptr) error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, whether, 0, 0, 0); err != nil {
		return fmt.Errorf("close the process's memory to others: %w", err)
	}
	return nil
}

// starting is how many processes are being started, and whether the memory is closed to others otherwise.
var starting struct {
	sync.Mutex
	processes int
	hidden    bool
}

// Starting is for a start that gives the child a user namespace: the system lets only a process that is not hidden write the child's table of users.
func Starting(start func() error) error {
	if os.Geteuid() == 0 {
		return start()
	}
	if err := enter(); err != nil {
		return err
	}
	defer leave()
	return start()
}

func enter() error {
	starting.Lock()
	defer starting.Unlock()
	if starting.processes == 0 {
		is, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		if err != nil {
			return err
		}
		if starting.hidden = is != 1; starting.hidden {
			if err := dumpable(1); err != nil {
				return err
			}
		}
	}
	starting.processes++
	return nil
}

func leave() {
	starting.Lock()
	defer starting.Unlock()
	if starting.processes--; starting.processes == 0 && starting.hidden {
		_ = dumpable(0) // it went well before
	}
}

// NoNewPrivileges keeps the process, and all that it starts, from becoming more by what a program's file says.
func NoNewPrivileges() error {
	if err := lowlevel.AllThreadsPrctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("forbid new privileges: %w", err)
	}
	return nil
}

// Of the system, a process reads where names, certificates and times are looked up, what the runtime and the engine ask of the machine, and itself.
var (
	systemFolders = []string{
		"/usr/lib", "/lib", "/lib64", "/usr/lib64", "/usr/share/zoneinfo", "/usr/share/ca-certificates", "/etc/ssl", "/etc/pki", "/proc/self",
		"/sys/fs/cgroup", "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/mm/transparent_hugepage",
	}
	systemFiles = []string{
		"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/localtime", "/etc/ld.so.cache", "/dev/urandom", "/dev/zero",
		"/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/ngroups_max",
	}
)

// Limit takes all files from the process but those, for good, as do the processes that it starts; nor can any of them mount or unmount. It says no where
// the kernel has no Landlock. Files that are open stay.
func Limit(files Files) (limited bool, err error) {
	version, err := lowlevel.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return false, nil //nolint:nilerr // a kernel without Landlock says so by an error
	}
	program, err := os.Executable()
	if err != nil {
		return false, fmt.Errorf("find the program: %w", err)
	}
	// What the system shows of a process is made anew when nobody has it open, and would then be another folder than that of the rule.
	if _, err := unix.Open("/proc/self", unix.O_PATH|unix.O_CLOEXEC, 0); err != nil {
		return false, fmt.Errorf("look at the process: %w", err)
	}
	rules := []landlock.Rule{
		landlock.RWDirs(files.Own...),
		landlock.RODirs(systemFolders...).IgnoreIfMissing(),
		landlock.ROFiles(append(systemFiles, program)...).IgnoreIfMissing(),
		landlock.RWFiles("/dev/null"),
	}
	if files.ReadAll {
		rules = append(rules, landlock.RODirs("/"))
	}
	if err := landlock.V5.BestEffort().RestrictPaths(rules...); err != nil {
		return false, fmt.Errorf("limit the files: %w", err)
	}
	return true, nil
}
