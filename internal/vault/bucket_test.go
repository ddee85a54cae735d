package vault_test

import (
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/vault"
	"slipher/internal/vault/blobtest"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) vault.Bucket { return openFolder(t) })
	})
	t.Run("mem", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) vault.Bucket { return openBucket(t, "mem://") })
	})
	t.Run("faulty_without_faults", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) vault.Bucket { return &blobtest.Faulty{Bucket: openBucket(t, "mem://")} })
	})
}

func TestOpenBucket(t *testing.T) {
	t.Parallel()
	dir := filepath.ToSlash(t.TempDir())
	for name, location := range map[string]string{
		"makes_the_folder":         "file://" + dir + "/new/folder",
		"takes_the_usual_options":  "file://" + dir + "?create_dir=1&no_tmp_dir=1&metadata=skip",
		"takes_localhost_for_host": "file://localhost" + dir,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := openBucket(t, location)
			if err := bucket.Put(t.Context(), "a/b", []byte("c")); err != nil {
				t.Error(err)
			}
		})
	}
	for name, test := range map[string]struct{ location, want string }{
		"refuses_a_remote_folder":  {"file://elsewhere" + dir, "no local folder"},
		"refuses_unknown_options":  {"file://" + dir + "?creat_dir=1", "creat_dir"},
		"refuses_unknown_schemes":  {"ftp://host/folder", "ftp"},
		"refuses_what_is_no_url":   {"file://%zz", "snapshot store"},
		"refuses_a_path_alone":     {dir, "file:///folder"},
		"refuses_a_file_as_folder": {"file:///proc/self/exe/folder", "snapshot store"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := vault.OpenBucket(t.Context(), test.location)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	t.Run("refuses_keys_that_leave_it", func(t *testing.T) {
		t.Parallel()
		bucket := openFolder(t)
		for _, key := range []string{"../x", "/x", "a/../../x", "a//b", "", "."} {
			if err := bucket.Put(t.Context(), key, nil); err == nil {
				t.Errorf("put under %q", key)
			}
		}
	})
	t.Run("leaves_no_empty_directories", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		bucket := openBucket(t, "file://"+filepath.ToSlash(dir))
		if err := bucket.Put(t.Context(), "a/b/c", nil); err != nil {
			t.Fatal(err)
		}
		if err := bucket.Delete(t.Context(), "a/b/c"); err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	})
}
