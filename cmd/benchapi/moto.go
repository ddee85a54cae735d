package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"slipher/internal/sigv4"
)

//go:embed motoserver.py
var motoScript []byte

var errNoMoto = errors.New("moto is not installed")

// moto is moto's server, which has made its snapshots in its own process before it answers.
type moto struct {
	run *exec.Cmd
	log bytes.Buffer // read only when it has ended
	url string
}

func prepareMoto(ctx context.Context, set settings, dir string) (*moto, error) {
	if err := exec.CommandContext(ctx, set.python, "-c", "import moto.server").Run(); err != nil {
		return nil, errNoMoto
	}
	script := filepath.Join(dir, "motoserver.py")
	if err := os.WriteFile(script, motoScript, 0o600); err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	m := &moto{url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	m.run = exec.CommandContext(ctx, set.python, script, strconv.Itoa(port), fmt.Sprintf("%s=%d", fewRegion, set.few), fmt.Sprintf("%s=%d", manyRegion, set.many))
	m.run.Stderr = &m.log
	if err := m.run.Start(); err != nil {
		return nil, err
	}
	if err := m.await(ctx); err != nil {
		m.kill()
		return nil, fmt.Errorf("%w\n%s", err, m.log.String())
	}
	return m, nil
}

func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

func (m *moto) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := m.call(fewRegion, "Action=DescribeClusters").send(ctx, http.DefaultClient)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("moto does not answer: %w", err)
		}
	}
}

// kill: moto's server has nothing to lose.
func (m *moto) kill() {
	_ = m.run.Process.Kill()
	_ = m.run.Wait()
}

// call is signed as every call; moto does not look at it.
func (m *moto) call(region, form string) call {
	return newCall(m.url, sigv4.Signer{AccessKeyID: "bench", Secret: "bench", Region: region, Service: "redshift"}, form)
}
