// Package store is the bucket in which a vault lies: a folder, an S3 store, Google's or Azure's, or memory for tests. A put that was answered survives a
// loss of power, what fails in passing is tried again, and an error says whether the object is missing, the bucket is, or neither answers. What the
// objects mean it does not know.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
)

// Bucket holds objects under slash-separated keys. An object is put whole and never altered.
//
// Put is durable and atomic: once it returned nil the object survives a loss of power, and before that nobody sees a
// part of it. Get answers an error that is fs.ErrNotExist when the object is missing; a reader that ends early means
// that the object is shorter than the range asked for. Delete of a missing object is no error.
type Bucket interface {
	Put(ctx context.Context, key string, content []byte) error
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	List(ctx context.Context, prefix string) ([]Object, error)
	Delete(ctx context.Context, key string) error
	Close() error
}

// Object is one line of a listing. Listings are in the order of their keys.
type Object struct {
	Key  string
	Size int64
}

// howToWrite is a store's URL by its scheme, for messages. Memory is left out: it is for tests.
var howToWrite = map[string]string{
	"file":   "file:///folder",
	"s3":     "s3://bucket?region=eu-central-1, or s3://bucket?endpoint=https://host:9000 for another store that speaks S3",
	"gs":     "gs://bucket",
	"azblob": "azblob://container?storage_account=name",
}

// Open opens a store by its URL: file:///folder (made when it is missing), s3://, gs:// and azblob:// with the
// options of gocloud.dev/blob, or mem://, which begins empty and ends with the process. It does not ask whether the
// store answers: Reach does. A store behind a network is tried again when it fails for a reason that may pass.
func Open(ctx context.Context, location string, now func() time.Time) (Bucket, error) {
	parsed, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("snapshot store: %w", told(err))
	}
	var bucket Bucket
	switch parsed.Scheme {
	case "file":
		bucket, err = openFolder(parsed)
	case "mem":
		bucket = openMemory()
	case "s3", "gs", "azblob":
		bucket, err = openRemote(ctx, parsed, now)
	case "":
		if strings.HasPrefix(location, "/") {
			return nil, fmt.Errorf("snapshot store: %s is a folder, not a URL: write file://%s", location, location)
		}
		fallthrough
	default:
		return nil, fmt.Errorf("snapshot store: no store for %q: write %s, %s, %s or %s",
			parsed.Scheme, howToWrite["file"], howToWrite["s3"], howToWrite["gs"], howToWrite["azblob"])
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot store %s: %w", storeName(parsed), err)
	}
	return bucket, nil
}

// OpenExisting is Open for one who changes nothing: a folder that is missing is an error and stays missing.
func OpenExisting(ctx context.Context, location string, now func() time.Time) (Bucket, error) {
	parsed, err := url.Parse(location)
	if err == nil && parsed.Scheme == "file" {
		root, err := rootOf(parsed)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(root); err != nil {
			return nil, fmt.Errorf("snapshot store: %w", err)
		}
	}
	return Open(ctx, location, now)
}

// storeName is a store's URL without its options, which are nobody's business in a message, but for the endpoint.
func storeName(location *url.URL) string {
	name := (&url.URL{Scheme: location.Scheme, Host: location.Host, Path: location.Path}).String()
	if endpoint, err := url.Parse(location.Query().Get("endpoint")); err == nil && endpoint.Host != "" {
		name += " at " + endpoint.Scheme + "://" + endpoint.Host
	}
	return name
}

// ReachTimeout is how long a store may take to give its first answer.
const ReachTimeout = 10 * time.Second

// Reach asks the store for one small answer, so that a wrong name, address or key shows before anything is saved.
func Reach(ctx context.Context, bucket Bucket, location string) error {
	ctx, cancel := context.WithTimeout(ctx, ReachTimeout)
	defer cancel()
	_, err := bucket.List(ctx, "reach/")
	if err == nil {
		return nil
	}
	name := "the snapshot store"
	if parsed, err := url.Parse(location); err == nil {
		name = strings.Join([]string{name, storeName(parsed)}, " ")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s does not answer: check its address and the network: %w", name, err)
	}
	return fmt.Errorf("%s refuses or does not answer: check the address, the name of the bucket and the credentials: %w", name, err)
}

// ReadRange fills into from offset, or says why it cannot.
func ReadRange(ctx context.Context, bucket Bucket, key string, offset int64, into []byte) error {
	reader, err := bucket.Get(ctx, key, offset, int64(len(into)))
	if err != nil {
		return err
	}
	_, err = io.ReadFull(reader, into)
	if closing := reader.Close(); err == nil {
		err = closing
	}
	return err
}
