package lazyfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// largestRequest is more than the engine ever reads at once.
const largestRequest = 1 << 20

// Mount is a folder that is shown. It is gone with the process when the process has mounts of its own.
type Mount struct {
	server  *fuse.Server
	at      string
	mounted context.Context // ends with the mount
	end     context.CancelFunc
}

// Open shows the folder. The error is ErrUnusable where the system does not allow it.
func Open(config Config) (*Mount, error) {
	if err := os.MkdirAll(config.At, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder to mount on: %w", err)
	}
	ctx, end := context.WithCancel(context.Background())
	root, err := newFolder(ctx, config)
	if err != nil {
		end()
		return nil, err
	}
	options := &fs.Options{MountOptions: fuse.MountOptions{
		FsName: "slipher", Name: "slipher", DirectMountStrict: true, MaxWrite: largestRequest, DisableXAttrs: true,
		Logger: log.New(io.Discard, "", 0),
	}, Logger: log.New(io.Discard, "", 0)}
	server, err := fs.Mount(config.At, root, options)
	if err != nil {
		end()
		return nil, fmt.Errorf("%w: %w", ErrUnusable, err)
	}
	return &Mount{server: server, at: config.At, mounted: ctx, end: end}, nil
}

// Unmount ends the mount. The error is EBUSY, and nothing has changed, while a file is open there. It may be repeated.
func (m *Mount) Unmount() error {
	if m.mounted.Err() != nil {
		return nil //nolint:nilerr // it has ended already
	}
	if err := syscall.Unmount(m.at, 0); err != nil {
		return fmt.Errorf("unmount: %w", err)
	}
	m.end()
	m.server.Wait()
	return nil
}

// Close ends the mount even when files are open there: nobody finds it any more, and it goes with the last of them.
func (m *Mount) Close() error {
	if err := m.Unmount(); !Busy(err) {
		return err
	}
	m.end()
	return syscall.Unmount(m.at, syscall.MNT_DETACH)
}

// folder is the root: the files that are filled, and those of the folder beneath.
type folder struct {
	fs.LoopbackNode
	lazy map[string]*node
}

func newFolder(mounted context.Context, config Config) (*folder, error) {
	var stat syscall.Stat_t
	if err := syscall.Stat(config.Dir, &stat); err != nil {
		return nil, fmt.Errorf("look at the folder to show: %w", err)
	}
	root := &folder{lazy: map[string]*node{}}
	root.RootData = &fs.LoopbackRoot{Path: config.Dir, Dev: stat.Dev, RootNode: root}
	for name, file := range config.Files {
		root.lazy[name] = &node{file: file, log: config.Log.With("file", name), mounted: mounted}
	}
	return root, nil
}

// Lookup finds a file that is filled by its name, whatever it is called beneath.
func (f *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	lazy, found := f.lazy[name]
	if !found {
		return f.LoopbackNode.Lookup(ctx, name, out)
	}
	if errno := lazy.describe(&out.Attr); errno != fs.OK {
		return nil, errno
	}
	return f.NewInode(ctx, lazy, fs.StableAttr{Mode: syscall.S_IFREG, Ino: out.Ino, Gen: 1}), fs.OK
}

// node is a file that is filled; it is its own handle, as all who open it share the file.
type node struct {
	fs.Inode
	file File
	log  *slog.Logger
	// mounted ends with the mount. A request's own context ends with every signal that its thread gets, which is no reason to fail a read.
	mounted context.Context
}

func (n *node) describe(out *fuse.Attr) syscall.Errno {
	info, err := n.file.Stat()
	if err != nil {
		return fs.ToErrno(err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return syscall.EIO
	}
	out.FromStat(stat)
	return fs.OK
}

// Getattr says how large the file is.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return n.describe(&out.Attr)
}

// Setattr changes the file's size, and nothing else.
func (n *node) Setattr(ctx context.Context, handle fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, asked := in.GetSize(); asked {
		if err := n.file.Truncate(n.mounted, int64(size)); err != nil {
			return n.failed("truncate", err)
		}
	}
	return n.Getattr(ctx, handle, out)
}

// Open goes past the page cache: the file beneath has one.
func (n *node) Open(_ context.Context, _ uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_DIRECT_IO | fuse.FOPEN_PARALLEL_DIRECT_WRITES, fs.OK
}

// Read waits until the range is filled, and lets the kernel copy from the file beneath.
func (n *node) Read(_ context.Context, _ fs.FileHandle, into []byte, offset int64) (fuse.ReadResult, syscall.Errno) {
	if err := n.file.Ready(n.mounted, offset, len(into)); err != nil {
		return nil, n.failed("read", err)
	}
	return fuse.ReadResultFd(n.file.Plain().Fd(), offset, len(into)), fs.OK
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, content []byte, offset int64) (uint32, syscall.Errno) {
	written, err := n.file.WriteAt(n.mounted, content, offset)
	if err != nil {
		return 0, n.failed("write", err)
	}
	return uint32(written), fs.OK
}

// Fsync makes what was written durable.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	if err := n.file.Sync(); err != nil {
		return n.failed("sync", err)
	}
	return fs.OK
}

// Flush has nothing to do: nothing is kept back.
func (n *node) Flush(context.Context, fs.FileHandle) syscall.Errno { return fs.OK }

// failed logs what the caller cannot be told, as an error number is all that he gets.
func (n *node) failed(what string, err error) syscall.Errno {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno
	}
	if n.mounted.Err() == nil {
		n.log.Error("file cannot be filled", "operation", what, "err", err)
	}
	return syscall.EIO
}
