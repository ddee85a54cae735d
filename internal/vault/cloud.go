package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/memblob" // serves mem://
	"gocloud.dev/gcerrors"
)

// cloud is a bucket behind gocloud.dev/blob, for every store whose writes are durable when they are acknowledged.
type cloud struct {
	bucket *blob.Bucket
}

func openCloud(ctx context.Context, location string) (Bucket, error) {
	bucket, err := blob.OpenBucket(ctx, location)
	if err != nil {
		return nil, fmt.Errorf("snapshot store: %w", err)
	}
	return cloud{bucket}, nil
}

func (c cloud) Put(ctx context.Context, key string, content []byte) error {
	// A content type spares gocloud from guessing it by a copy of the first bytes.
	return c.bucket.WriteAll(ctx, key, content, &blob.WriterOptions{ContentType: "application/octet-stream"})
}

func (c cloud) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	reader, err := c.bucket.NewRangeReader(ctx, key, offset, length, nil)
	if err != nil {
		return nil, missing(key, err)
	}
	return reader, nil
}

func (c cloud) List(ctx context.Context, prefix string) ([]Object, error) {
	var objects []Object
	lines := c.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		line, err := lines.Next(ctx)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		objects = append(objects, Object{Key: line.Key, Size: line.Size})
	}
}

func (c cloud) Delete(ctx context.Context, key string) error {
	if err := c.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return err
	}
	return nil
}

func (c cloud) Close() error { return c.bucket.Close() }

func missing(key string, err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return err
}
