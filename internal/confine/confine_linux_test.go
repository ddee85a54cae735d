package confine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	lowlevel "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// The test program doubles as the process that is confined.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "confined" {
		if err := confined(os.Args[2], os.Args[3]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func confined(dir, outside string) error {
	if err := Hide(); err != nil {
		return err
	}
	if err := NoNewPrivileges(); err != nil {
		return err
	}
	if is, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || is != 0 {
		return fmt.Errorf("dumpable: %d, %w", is, err)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core != (unix.Rlimit{}) {
		return fmt.Errorf("core files: %+v, %w", core, err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || !strings.Contains(string(status), "NoNewPrivs:\t1") {
		return fmt.Errorf("new privileges are not forbidden: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "made"), nil, 0o666); err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Join(dir, "made")); err != nil || info.Mode().Perm() != 0o600 {
		return fmt.Errorf("a file is made with mode %v: %w", info.Mode(), err)
	}
	limited, err := Limit(Files{Own: []string{dir}})
	if err != nil || !limited {
		return fmt.Errorf("limited: %t, %w", limited, err)
	}
	if _, err := os.ReadDir("/proc/self/fd"); err != nil {
		return err
	}
	if err := exec.Command("/bin/cat", outside).Run(); err == nil {
		return fmt.Errorf("what it starts reads %s", outside)
	}
	if err := os.WriteFile(outside, nil, 0o600); !os.IsPermission(err) {
		return fmt.Errorf("writing %s: %w", outside, err)
	}
	if err := os.Rename(filepath.Join(dir, "file"), outside); err == nil {
		return fmt.Errorf("a file of its own takes the place of %s", outside)
	}
	return Trial(dir, outside)
}

func TestConfined(t *testing.T) {
	t.Parallel()
	if version, err := lowlevel.LandlockGetABIVersion(); err != nil || version < 3 {
		t.Skipf("the kernel has no Landlock that knows truncation: %d, %v", version, err)
	}
	dir := filepath.Join(t.TempDir(), "own")
	outside := filepath.Join(filepath.Dir(dir), "outside")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{outside, filepath.Join(dir, "file")} {
		if err := os.WriteFile(name, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if said, err := exec.Command(os.Args[0], "confined", dir, outside).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	if err := Trial(dir, outside); err == nil || !strings.Contains(err.Error(), "not refused") {
		t.Errorf("a process that is not limited passes the trial: %v", err)
	}
}

func TestStartingIsNotHidden(t *testing.T) {
	before, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer dumpable(uintptr(before))
	if err := dumpable(0); err != nil {
		t.Fatal(err)
	}
	if err := enter(); err != nil {
		t.Fatal(err)
	}
	if is, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); is != 1 {
		t.Errorf("while it starts: %d", is)
	}
	leave()
	if is, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); is != 0 {
		t.Errorf("afterwards: %d", is)
	}
}
