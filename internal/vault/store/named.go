package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"gocloud.dev/gcerrors"
)

// bucketName stands in a URL for the name of a bucket.
const bucketName = "{bucket}"

// plainName is no path, and nothing that a URL would read as more than a name.
var plainName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*$`)

// Named opens buckets by their names, where a URL says: it has {bucket} where the name goes, or else each bucket is a folder of the place that it names.
// Nothing is made: a bucket that is missing is an error for which Missing holds.
func Named(location string, now func() time.Time) (open func(ctx context.Context, name string) (Bucket, error), err error) {
	if _, err := locationOf(location, "name"); err != nil {
		return nil, err
	}
	return func(ctx context.Context, name string) (Bucket, error) {
		if !plainName.MatchString(name) || strings.Contains(name, "..") {
			return nil, fmt.Errorf("%q is no name of a bucket: it has letters, digits, hyphens, and dots between them", name)
		}
		located, err := locationOf(location, name)
		if err != nil {
			return nil, err
		}
		bucket, err := OpenExisting(ctx, located, now)
		if err != nil {
			return nil, err
		}
		if _, err := bucket.List(ctx, "reach/"); err != nil {
			return nil, errors.Join(err, bucket.Close())
		}
		return bucket, nil
	}, nil
}

func locationOf(location, name string) (string, error) {
	named := strings.Contains(location, bucketName)
	parsed, err := url.Parse(strings.ReplaceAll(location, bucketName, name))
	if err != nil {
		return "", fmt.Errorf("not a URL: %w", errors.Unwrap(err))
	}
	if schemes := []string{"file", "s3", "gs", "azblob"}; !slices.Contains(schemes, parsed.Scheme) {
		return "", fmt.Errorf("no store for %q: write file:///folder, s3://{bucket}?…, gs://{bucket} or azblob://{bucket}?…", parsed.Scheme)
	}
	switch {
	case named:
	case parsed.Scheme == "file":
		parsed = parsed.JoinPath(name)
	default:
		options := parsed.Query()
		options.Set("prefix", strings.Trim(strings.Trim(options.Get("prefix"), "/")+"/"+name, "/"))
		parsed.RawQuery = options.Encode()
	}
	return parsed.String(), nil
}

// Missing says that an error came from a bucket that does not exist.
func Missing(err error) bool { return bucketMissing(err) || errors.Is(err, fs.ErrNotExist) }

// Refused says that a bucket does not let us do what was tried.
func Refused(err error) bool {
	status, _ := answered(err)
	return status == http.StatusForbidden || status == http.StatusUnauthorized || errors.Is(err, fs.ErrPermission) || gcerrors.Code(err) == gcerrors.PermissionDenied
}
