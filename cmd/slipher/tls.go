package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// tlsOptions say how the two kinds of endpoints are secured. The SQL endpoints always offer TLS.
type tlsOptions struct {
	TLS     string `default:"auto" enum:"auto,on,off" help:"TLS of the AWS API: auto has it unless --listen is a loopback address; off sends what is asked and answered in clear."`
	TLSCert string `name:"tls-cert" type:"existingfile" placeholder:"FILE" help:"Certificate chain of the endpoints, PEM (default: one of an authority that the first start makes; clients trust DIR/tls/ca.crt)."`
	TLSKey  string `name:"tls-key" type:"existingfile" placeholder:"FILE" help:"The key of --tls-cert, PEM."`
}

func (o tlsOptions) check() error {
	if (o.TLSCert == "") != (o.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key belong together: give both or neither")
	}
	return nil
}

// secures says whether the API at that address speaks TLS.
func (o tlsOptions) secures(listen string) bool {
	return o.TLS == "on" || o.TLS == "auto" && !isLoopback(listen)
}

func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// endpointHosts are the names under which clients reach the endpoints.
func (c serveCommand) endpointHosts() []string {
	hosts := []string{"localhost", "127.0.0.1"}
	if c.AdvertiseHost != "" {
		hosts = append(hosts, c.AdvertiseHost)
	}
	if isLoopback(c.Listen) {
		return hosts
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && host != "" && !net.ParseIP(host).IsUnspecified() {
		return append(hosts, host)
	}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	return hosts
}

// endpointsCertificate is the given one, or slipher's own.
func (s *slipher) endpointsCertificate() (certificate, error) {
	if s.command.TLSCert == "" {
		return endpointCertificate(s.data, s.command.endpointHosts(), time.Now())
	}
	given := certificateFiles{cert: s.command.TLSCert, key: s.command.TLSKey}
	if _, err := given.load(); err != nil {
		return certificate{}, err
	}
	return given.read()
}

// secured puts TLS before the API's listener where it belongs.
func (s *slipher) secured(listener net.Listener) net.Listener {
	if !s.command.secures(s.command.Listen) {
		if !isLoopback(s.command.Listen) {
			s.log.Warn("the API answers without TLS beyond this machine, as --tls=off asks: passwords and secret keys can be read on the way", slog.String("address", s.command.Listen))
		}
		return listener
	}
	files := &certificateFiles{
		cert: cmp.Or(s.command.TLSCert, s.data.path("tls", "server.crt")),
		key:  cmp.Or(s.command.TLSKey, s.data.path("tls", "server.key")),
		log:  s.log,
	}
	return tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.current, NextProtos: []string{"http/1.1"}})
}

// certificateFiles is a certificate that may be replaced on the disk at any time.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	since  [2]time.Time // when the two files were changed that loaded is from
}

// current reads the files again when they have changed. A pair that does not fit, as in the middle of a renewal, leaves the one before in use.
func (c *certificateFiles) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed, err := c.changed()
	if err == nil && c.loaded != nil && changed == c.since {
		return c.loaded, nil
	}
	if err == nil {
		var fresh *tls.Certificate
		if fresh, err = c.load(); err == nil {
			c.loaded, c.since = fresh, changed
			return c.loaded, nil
		}
	}
	if c.loaded == nil {
		return nil, err
	}
	c.log.Warn("the certificate on the disk cannot be used; the one before stays in use", slog.Any("err", err))
	return c.loaded, nil
}

func (c *certificateFiles) changed() (at [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}

func (c *certificateFiles) load() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, fmt.Errorf("%s and %s are no certificate and its key: %w", c.cert, c.key, err)
	}
	return &pair, nil
}

func (c *certificateFiles) read() (certificate, error) {
	cert, err := os.ReadFile(c.cert)
	if err != nil {
		return certificate{}, err
	}
	key, err := os.ReadFile(c.key)
	return certificate{string(cert), string(key)}, err
}
