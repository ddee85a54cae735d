package doctor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"slipher/internal/confine"
	"slipher/internal/fleet"
	"slipher/internal/lazyfs"
	"slipher/internal/meta"
)

// checkRunning compares what serve.json says with who holds the metadata.
func (d *doctor) checkRunning(ctx context.Context) {
	held, err := meta.Held(d.data.Path("meta.db"))
	if err != nil {
		d.problem("slipher", "%v", err)
		return
	}
	_, missing := os.Stat(d.data.Path("serve.json"))
	announced, err := d.data.Running()
	switch {
	case missing != nil && held:
		d.ok("slipher", "is starting or stopping: it holds the metadata and has not said where it answers")
	case missing != nil:
		d.ok("slipher", "does not run on this folder")
	case err != nil:
		d.problem("slipher", "%v: restart slipher", err)
	case !held:
		d.warning("slipher", "process %d ended without cleaning up (%s is left): the next start does that", announced.PID, d.data.Path("serve.json"))
	case refused(ctx, announced.Admin):
		d.problem("slipher", "process %d does not answer on its admin socket %s: restart slipher", announced.PID, announced.Admin)
	default:
		d.ok("slipher", "runs as process %d and answers at %s", announced.PID, announced.URL)
	}
}

// checkSockets looks for folders of sockets that a killed slipher left, whatever its data folder was.
func (d *doctor) checkSockets(ctx context.Context) {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), fleet.RunDirPrefix+"*"))
	if err != nil {
		d.problem("sockets", "%v", err)
		return
	}
	sound := true
	for _, dir := range dirs {
		if left(ctx, dir) {
			sound = false
			d.warning("sockets", "nobody answers in %s, which a slipher left that was killed: remove it", dir)
		}
	}
	if sound {
		d.ok("sockets", "none is left by a slipher that was killed")
	}
}

// left says that the folder has sockets and that nobody answers on any.
func left(ctx context.Context, dir string) bool {
	sockets, _ := filepath.Glob(filepath.Join(dir, "*.sock")) // a folder of somebody else's has none that we see
	for _, socket := range sockets {
		if !refused(ctx, socket) {
			return false
		}
	}
	return len(sockets) > 0
}

func refused(ctx context.Context, socket string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err == nil {
		connection.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrNotExist)
}

// checkMounts tries a mount as a restore would make it, in a folder and a process of its own.
func (d *doctor) checkMounts(ctx context.Context) {
	if err := tryMount(ctx, d.Program); err != nil {
		d.warning("lazy restores", "%s: a restored cluster answers only when all its data is there; to have it answer at once, install FUSE and let this user "+
			"open /dev/fuse and mount (root may; in a container: --device /dev/fuse --cap-add SYS_ADMIN)", strings.TrimPrefix(err.Error(), "slipher: "))
		return
	}
	d.ok("lazy restores", "FUSE can be used: a restored cluster answers at once")
}

func tryMount(ctx context.Context, program string) error {
	dir, err := os.MkdirTemp("", "slipher-mount-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return fleet.TryMounts(ctx, program, "try-mount", dir)
}

// TryMount mounts an empty folder in the directory and takes it away again. The doctor starts another process for it.
func TryMount(dir string) error {
	if err := confine.FollowMounts(); err != nil {
		return err
	}
	plain := filepath.Join(dir, "plain")
	if err := os.Mkdir(plain, 0o700); err != nil {
		return err
	}
	mount, err := lazyfs.Open(lazyfs.Config{Dir: plain, At: filepath.Join(dir, "view"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := mount.Close(); err != nil {
		return fmt.Errorf("end the trial: %w", err)
	}
	return nil
}
