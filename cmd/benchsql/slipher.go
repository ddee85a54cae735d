package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/jackc/pgx/v5"
)

const (
	cluster  = "bench"
	password = "Redshift1"
	admin    = "awsuser"
)

// slipher is the real program on a folder of its own, with one cluster.
type slipher struct {
	wire
	dir     string
	process *exec.Cmd
	log     bytes.Buffer // read only when it has ended
	address string       // of the cluster
}

func startSlipher(ctx context.Context, set settings, dir string) (*slipher, error) {
	s := &slipher{dir: dir}
	s.process = exec.CommandContext(ctx, set.slipher, "serve", "--data", dir, "--root-key", "file://"+filepath.Join(dir, "bench.key"), "--listen", "127.0.0.1:0")
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	s.process.Stderr = &s.log
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, out, set); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *slipher) prepare(ctx context.Context, out io.Reader, set settings) error {
	url, err := readyURL(out)
	if err != nil {
		return err
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.address, err = s.createCluster(ctx, url); err != nil {
		return err
	}
	if s.Conn, err = s.connect(ctx, admin); err != nil {
		return err
	}
	if err := s.load(ctx, set.scale); err != nil {
		return err
	}
	_, err = s.Exec(ctx, "vacuum") // which writes a checkpoint, as the engine alone does
	return err
}

// readyURL waits for the line "slipher ready … URL".
func readyURL(out io.Reader) (string, error) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		for _, word := range strings.Fields(lines.Text()) {
			if strings.HasPrefix(word, "http://") {
				return word, nil
			}
		}
	}
	return "", errors.New("slipher ended before it was ready")
}

func (s *slipher) createCluster(ctx context.Context, url string) (address string, err error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithSharedCredentialsFiles([]string{filepath.Join(s.dir, "credentials")}),
		config.WithSharedConfigFiles([]string{}), config.WithSharedConfigProfile("default"), config.WithRegion("us-east-1"), config.WithBaseEndpoint(url))
	if err != nil {
		return "", err
	}
	client := redshift.NewFromConfig(loaded)
	_, err = client.CreateCluster(ctx, &redshift.CreateClusterInput{
		ClusterIdentifier: aws.String(cluster), NodeType: aws.String("ra3.large"), ClusterType: aws.String("single-node"),
		MasterUsername: aws.String(admin), MasterUserPassword: aws.String(password),
	})
	if err != nil {
		return "", err
	}
	often := func(o *redshift.ClusterAvailableWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, 100*time.Millisecond
	}
	found, err := redshift.NewClusterAvailableWaiter(client, often).WaitForOutput(ctx, &redshift.DescribeClustersInput{ClusterIdentifier: aws.String(cluster)}, time.Minute)
	if err != nil {
		return "", err
	}
	endpoint := found.Clusters[0].Endpoint
	return fmt.Sprintf("%s:%d", *endpoint.Address, *endpoint.Port), nil
}

// connect has no encryption, as the other sides have none.
func (s *slipher) connect(ctx context.Context, user string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, fmt.Sprintf("postgres://%s:%s@%s/dev?sslmode=disable", user, password, s.address))
}

func (s *slipher) name() string { return "slipher" }

func (s *slipher) spent() (time.Duration, error) { return familyTime(s.process.Process.Pid) }

func (s *slipher) close() error {
	_ = s.process.Process.Signal(syscall.SIGTERM)
	if err := s.process.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, s.log.String())
	}
	return nil
}
