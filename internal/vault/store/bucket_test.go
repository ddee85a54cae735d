package store_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

func TestBuckets(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) store.Bucket { return openFolder(t) })
	})
	t.Run("mem", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) store.Bucket { return openBucket(t, "mem://") })
	})
	t.Run("faulty_without_faults", func(t *testing.T) {
		t.Parallel()
		blobtest.Run(t, func(t *testing.T) store.Bucket { return &blobtest.Faulty{Bucket: openBucket(t, "mem://")} })
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
		"refuses_a_path_alone":     {dir, "write file://" + dir},
		"refuses_a_file_as_folder": {"file:///proc/self/exe/folder", "snapshot store"},

		"names_the_schemes":          {"ftp://host/folder", "s3://bucket?region="},
		"wants_a_bucket":             {"s3://?region=us-east-1", "write s3://bucket"},
		"wants_folders_in_prefix":    {"s3://bucket/folder?region=us-east-1", "?prefix="},
		"wants_no_password":          {"s3://me:secret@bucket?region=us-east-1", "names the bucket and nothing else"},
		"wants_a_region":             {"s3://bucket", "AWS_REGION"},
		"wants_an_address":           {"s3://bucket?endpoint=127.0.0.1:9000", "no http:// or https:// address"},
		"wants_true_or_false":        {"s3://bucket?endpoint=http://127.0.0.1:9000&use_path_style=perhaps", "neither true nor false"},
		"knows_the_options_of_s3":    {"s3://bucket?region=us-east-1&regoin=x", "regoin"},
		"knows_the_options_of_gs":    {"gs://bucket?anonymous=true&regoin=x", "regoin"},
		"knows_the_options_of_azure": {"azblob://container?storage_account=a&regoin=x", "regoin"},
		"wants_an_azure_account":     {"azblob://container", "azblob://container?storage_account=name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), test.location, time.Now)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestReach wants an error that says which store does not answer, and shows no option of its URL but the endpoint.
func TestReach(t *testing.T) {
	t.Parallel()
	t.Run("finds_a_store", func(t *testing.T) {
		t.Parallel()
		for _, bucket := range []store.Bucket{openFolder(t), openS3(t, nil)} {
			if err := store.Reach(t.Context(), bucket, "s3://snapshots"); err != nil {
				t.Error(err)
			}
		}
	})
	const location = "s3://snapshots?prefix=private&region=us-east-1&endpoint=http://127.0.0.1:1"
	check := func(t *testing.T, err error, says string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "snapshot store s3://snapshots at http://127.0.0.1:1 ") ||
			!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "private") {
			t.Errorf("got %v, want the store's name and %q", err, says)
		}
	}
	t.Run("names_one_that_refuses", func(t *testing.T) {
		t.Parallel()
		bucket := openS3(t, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				io.WriteString(w, "<Error><Code>InvalidAccessKeyId</Code></Error>")
			})
		})
		check(t, store.Reach(t.Context(), bucket, location), "InvalidAccessKeyId")
	})
	t.Run("names_one_that_is_silent", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			check(t, store.Reach(t.Context(), store.Retrying{Now: time.Now, Bucket: hung{}}, location), "does not answer")
			if took := time.Since(begin); took != store.ReachTimeout {
				t.Errorf("it took %s", took)
			}
		})
	})
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

func TestOpenExistingMakesNothing(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "snapshots")
	if _, err := store.OpenExisting(context.Background(), "file://"+filepath.ToSlash(missing), time.Now); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if _, err := os.Stat(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}
