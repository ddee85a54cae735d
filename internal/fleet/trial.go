package fleet

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"syscall"

	"slipher/internal/confine"
)

// TryMounts runs slipher's own program with mounts of its own, as nodes have them. The error is what the program says, or the system.
func TryMounts(ctx context.Context, binary string, arguments ...string) error {
	attributes := withOwnMounts()
	if attributes == nil {
		attributes = &syscall.SysProcAttr{}
	}
	command := exec.CommandContext(ctx, binary, arguments...)
	command.SysProcAttr = attributes
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := confine.Starting(command.Run)
	said := output.Bytes()
	if said = bytes.TrimSpace(said); err != nil && len(said) > 0 {
		return errors.New(string(said))
	}
	return err
}
