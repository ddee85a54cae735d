package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"slipher/internal/nodeapi"
)

// TLS says how the two kinds of endpoints are secured. The SQL endpoints always offer TLS.
type TLS struct {
	Mode string // of the AWS API: on, off, or auto, which is on unless it listens on a loopback address
	Cert string // file of the certificate chain, PEM; empty means that of slipher's own authority
	Key  string // file of its key
}

func (t TLS) check() error {
	if (t.Cert == "") != (t.Key == "") {
		return errors.New("--tls-cert and --tls-key belong together: give both or neither")
	}
	return nil
}

// secures says whether the API at that address speaks TLS.
func (t TLS) secures(listen string) bool {
	return t.Mode == "on" || t.Mode == "auto" && !isLoopback(listen)
}

func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// endpointHosts are the names under which clients reach the endpoints.
func (c Config) endpointHosts() []string {
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

// openCertificates makes sure that there is a certificate for the endpoints: the given one, or one of slipher's own authority.
func (s *Server) openCertificates() error {
	if s.config.TLS.Cert == "" {
		if err := s.config.Data.CheckAuthority(); err != nil {
			return err
		}
		if err := s.config.Data.CheckCertificate(); err != nil {
			s.config.Log.Warn("the endpoints' certificate is made anew, by the same authority", "cause", err)
		}
		_, err := endpointCertificate(s.config.Data, s.config.endpointHosts(), s.config.Now())
		return err
	}
	s.given = &certificateFiles{cert: s.config.TLS.Cert, key: s.config.TLS.Key, log: s.config.Log}
	_, err := s.given.current(nil)
	return err
}

// sqlCertificate is what the SQL endpoint at an address shows: the given certificate, or one that the authority makes for that endpoint alone, whose key
// is on no disk.
func (s *Server) sqlCertificate(address string) (nodeapi.Certificate, error) {
	if s.given != nil {
		return s.given.pem()
	}
	now := s.config.Now()
	authority, err := certificateAuthority(s.config.Data, now)
	if err != nil {
		return nodeapi.Certificate{}, err
	}
	hosts := s.config.endpointHosts()
	if ip := net.ParseIP(address); ip != nil && !ip.IsUnspecified() {
		hosts = append(hosts, address)
	}
	made, err := authority.issue(hosts, now)
	return nodeapi.Certificate{Chain: made.cert, Key: made.key}, err
}

// renewalEvery is how often slipher looks whether a given certificate was replaced. The API looks at each connection.
const renewalEvery = 5 * time.Second

// followCertificate has the SQL endpoints show a given certificate soon after it was replaced on the disk.
func (s *Server) followCertificate(ctx context.Context) error {
	if s.given == nil {
		return nil
	}
	shown, err := s.given.pem()
	if err != nil {
		return err
	}
	for every := time.NewTicker(renewalEvery); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
		present, err := s.given.pem()
		if err != nil || present == shown {
			continue
		}
		if err := s.fleet.RenewCertificates(ctx); err != nil {
			s.config.Log.Warn("the replaced certificate is not on every SQL endpoint yet", slog.Any("err", err))
			continue
		}
		shown = present
		s.config.Log.Info("certificate of the SQL endpoints replaced")
	}
}

// secured puts TLS before the API's listener where it belongs.
func (s *Server) secured(listener net.Listener) net.Listener {
	if !s.config.TLS.secures(s.config.Listen) {
		if !isLoopback(s.config.Listen) {
			s.config.Log.Warn("the API answers without TLS beyond this machine, as --tls=off asks: passwords and secret keys can be read on the way", slog.String("address", s.config.Listen))
		}
		return listener
	}
	files := s.given
	if files == nil {
		files = &certificateFiles{cert: s.config.Data.Path("tls", "server.crt"), key: s.config.Data.Path("tls", "server.key"), log: s.config.Log}
	}
	return tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.current, NextProtos: []string{"http/1.1"}})
}

// certificateFiles is a certificate that may be replaced on the disk at any time.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	text   nodeapi.Certificate // loaded, PEM
	since  [2]time.Time        // when the two files were changed that loaded is from
	told   bool                // that the files on the disk cannot be used
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
		if err = c.load(); err == nil {
			c.since, c.told = changed, false
			return c.loaded, nil
		}
	}
	if c.loaded == nil {
		return nil, err
	}
	if !c.told {
		c.told = true
		c.log.Warn("the certificate on the disk cannot be used; the one before stays in use", slog.Any("err", err))
	}
	return c.loaded, nil
}

// pem is current for whoever hands it on.
func (c *certificateFiles) pem() (nodeapi.Certificate, error) {
	if _, err := c.current(nil); err != nil {
		return nodeapi.Certificate{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text, nil
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

func (c *certificateFiles) load() error {
	chain, err := os.ReadFile(c.cert)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(c.key)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return fmt.Errorf("%s and %s are no certificate and its key: %w", c.cert, c.key, err)
	}
	c.loaded, c.text = &pair, nodeapi.Certificate{Chain: string(chain), Key: string(key)}
	return nil
}
