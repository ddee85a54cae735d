package vault

import (
	"context"
	"fmt"
	"io"
	"net/url"
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

// OpenBucket opens a store by its URL: file:///folder (made when it is missing) or mem://, which begins empty and ends
// with the process.
func OpenBucket(ctx context.Context, location string) (Bucket, error) {
	parsed, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("snapshot store: %w", err)
	}
	switch parsed.Scheme {
	case "file":
		return openFolder(parsed)
	case "mem":
		return openCloud(ctx, location)
	default:
		return nil, fmt.Errorf("snapshot store: no store for %q: use file:///folder or mem://", parsed.Scheme)
	}
}

// readRange fills into from offset, or says why it cannot.
func readRange(ctx context.Context, bucket Bucket, key string, offset int64, into []byte) error {
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
