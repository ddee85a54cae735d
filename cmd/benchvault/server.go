package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// server is a slipher that runs on a folder of its own.
type server struct {
	run *exec.Cmd
	log bytes.Buffer // read only when it has ended
	out io.ReadCloser
	*redshift.Client
}

func startServer(ctx context.Context, program, dir, snapshots string) (*server, error) {
	keyFile, err := filepath.Abs(filepath.Join(dir, "bench.key"))
	if err != nil {
		return nil, err
	}
	s := &server{run: exec.CommandContext(ctx, program, "serve", "--data", dir, "--root-key", "file://"+keyFile, "--listen", "127.0.0.1:0", "--snapshots", snapshots)}
	s.run.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench")
	s.run.Cancel = func() error { return s.run.Process.Signal(syscall.SIGTERM) }
	s.run.Stderr = &s.log
	if s.out, err = s.run.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := s.run.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	url, err := s.readyURL()
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if s.Client, err = newClient(ctx, dir, url); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// readyURL waits for the line "slipher ready … URL".
func (s *server) readyURL() (string, error) {
	for lines := bufio.NewScanner(s.out); lines.Scan(); {
		for _, word := range strings.Fields(lines.Text()) {
			if strings.HasPrefix(word, "http://") {
				go func() { _, _ = io.Copy(io.Discard, s.out) }()
				return word, nil
			}
		}
	}
	return "", errors.New("slipher ended before it was ready")
}

func (s *server) stop() error {
	_ = s.run.Process.Signal(syscall.SIGTERM)
	if err := s.run.Wait(); err != nil {
		return fmt.Errorf("slipher: %w\n%s", err, s.log.String())
	}
	return nil
}

func newClient(ctx context.Context, dir, url string) (*redshift.Client, error) {
	settings, err := config.LoadDefaultConfig(ctx,
		config.WithSharedCredentialsFiles([]string{filepath.Join(dir, "credentials")}),
		config.WithSharedConfigFiles([]string{}), config.WithSharedConfigProfile("default"), config.WithRegion("us-east-1"))
	if err != nil {
		return nil, err
	}
	return redshift.NewFromConfig(settings, func(o *redshift.Options) { o.BaseEndpoint = aws.String(url) }), nil
}

// distantStore is an S3 server in this process that has the files of a folder and lets every fetch wait.
func distantStore(folder string, wait time.Duration) (url string, stop func(), err error) {
	const bucket = "snapshots"
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		return "", nil, err
	}
	err = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		key, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		_, err = backend.PutObject(bucket, filepath.ToSlash(key), map[string]string{}, bytes.NewReader(content), int64(len(content)), nil)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	objects := gofakes3.New(backend).Server()
	waits := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			time.Sleep(wait)
		}
		objects.ServeHTTP(w, r)
	})
	store := httptest.NewServer(waits)
	return "s3://" + bucket + "?endpoint=" + store.URL, store.Close, nil
}
