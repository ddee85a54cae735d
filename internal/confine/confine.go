// Package confine takes from a process what it does not need: core files, other processes' looks into its memory, privileges that a program could give
// it, and the files outside its own folders. What the system does not offer is left out, and said. It knows nothing of what the process does.
package confine

import (
	"fmt"
	"os"
	"path/filepath"
)

// Files are those that a process keeps.
type Files struct {
	Own     []string // folders in which it reads, writes, makes and removes
	ReadAll bool     // it reads all others as well
}

// Trial checks from within a process that was limited to dir that it is: the folder can be used, and what lies beside it cannot. outside is a file that the
// user might read.
func Trial(dir, outside string) error {
	inside := filepath.Join(dir, "trial")
	if err := os.WriteFile(inside, nil, 0o600); err != nil {
		return fmt.Errorf("its own folder: %w", err)
	}
	if err := os.Remove(inside); err != nil {
		return fmt.Errorf("its own folder: %w", err)
	}
	if err := refused(filepath.Dir(dir)); err != nil {
		return err
	}
	return refused(outside)
}

func refused(path string) error {
	file, err := os.Open(path)
	if os.IsPermission(err) {
		return nil
	}
	if err == nil {
		file.Close()
	}
	return fmt.Errorf("%s is not refused", path)
}
