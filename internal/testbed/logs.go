package testbed

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"slipher/internal/sqllog"
	"slipher/internal/vault/store"
)

// logBuckets are the buckets that logs are delivered to.
type logBuckets struct {
	mu      sync.Mutex
	refused bool
	lost    bool
}

// Log has the cluster's node record something.
func (b *Bed) Log(cluster string, records ...sqllog.Record) {
	b.t.Helper()
	spool, err := sqllog.OpenSpool(sqllog.SpoolConfig{Dir: filepath.Join(b.dir, "clusters", cluster, sqllog.SpoolFolder), Cluster: cluster, Now: b.Clock.Now})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, record := range records {
		spool.Add(record)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	spool.Run(ended)
}

// LogBucket is the folder of a bucket for logs.
func (b *Bed) LogBucket(name string) string { return filepath.Join(b.dir, "buckets", name) }

// RefuseLogs has all buckets refuse what is written, or not any more.
func (b *Bed) RefuseLogs(refused bool) {
	b.logBuckets.mu.Lock()
	defer b.logBuckets.mu.Unlock()
	b.logBuckets.refused = refused
}

// LoseAnswers has all buckets take what is written without saying so, or not any more.
func (b *Bed) LoseAnswers(lost bool) {
	b.logBuckets.mu.Lock()
	defer b.logBuckets.mu.Unlock()
	b.logBuckets.lost = lost
}

func (b *Bed) openLogBucket(ctx context.Context, name string) (store.Bucket, error) {
	open, err := store.Named(folderURL(filepath.Join(b.dir, "buckets")), b.Clock.Now)
	if err != nil {
		return nil, err
	}
	bucket, err := open(ctx, name)
	b.logBuckets.mu.Lock()
	defer b.logBuckets.mu.Unlock()
	if err == nil && b.logBuckets.refused {
		bucket = refusing{bucket}
	}
	if err == nil && b.logBuckets.lost {
		bucket = losing{bucket}
	}
	return bucket, err
}

type losing struct{ store.Bucket }

func (l losing) Put(ctx context.Context, key string, content []byte) error {
	return errors.Join(l.Bucket.Put(ctx, key, content), errors.New("the connection broke off"))
}

type refusing struct{ store.Bucket }

func (refusing) Put(context.Context, string, []byte) error { return fs.ErrPermission }

// Delivered are the objects of a bucket for logs, by key, as text.
func (b *Bed) Delivered(bucket string) map[string]string {
	b.t.Helper()
	found := map[string]string{}
	root := b.LogBucket(bucket)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		key, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found[filepath.ToSlash(key)], err = unzipped(path)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.t.Fatal(err)
	}
	return found
}

func unzipped(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	reader, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(reader)
	return string(text), err
}
