package vault_test

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// TestStores saves into stores behind a network: Amazon's protocol, and a store of your own where SLIPHER_TEST_STORE names one.
func TestStores(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	server := httptest.NewServer(gofakes3.New(s3mem.New(), gofakes3.WithAutoBucket(true)).Server())
	t.Cleanup(server.Close)
	locations := []string{"s3://snapshots?prefix=a/b&endpoint=" + server.URL}
	if given := os.Getenv("SLIPHER_TEST_STORE"); given != "" {
		locations = append(locations, given)
	}
	for _, location := range locations {
		v, files := newVault(openBucket(t, location)), contents{"dev.db": random(t, 5<<20), "users": []byte("ann")}
		save(t, v, "first", "", files)
		checkRestores(t, v, "first", files)
		sweep(t, v)
		if left := objects(t, v.Bucket); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
}
