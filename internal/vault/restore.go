package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"

	"slipher/internal/vault/store"

	"golang.org/x/sync/errgroup"
)

// Restored is what a finished restore did.
type Restored struct {
	Manifest   string
	TotalBytes int64 // bytes of the files
	KeptBytes  int64 // of them were there already, from a restore that was interrupted
	Blocks     int
	Seconds    float64
}

// Restore writes the files of a manifest into dir. A file has its own name only when all files are whole, checked and
// durable, and the manifest's first file gets its name last; until then it is called <name>.partial. A restore that was
// interrupted goes on from what is there, after checking it. dir must hold nothing but what such a restore left: Restore
// refuses to touch a finished file that is not the snapshot's.
func (v Vault) Restore(ctx context.Context, id, dir string, progress func(Progress)) (Restored, error) {
	restored, err := v.restore(ctx, id, dir, progress)
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", id, err)
	}
	return restored, nil
}

func (v Vault) restore(ctx context.Context, id, dir string, progress func(Progress)) (_ Restored, err error) {
	s, err := v.open()
	if err != nil {
		return Restored{}, err
	}
	manifest, err := s.manifest(ctx, id)
	if err != nil {
		return Restored{}, err
	}
	meter := startMeter(v.Now, manifest.TotalBytes(), func() int64 { return 0 }, progress)
	defer func() { meter.stop(err == nil) }()
	restoring := &restoring{opened: s, manifest: manifest, meter: meter}
	defer func() { err = errors.Join(err, restoring.close()) }()
	if err := restoring.openFiles(dir); err != nil {
		return Restored{}, err
	}
	if err := restoring.fill(ctx); err != nil {
		return Restored{}, err
	}
	if err := restoring.finish(); err != nil {
		return Restored{}, err
	}
	return Restored{
		Manifest:   id,
		TotalBytes: manifest.TotalBytes(),
		KeptBytes:  restoring.kept.Load(),
		Blocks:     manifest.blocks(),
		Seconds:    meter.seconds(),
	}, nil
}

// restoring is one restore under way.
type restoring struct {
	*opened
	manifest Manifest
	meter    *meter
	files    []*restoredFile
	kept     atomic.Int64
}

// restoredFile is a file while it is written.
type restoredFile struct {
	*os.File
	stored   StoredFile
	final    string
	finished bool // it has its final name already
	had      int64
	written  atomic.Int64
}

func (r *restoring) openFiles(dir string) error {
	for _, stored := range r.manifest.Files {
		final := filepath.Join(dir, filepath.FromSlash(stored.Name))
		file, err := openRestored(stored, final)
		if err != nil {
			return fmt.Errorf("%s: %w", stored.Name, err)
		}
		r.files = append(r.files, file)
	}
	return nil
}

func openRestored(stored StoredFile, final string) (*restoredFile, error) {
	file := &restoredFile{stored: stored, final: final}
	var err error
	file.File, err = os.Open(final)
	if err == nil {
		return file, file.checkFinished()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, withoutPath(err)
	}
	if _, err := os.Lstat(final + blocksSuffix); err == nil {
		return nil, errInUse
	}
	if err := store.MakeDirs(filepath.Dir(final)); err != nil {
		return nil, withoutPath(err)
	}
	file.File, err = os.OpenFile(final+partialSuffix, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, withoutPath(err)
	}
	if err := file.setSize(); err != nil {
		return nil, errors.Join(withoutPath(err), file.Close())
	}
	return file, nil
}

func (f *restoredFile) checkFinished() error {
	info, err := f.Stat()
	if err == nil && info.Size() != f.stored.Size {
		err = errForeign
	}
	if err != nil {
		return errors.Join(withoutPath(err), f.Close())
	}
	f.finished, f.had = true, f.stored.Size
	return nil
}

var errForeign = errors.New("a file of this name is there already and is not the snapshot's: restore into an empty folder")

