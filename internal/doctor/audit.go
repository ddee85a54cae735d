package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"slipher/internal/audit"
	"slipher/internal/installation"
	"slipher/internal/meta"
)

const writeAndEnter = 0b011 // of access(2)

// checkAudit looks at the folder and its files, and asks the running slipher how writing goes.
func (d *doctor) checkAudit(ctx context.Context) {
	dir := d.data.Path("audit")
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.ok("audit record", "there is none yet: the next start makes %s", dir)
		return
	case err != nil:
		d.problem("audit record", "%v", err)
		return
	case !info.IsDir():
		d.problem("audit record", "%s is no folder: move it away and restart slipher", dir)
		return
	case syscall.Access(dir, writeAndEnter) != nil:
		d.problem("audit record", "this user may not write into %s: chmod 700 it, and let it belong to the user of slipher serve", dir)
		return
	case info.Mode().Perm()&0o077 != 0:
		d.problem("audit record", "%s is open to others (mode %04o): chmod 700 it", dir, info.Mode().Perm())
		return
	}
	if open := openToOthers(dir, filepath.Join(dir, installation.SQLRecords), filepath.Join(dir, installation.SQLRecords, "*")); open != "" {
		d.problem("audit record", "%s is open to others: chmod 600 it", open)
		return
	}
	d.sayAuditState(ctx)
}

// openToOthers names a file of these folders that others may read or write.
func openToOthers(folders ...string) string {
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(folder, "*.jsonl"))
		for _, file := range files {
			if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
				return file
			}
		}
	}
	return ""
}

func (d *doctor) sayAuditState(ctx context.Context) {
	var state audit.State
	announced, err := d.data.Running()
	held, heldErr := meta.Held(d.data.Path("meta.db"))
	if err == nil && heldErr == nil && held {
		err = announced.Ask(ctx, "/audit", struct{}{}, &state)
	}
	switch {
	case err != nil || !held: // checkRunning tells why
		d.ok("audit record", "%s can be written, and is closed to others", d.data.Path("audit"))
	case state.Trouble != "":
		d.problem("audit record", "not written, %d events wait and %d are lost: %s", state.Waiting, state.Lost, state.Trouble)
	case state.EndTrouble != "":
		d.problem("audit record", "its end cannot be kept, so nobody would notice that it is cut off: %s", state.EndTrouble)
	case state.Lost > 0:
		d.warning("audit record", "%d events were lost since slipher started, while the disk took none", state.Lost)
	default:
		d.ok("audit record", "%s is written, and closed to others", d.data.Path("audit"))
	}
}
