package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// folder is a bucket in a local directory. It is not gocloud's fileblob because that one never syncs: after a loss of
// power a snapshot that was reported finished could be gone.
type folder struct {
	root string
}

// temporaryMark is part of the name of an object that is still being written. Such names show in listings, so that a
// sweep finds what a killed process left.
const temporaryMark = ".writing-"

func openFolder(location *url.URL) (Bucket, error) {
	root, err := rootOf(location)
	if err != nil {
		return nil, err
	}
	if err := MakeDirs(root); err != nil {
		return nil, fmt.Errorf("snapshot store: %w", err)
	}
	return folder{root}, nil
}

// rootOf is the directory that a file URL means.
func rootOf(location *url.URL) (string, error) {
	root := location.Path
	switch location.Host {
	case "", "localhost":
	case ".":
		root = "." + root
	default:
		return "", fmt.Errorf("snapshot store: %q is no local folder: write file:///folder", location.String())
	}
	for name := range location.Query() {
		if !slices.Contains([]string{"create_dir", "no_tmp_dir", "metadata"}, name) {
			return "", fmt.Errorf("snapshot store: a folder has no option %q", name)
		}
	}
	root, err := filepath.Abs(filepath.FromSlash(root))
	if err != nil {
		return "", fmt.Errorf("snapshot store: %w", err)
	}
	return root, nil
}

// Folders are the local directories among stores, by their URLs, and whether there are stores elsewhere.
func Folders(locations []string) (dirs []string, elsewhere bool) {
	for _, location := range locations {
		parsed, err := url.Parse(location)
		if err != nil || parsed.Scheme != "file" {
			elsewhere = true
			continue
		}
		if root, err := rootOf(parsed); err == nil { // whoever opens it says what is wrong with it
			dirs = append(dirs, root)
		}
	}
	return dirs, elsewhere
}

func (f folder) Put(ctx context.Context, key string, content []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	final, err := f.path(key)
	if err != nil {
		return err
	}
	return WriteFile(final, content)
}

// WriteFile replaces a file in one step, and makes it durable before it answers.
func WriteFile(final string, content []byte) error {
	written, err := writeTemporary(final, content)
	if err != nil {
		return err
	}
	if err := os.Rename(written, final); err != nil {
		return errors.Join(err, os.Remove(written))
	}
	return SyncDir(filepath.Dir(final))
}

// writeTemporary writes next to the final name, so that the rename never crosses file systems.
func writeTemporary(final string, content []byte) (name string, err error) {
	file, err := createIn(filepath.Dir(final), filepath.Base(final)+temporaryMark+"*")
	if err != nil {
		return "", err
	}
	if err = writeThrough(file, content); err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// worthDirect is the size from which a write past the cache pays.
const worthDirect = 1 << 20

func writeThrough(file *os.File, content []byte) (err error) {
	written := 0
	if len(content) >= worthDirect {
		if written, err = writeDirect(file.Name(), content); err != nil {
			return err
		}
	}
	_, err = file.WriteAt(content[written:], int64(written))
	return err
}

// createIn makes the directory as well, again when a Delete next door removed it between the two steps because it was
// empty.
func createIn(dir, pattern string) (*os.File, error) {
	for attempt := 0; ; attempt++ {
		err := MakeDirs(dir)
		if err == nil {
			var file *os.File
			if file, err = os.CreateTemp(dir, pattern); err == nil {
				return file, nil
			}
		}
		if !errors.Is(err, fs.ErrNotExist) || attempt == 10 {
			return nil, err
		}
	}
}

func (f folder) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name, err := f.path(key)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		length = 1<<63 - 1 - offset
	}
	return section{io.NewSectionReader(file, offset, length), file}, nil
}

type section struct {
	*io.SectionReader
	io.Closer
}

func (f folder) List(ctx context.Context, prefix string) ([]Object, error) {
	var objects []Object
	visit := func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing was ever put here, or it was deleted meanwhile
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		key, err := f.key(name)
		if err != nil || entry.IsDir() || !strings.HasPrefix(key, prefix) {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			objects = append(objects, Object{Key: key, Size: info.Size()})
		}
		return err
	}
	start := filepath.Join(f.root, filepath.FromSlash(path.Dir(prefix+"x")))
	if err := filepath.WalkDir(start, visit); err != nil {
		return nil, err
	}
	slices.SortFunc(objects, func(a, b Object) int { return cmp.Compare(a.Key, b.Key) })
	return objects, nil
}

func (f folder) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name, err := f.path(key)
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return f.dropEmpty(filepath.Dir(name))
}

// dropEmpty removes the directories that a deletion left empty, and makes the deletion durable.
func (f folder) dropEmpty(dir string) error {
	for dir != f.root && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
	if err := SyncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) Close() error { return nil }

func (f folder) path(key string) (string, error) {
	if !fs.ValidPath(key) || key == "." {
		return "", fmt.Errorf("object key %q is not a clean relative path", key)
	}
	return filepath.Join(f.root, filepath.FromSlash(key)), nil
}

func (f folder) key(name string) (string, error) {
	relative, err := filepath.Rel(f.root, name)
	return filepath.ToSlash(relative), err
}

// MakeDirs is os.MkdirAll whose new directories survive a loss of power.
func MakeDirs(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err := MakeDirs(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(filepath.Dir(dir))
}

// SyncDir makes the names in a directory survive a loss of power.
func SyncDir(dir string) error {
	opened, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}
