package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/gcerrors"
	"gocloud.dev/gcp"
)

// cloud is a bucket behind gocloud.dev/blob, for every store whose writes are durable when they are acknowledged.
type cloud struct {
	bucket *blob.Bucket
	upload blob.WriterOptions
}

func openMemory() Bucket { return cloud{bucket: memblob.OpenBucket(nil)} }

// openRemote opens a store behind a network.
func openRemote(ctx context.Context, location *url.URL, now func() time.Time) (Bucket, error) {
	if location.Host == "" || strings.Trim(location.Path, "/") != "" || location.User != nil {
		return nil, fmt.Errorf("the URL names the bucket and nothing else before its options; a folder in it goes into ?prefix=: write %s", howToWrite[location.Scheme])
	}
	options := location.Query()
	prefix := options.Get("prefix")
	options.Del("prefix")
	if prefix != "" {
		prefix = strings.Trim(prefix, "/") + "/"
	}
	open := map[string]func(context.Context, string, url.Values, string) (Bucket, error){
		"s3": openS3, "gs": openGoogle, "azblob": openAzure,
	}[location.Scheme]
	bucket, err := open(ctx, location.Host, options, prefix)
	if err != nil {
		return nil, fmt.Errorf("%w (write %s)", err, howToWrite[location.Scheme])
	}
	return Retrying{Bucket: bucket, Now: now}, nil
}

func openGoogle(ctx context.Context, name string, options url.Values, prefix string) (Bucket, error) {
	opener := gcsblob.URLOpener{Client: gcp.NewAnonymousHTTPClient(gcp.DefaultTransport())}
	if options.Get("anonymous") == "" && os.Getenv("STORAGE_EMULATOR_HOST") == "" {
		credentials, err := gcp.DefaultCredentials(ctx)
		if err != nil {
			return nil, fmt.Errorf("no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to a key file: %w", err)
		}
		if opener.Client, err = gcp.NewHTTPClient(gcp.DefaultTransport(), credentials.TokenSource); err != nil {
			return nil, err
		}
	}
	bucket, err := opener.OpenBucketURL(ctx, &url.URL{Scheme: gcsblob.Scheme, Host: name, RawQuery: options.Encode()})
	if err != nil {
		return nil, err
	}
	// One request for each object, straight from our own buffer.
	return cloud{bucket: blob.PrefixedBucket(bucket, prefix), upload: blob.WriterOptions{BufferSize: -1}}, nil
}

func openAzure(ctx context.Context, name string, options url.Values, prefix string) (Bucket, error) {
	location := &url.URL{Scheme: azureblob.Scheme, Host: name, RawQuery: options.Encode()}
	bucket, err := blob.OpenBucket(ctx, location.String())
	if err != nil {
		return nil, err
	}
	// The parts of an upload are buffered; saves run several uploads at once anyway.
	return cloud{bucket: blob.PrefixedBucket(bucket, prefix), upload: blob.WriterOptions{BufferSize: 8 << 20, MaxConcurrency: 1}}, nil
}

func (c cloud) Put(ctx context.Context, key string, content []byte) error {
	options := c.upload
	options.ContentType = contentType
	return told(c.bucket.Upload(ctx, key, bytes.NewReader(content), &options))
}

// contentType spares gocloud from guessing it by a copy of the first bytes.
const contentType = "application/octet-stream"

func (c cloud) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	reader, err := c.bucket.NewRangeReader(ctx, key, offset, length, nil)
	if err != nil {
		return nil, missing(key, err)
	}
	return body{reader}, nil
}

func (c cloud) List(ctx context.Context, prefix string) ([]Object, error) {
	var objects []Object
	lines := c.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		line, err := lines.Next(ctx)
		if err == io.EOF { //nolint:errorlint // an error that wraps it is a connection that was closed, not the end of the list
			return objects, nil
		}
		if err != nil {
			return nil, told(err)
		}
		objects = append(objects, Object{Key: line.Key, Size: line.Size})
	}
}

func (c cloud) Delete(ctx context.Context, key string) error {
	err := missing(key, c.bucket.Delete(ctx, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (c cloud) Close() error { return c.bucket.Close() }

// missing tells an absent object from every other fault, also from an absent bucket: that is not the same as having nothing.
func missing(key string, err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound && !bucketMissing(err) {
		return fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	return told(err)
}

// body is what a Get reads.
type body struct{ io.ReadCloser }

func (b body) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader: the end is io.EOF itself
		err = told(err)
	}
	return n, err
}
