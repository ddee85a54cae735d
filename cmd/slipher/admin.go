package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"

	"slipher/internal/accounts"
)

// listenAdmin opens the admin socket in a folder that only this user can enter. Whoever can open it may do everything.
func (s *slipher) listenAdmin(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", filepath.Join(s.runDir, "admin.sock"))
	if err != nil {
		return nil, fmt.Errorf("listen on the admin socket: %w", err)
	}
	return listener, nil
}

func (s *slipher) adminDoor() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /accounts", s.recorded("CreateAccount", false, func(w http.ResponseWriter, r *http.Request) {
		var request accountRequest
		if !readAdmin(w, r, &request) {
			return
		}
		created, err := s.createAccount(r.Context(), request)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		json.NewEncoder(w).Encode(created)
	}))
	mux.HandleFunc("POST /audit", s.auditState) // by the doctor, who leaves no trace
	mux.HandleFunc("POST /snapshots/create", s.recorded("CreateClusterSnapshot", false, s.takeSnapshot))
	mux.HandleFunc("POST /snapshots/list", s.recorded("ListSnapshots", true, s.listSnapshots))
	mux.HandleFunc("POST /snapshots/verify", s.recorded("VerifySnapshots", true, s.verifySnapshots))
	return mux
}

// createAccount adds an account and appends its credentials.
func (s *slipher) createAccount(ctx context.Context, request accountRequest) (accountCreated, error) {
	s.profiles.Lock()
	defer s.profiles.Unlock()
	if err := validProfile(request.Profile); err != nil {
		return accountCreated{}, err
	}
	written, err := s.data.hasProfile(request.Profile)
	if err != nil {
		return accountCreated{}, err
	}
	if written {
		return accountCreated{}, fmt.Errorf("profile %q stands in %s already: choose another with --profile", request.Profile, s.data.path("credentials"))
	}
	key, err := s.accounts.CreateAccount(ctx, request.Account)
	if errors.Is(err, accounts.ErrExists) && request.ReplaceKey {
		key, err = s.accounts.ReplaceRootKey(ctx, request.Account)
	}
	if errors.Is(err, accounts.ErrExists) {
		return accountCreated{}, fmt.Errorf("account %s exists already; to give its root user a new access key, which ends the present one, add --replace-key", request.Account)
	}
	if err != nil {
		return accountCreated{}, err
	}
	if err := s.data.addProfile(request.Profile, key.ID, key.Secret); err != nil {
		return accountCreated{}, fmt.Errorf("append the credentials: %w", err)
	}
	return accountCreated{File: s.data.path("credentials")}, nil
}
