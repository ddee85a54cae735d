package process

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"slipher/internal/nodeapi"
	"slipher/internal/pgwire"
)

// door is the SQL endpoint. Before open, connections wait in the socket's queue.
type door struct {
	listener  net.Listener
	admission *admission

	mu        sync.Mutex // guards what follows
	config    pgwire.Config
	cancel    context.CancelFunc
	accepting sync.WaitGroup
	serving   sync.WaitGroup
	connected int
}

// open lets clients in, if it has not yet.
func (d *door) open() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		return
	}
	var ctx context.Context
	ctx, d.cancel = context.WithCancel(context.Background())
	d.accepting.Go(func() { d.accept(ctx) })
}

// close ends every session with "terminating connection due to administrator command" and waits for it.
func (d *door) close() error {
	err := d.listener.Close()
	d.mu.Lock()
	cancel := d.cancel
	d.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	d.accepting.Wait()
	d.serving.Wait()
	return err
}

// leave is close for a node whose engine has failed: calls into it may never return, so the sessions get a moment to tell their clients.
func (d *door) leave() {
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = d.close()
	}()
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-left:
	case <-timer.C:
	}
}

func (d *door) sessions() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.connected
}

func (d *door) accept(ctx context.Context) {
	for {
		conn, err := d.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, or a client that left at once
			d.config.Log.Warn("connection not accepted", "err", err)
			if !waited(ctx, 50*time.Millisecond) {
				return
			}
			continue
		}
		conn = &speaking{Conn: conn}
		login, lose := context.WithCancelCause(ctx)
		if !d.admission.logins.enter(ctx, conn, func() { lose(errPlaceLost) }) {
			lose(nil)
			conn.Close()
			return
		}
		d.count(1)
		config := d.configured()
		d.serving.Go(func() {
			defer d.count(-1)
			defer lose(nil)
			d.admission.serve(login, conn, config)
		})
	}
}

func (d *door) count(delta int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.connected += delta
}

// waited waits for pause and says whether ctx is still alive.
func waited(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// configured is what a new connection is served by. It keeps its certificate, whatever comes after.
func (d *door) configured() pgwire.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.config
}

func (d *door) show(certificate nodeapi.Certificate) error {
	config, err := tlsOf(certificate)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.config.TLS = config
	return nil
}

func tlsOf(given nodeapi.Certificate) (*tls.Config, error) {
	if given.Chain == "" {
		return nil, nil
	}
	certificate, err := tls.X509KeyPair([]byte(given.Chain), []byte(given.Key))
	if err != nil {
		return nil, fmt.Errorf("read the certificate of the SQL endpoint: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

func (n *node) setCertificate(_ http.ResponseWriter, _ *http.Request, certificate nodeapi.Certificate) error {
	if err := n.door.show(certificate); err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	return nil
}
