package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

var errNoPostgres = errors.New("PostgreSQL is not installed")

// postgres is a PostgreSQL server that listens on a socket in its own folder. Its tables have keys, indexes and statistics.
type postgres struct {
	wire
	process *exec.Cmd
	log     bytes.Buffer // read only when it has ended
	backend int
}

func startPostgres(ctx context.Context, set settings, dir string) (*postgres, error) {
	if _, err := os.Stat(filepath.Join(set.postgres, "postgres")); err != nil {
		return nil, errNoPostgres
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, err
	}
	initialise := exec.CommandContext(ctx, filepath.Join(set.postgres, "initdb"), "-D", dir, "-U", admin, "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync")
	initialise.SysProcAttr = as
	if out, err := initialise.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	p := &postgres{}
	p.process = exec.CommandContext(ctx, filepath.Join(set.postgres, "postgres"), "-D", dir, "-k", dir, "-h", "", "-F", "-c", "shared_buffers=512MB",
		"-c", "work_mem=128MB", "-c", "max_parallel_workers_per_gather=0", "-c", "autovacuum=off")
	p.process.SysProcAttr = as
	p.process.Cancel = func() error { return p.process.Process.Signal(syscall.SIGINT) }
	p.process.Stderr = &p.log
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	if err := p.prepare(ctx, set, dir); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// unprivileged is the user that the server runs as, and makes its folder: PostgreSQL refuses to run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if err := os.Mkdir(dir, 0o700); err != nil || os.Getuid() != 0 {
		return nil, err
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	id, _ := strconv.Atoi(found.Uid)
	group, _ := strconv.Atoi(found.Gid)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(id), Gid: uint32(group)}}, os.Chown(dir, id, group)
}

func (p *postgres) prepare(ctx context.Context, set settings, dir string) (err error) {
	if p.Conn, err = connectSoon(ctx, "host="+dir+" user="+admin+" dbname=postgres"); err != nil {
		return err
	}
	if err := p.QueryRow(ctx, "select pg_backend_pid()").Scan(&p.backend); err != nil {
		return err
	}
	if err := p.load(ctx, set.scale); err != nil {
		return err
	}
	for _, statement := range statements(indexes) {
		if _, err := p.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// connectSoon waits until the server takes connections.
func connectSoon(ctx context.Context, address string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn, nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (p *postgres) name() string { return "PostgreSQL" }

func (p *postgres) spent() (time.Duration, error) { return processorTime(p.backend) }

func (p *postgres) close() error {
	_ = p.process.Process.Signal(syscall.SIGINT)
	if err := p.process.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, p.log.String())
	}
	return nil
}
