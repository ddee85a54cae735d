package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"slipher/internal/api"
	"slipher/internal/awsapi"
	"slipher/internal/installation"
	"slipher/internal/service/iam"
	"slipher/internal/service/secretsmanager"
)

// URL is where the API answers, or empty.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	scheme := "http://"
	if s.config.TLS.secures(s.config.Listen) {
		scheme = "https://"
	}
	return scheme + s.listener.Addr().String()
}

// joinServices refuses to start where a service is not whole.
func (s *Server) joinServices(context.Context) error {
	who := iam.New(s.Accounts)
	for _, joined := range []func() (api.Service, error){
		s.redshift, who.IAM, who.STS, s.KMS.Service,
		func() (api.Service, error) {
			return (&secretsmanager.Service{Store: s.Store, Safe: s.Secrets, Keys: s.Keys}).Offer()
		},
	} {
		service, err := joined()
		if err != nil {
			return err
		}
		s.Services = append(s.Services, service)
	}
	return nil
}

func (s *Server) door() http.Handler {
	return awsapi.NewServer(awsapi.Config{
		Services: s.Services,
		Keys:     s.Accounts,
		Rates:    s.config.Door.rates(),
		Now:      s.config.Now,
		Healthy:  s.healthy,
		Audit:    s.audit.Record,
		Log:      s.config.Log,
	})
}

// healthy says what is wrong with the server as a whole: that the disk is full.
func (s *Server) healthy() error {
	free, _, err := s.config.Data.Space()
	if err == nil && free < installation.FullBelow {
		err = fmt.Errorf("the disk of %s is full: %d MB are free", s.config.Data, free/1e6)
	}
	return err
}

// serveHTTP serves until ctx ends, then lets the requests under way finish.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnContext:       withPeer,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