var errInUse = errors.New("a lazy restore into this folder is not finished, and its files may have been written to since: only a lazy restore can go on with it")

func (f *restoredFile) setSize() error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.had = min(info.Size(), f.stored.Size)
	return f.Truncate(f.stored.Size)
}

// withoutPath keeps the folders of this machine out of what a client may read.
func withoutPath(err error) error {
	if bare := (*fs.PathError)(nil); errors.As(err, &bare) {
		return fmt.Errorf("%s: %w", bare.Op, bare.Err)
	}
	if bare := (*os.LinkError)(nil); errors.As(err, &bare) {
		return fmt.Errorf("%s: %w", bare.Op, bare.Err)
	}
	return err
}

// fill fetches every block that is not there yet.
func (r *restoring) fill(ctx context.Context) error {
	f := newFetcher(r.opened, r.manifest)
	f.deliver = r.write
	wants, err := r.lacking(ctx, f.allPlaces())
	if err != nil || len(wants) == 0 {
		return err
	}
	return f.fetch(ctx, wants)
}

// lacking leaves out the places whose bytes are there already, which only their hash can tell.
func (r *restoring) lacking(ctx context.Context, wants []want) ([]want, error) {
	group, ctx := errgroup.WithContext(ctx)
	there := make([]bool, len(wants))
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			writer, buffer := newBlockWriter(r.keys), make([]byte, blockSize)
			for i := next.Add(1) - 1; i < int64(len(wants)); i = next.Add(1) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				var err error
				if there[i], err = r.isThere(writer, buffer, wants[i].place); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	lacking := wants[:0]
	for i, want := range wants {
		if !there[i] {
			lacking = append(lacking, want)
		}
	}
	return lacking, nil
}

func (r *restoring) isThere(writer *blockWriter, buffer []byte, at place) (bool, error) {
	file := r.files[at.file]
	offset, length := gridOf(file.stored.Size, file.stored.Grid).piece(int(at.piece))
	if offset+int64(length) <= file.had {
		if err := readPiece(file, buffer[:length], offset); err != nil {
			return false, fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
		}
		if writer.id(buffer[:length]) == file.stored.Blocks[at.piece] {
			r.kept.Add(int64(length))
			r.meter.add(length)
			return true, nil
		}
	}
	if file.finished {
		return false, fmt.Errorf("%s: %w", file.stored.Name, errForeign)
	}
	return false, nil
}

func (r *restoring) write(at place, plain []byte) error {
	if err := r.manifest.checkLength(at, plain); err != nil {
		return err
	}
	file := r.files[at.file]
	offset, length := gridOf(file.stored.Size, file.stored.Grid).piece(int(at.piece))
	if _, err := file.WriteAt(plain, offset); err != nil {
		return fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
	}
	r.meter.add(len(plain))
	if after := file.written.Add(int64(length)); after/writebackEvery != (after-int64(length))/writebackEvery {
		startWriteback(file.File)
	}
	return nil
}

// writebackEvery keeps the disk busy while blocks are still fetched.
const writebackEvery = 16 << 20

// finish makes the bytes durable first and the names after them.
func (r *restoring) finish() error {
	for _, file := range r.files {
		if err := file.Sync(); err != nil {
			return fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
		}
	}
	for _, file := range slices.Backward(r.files) {
		if err := file.takeName(); err != nil {
			return fmt.Errorf("%s: %w", file.stored.Name, withoutPath(err))
		}
	}
	return nil
}

// takeName never replaces a file: openRestored found none of that name.
func (f *restoredFile) takeName() error {
	if f.finished {
		return nil
	}
	if err := os.Rename(f.final+partialSuffix, f.final); err != nil {
		return err
	}
	return store.SyncDir(filepath.Dir(f.final))
}

func (r *restoring) close() error {
	errs := make([]error, 0, len(r.files))
	for _, file := range r.files {
		errs = append(errs, withoutPath(file.Close()))
	}
	return errors.Join(errs...)
}
