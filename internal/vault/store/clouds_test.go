package store_test

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"slipher/internal/vault/store"
	"slipher/internal/vault/store/blobtest"
)

// fakeClouds gives the clients of the clouds credentials that no cloud takes and, where only the environment can name it, the
// address of a server in this process. AWS's own variables for an address name one where nobody is: they must not be heeded.
func fakeClouds() (stop func()) {
	google, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", PublicHost: "127.0.0.1"})
	if err != nil {
		panic(err)
	}
	google.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "snapshots"})
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
		"STORAGE_EMULATOR_HOST": strings.TrimPrefix(google.URL(), "http://"),
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	return google.Stop
}

var prefixes atomic.Int64

// openPrefix opens a folder of the store that no other test uses.
func openPrefix(t testing.TB, location string) store.Bucket {
	t.Helper()
	join := map[bool]string{true: "&", false: "?"}[strings.Contains(location, "?")]
	return openBucket(t, fmt.Sprintf("%s%sprefix=test-%d-%d", location, join, os.Getpid(), prefixes.Add(1)))
}

func TestGoogle(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) store.Bucket { return openPrefix(t, "gs://snapshots") })
}

// TestGivenStore tries a store of your own, like azblob://container?storage_account=devstoreaccount1&domain=127.0.0.1:10000&protocol=http
// with Azurite running and AZURE_STORAGE_KEY set. Azure has no server that a test could start by itself.
func TestGivenStore(t *testing.T) {
	t.Parallel()
	location := os.Getenv("SLIPHER_TEST_STORE")
	if location == "" {
		t.Skip("SLIPHER_TEST_STORE names no store")
	}
	blobtest.Run(t, func(t *testing.T) store.Bucket { return openPrefix(t, location) })
}
