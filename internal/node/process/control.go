package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"slipher/internal/nodeapi"
	"slipher/internal/scram"
)

// maxRequest bounds the body of a control request.
const maxRequest = 1 << 20

// refusal is an error of a control request that the parent is to blame for, or can do something about.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

// routes is the control protocol of package nodeapi.
func (n *node) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+nodeapi.PathStatus, func(w http.ResponseWriter, _ *http.Request) { answer(w, n.status()) })
	mux.HandleFunc("POST "+nodeapi.PathRestore, handle(n.restore))
	mux.HandleFunc("POST "+nodeapi.PathTable, handle(n.restoreTable))
	mux.HandleFunc("POST "+nodeapi.PathOpen, handle(n.open))
	mux.HandleFunc("POST "+nodeapi.PathSave, handle(n.save))
	mux.HandleFunc("POST "+nodeapi.PathCredentials, handle(n.setCredentials))
	mux.HandleFunc("POST "+nodeapi.PathCertificate, handle(n.setCertificate))
	mux.HandleFunc("POST "+nodeapi.PathLogin, handle(n.addLogin))
	mux.HandleFunc("POST "+nodeapi.PathBandwidth, handle(n.setBandwidth))
	mux.HandleFunc("POST "+nodeapi.PathShutdown, func(http.ResponseWriter, *http.Request) { n.stop() })
	return mux
}

// handle decodes a request for act and reports act's error. An act that has begun to answer reports its errors itself and returns nil.
func handle[Request any](act func(w http.ResponseWriter, r *http.Request, request Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var request Request
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&request); err != nil {
			http.Error(w, fmt.Sprintf("read the request: %v", err), http.StatusBadRequest)
			return
		}
		err := act(w, r, request)
		if err == nil {
			return
		}
		status := http.StatusInternalServerError
		if refused, ok := errors.AsType[*refusal](err); ok {
			status = refused.status
		}
		http.Error(w, err.Error(), status)
	}
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the parent notices by itself when it is not there to read
}

func (n *node) status() nodeapi.Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	status := nodeapi.Status{State: nodeapi.StateEmpty, Limited: n.confined.limited, Sessions: n.door.sessions()}
	switch {
	case n.database != nil:
		status.State, status.DatabaseBytes, status.WrittenBytes = nodeapi.StateOpen, n.database.Bytes(), n.database.Written()
	case n.restoring != nil:
		status.State = nodeapi.StateRestoring
	}
	return status
}

func (n *node) setCredentials(_ http.ResponseWriter, _ *http.Request, credentials nodeapi.Credentials) error {
	if err := checkCredentials(credentials); err != nil {
		return err
	}
	n.sql.SetCredentials(credentials)
	return nil
}

func (n *node) addLogin(_ http.ResponseWriter, _ *http.Request, login nodeapi.Login) error {
	if _, err := scram.ParseVerifier(login.Verifier); err != nil {
		return refuse(http.StatusBadRequest, "the login's password verifier is not in PostgreSQL's form")
	}
	n.sql.AddLogin(login)
	return nil
}
