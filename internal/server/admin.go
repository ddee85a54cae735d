package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/installation"
)

func (s *Server) adminDoor() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /accounts", s.recorded("CreateAccount", false, func(w http.ResponseWriter, r *http.Request) {
		var request AccountRequest
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

// AccountRequest and AccountCreated pass over the admin socket. The secret goes to the credentials file only.
type AccountRequest struct {
	Account, Profile string
	ReplaceKey       bool
}

// AccountCreated says in which file the secret is.
type AccountCreated struct {
	File     string
	Replaced bool // the account was there, and its root user has another key
}

// createAccount adds an account and its credentials.
func (s *Server) createAccount(ctx context.Context, request AccountRequest) (AccountCreated, error) {
	s.profiles.Lock()
	defer s.profiles.Unlock()
	if err := installation.ValidProfile(request.Profile); err != nil {
		return AccountCreated{}, err
	}
	if err := s.profileIsFree(ctx, request); err != nil {
		return AccountCreated{}, err
	}
	key, err := s.Accounts.CreateAccount(ctx, request.Account)
	replaced := errors.Is(err, accounts.ErrExists) && request.ReplaceKey
	if replaced {
		key, err = s.Accounts.ReplaceRootKey(ctx, request.Account)
	}
	if errors.Is(err, accounts.ErrExists) {
		return AccountCreated{}, fmt.Errorf("account %s exists already; to give its root user a new access key, which ends the present one, add --replace-key", request.Account)
	}
	if err != nil {
		return AccountCreated{}, err
	}
	if err := s.config.Data.AddProfile(request.Profile, key.ID, key.Secret); err != nil {
		return AccountCreated{}, fmt.Errorf("append the credentials: %w", err)
	}
	return AccountCreated{File: s.config.Data.Path("credentials"), Replaced: replaced}, nil
}

// profileIsFree refuses to write over a profile, unless it has the key that is to be replaced, or one that nobody knows any more.
func (s *Server) profileIsFree(ctx context.Context, request AccountRequest) error {
	profiles, err := s.config.Data.Profiles()
	at := slices.IndexFunc(profiles, func(p installation.Profile) bool { return p.Name == request.Profile })
	if err != nil || at < 0 {
		return err
	}
	if request.ReplaceKey {
		key, err := s.Accounts.AccessKey(ctx, profiles[at].ID)
		if errors.Is(err, accounts.ErrNotFound) || err == nil && key.ARN == api.RootCaller(request.Account, "").ARN {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("profile %q stands in %s already: choose another with --profile", request.Profile, s.config.Data.Path("credentials"))
}

// readAdmin reads what a command has sent. Where it says no, it has answered.
func readAdmin(w http.ResponseWriter, r *http.Request, request any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(request)
	if err != nil {
		http.Error(w, "the request is not the JSON that this version of slipher sends", http.StatusBadRequest)
	}
	return err == nil
}

// sendEvents begins an answer that may last for hours. Where it says no, it has answered.
func sendEvents[Event any](w http.ResponseWriter) (send func(Event), begun bool) {
	answer := http.NewResponseController(w)
	if err := answer.SetWriteDeadline(time.Time{}); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return nil, false
	}
	return func(event Event) {
		_ = json.NewEncoder(w).Encode(event) // whoever has gone ends the request's context
		_ = answer.Flush()
	}, true
}
