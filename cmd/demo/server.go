package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"slipher/internal/sdkclient"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// bandwidth keeps a restore of the story's few rows in progress long enough to revoke it.
const bandwidth = "1MB/s"

// server is a slipher that runs on a data folder of its own.
type server struct {
	binary string
	dir    string
	url    string
	log    safeBuffer
	cmd    *exec.Cmd
	once   sync.Once
	err    error
}

func startServer(ctx context.Context, binary string) (*server, error) {
	dir, err := os.MkdirTemp("", "slipher-demo-")
	if err != nil {
		return nil, err
	}
	s := &server{binary: binary, dir: dir}
	s.cmd = exec.CommandContext(ctx, binary, "serve", "--data", dir, "--root-key", "file://"+filepath.Join(dir, "demo.key"), "--listen", "127.0.0.1:0", "--bandwidth", bandwidth)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s (run make build first): %w", binary, err)
	}
	if s.url, err = readyURL(out); err != nil {
		_ = s.stop() // the log is whole when it has ended
		return nil, fmt.Errorf("%w\n%s", err, s.log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return s, nil
}

// readyURL waits for the line "slipher ready … URL".
func readyURL(out io.Reader) (string, error) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "slipher ready"); ok {
			for _, word := range strings.Fields(rest) {
				if strings.HasPrefix(word, "http://") {
					return word, nil
				}
			}
		}
	}
	return "", errors.New("slipher ended before it was ready")
}

// stop ends slipher as an operator would and deletes its data. It may be called twice.
func (s *server) stop() error {
	s.once.Do(func() {
		s.cmd.Process.Signal(syscall.SIGTERM)
		if err := s.cmd.Wait(); err != nil {
			s.err = fmt.Errorf("slipher did not stop cleanly: %w", err)
		}
		if err := os.RemoveAll(s.dir); err != nil && s.err == nil {
			s.err = err
		}
	})
	return s.err
}

// createAccount adds an account with the command that an operator uses.
func (s *server) createAccount(ctx context.Context, id, profile string) error {
	out, err := exec.CommandContext(ctx, s.binary, "account", "create", id, "--profile", profile, "--data", s.dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("create account %s: %w\n%s", id, err, out)
	}
	return nil
}

// client is an unmodified AWS SDK client with the credentials of a profile.
func (s *server) client(ctx context.Context, profile string) (*redshift.Client, error) {
	settings, err := config.LoadDefaultConfig(ctx,
		config.WithSharedCredentialsFiles([]string{filepath.Join(s.dir, "credentials")}),
		config.WithSharedConfigFiles([]string{}),
		config.WithSharedConfigProfile(profile),
		config.WithRegion("us-east-1"),
		config.WithBaseEndpoint(s.url))
	if err != nil {
		return nil, fmt.Errorf("load profile %s: %w", profile, err)
	}
	settings.HTTPClient = sdkclient.Wrap(settings.HTTPClient)
	return redshift.NewFromConfig(settings, func(o *redshift.Options) { o.RetryMaxAttempts = 1; o.BaseEndpoint = aws.String(s.url) }), nil
}

// safeBuffer is a bytes.Buffer that a running program may write while the story reads it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
