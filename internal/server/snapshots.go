package server

import (
	"encoding/json"
	"net/http"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/meta"
	"slipher/internal/service/redshift/snapshot"
	"slipher/internal/vault"
	"slipher/internal/warehouse"
	"slipher/internal/warehouse/scrub"
)

// SnapshotRequest names what the commands are about; empty fields of a listing mean all.
type SnapshotRequest struct{ Account, Region, Cluster, Snapshot string }

// SnapshotEvent is one line of the admin socket's answer.
type SnapshotEvent struct {
	Snapshot *redshift.Snapshot `json:",omitempty"`
	warehouse.SaveState
	Error string `json:",omitempty"`
}

const reportEvery = 100 * time.Millisecond

func (s *Server) takeSnapshot(w http.ResponseWriter, r *http.Request) {
	var request SnapshotRequest
	if !readAdmin(w, r, &request) {
		return
	}
	send, begun := sendEvents[SnapshotEvent](w)
	if !begun {
		return
	}
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	caller := api.RootCaller(request.Account, request.Region)
	err := snapshot.Take(r.Context(), s.Warehouse, caller, request.Cluster, request.Snapshot,
		func(shown redshift.Snapshot) {
			at, err := s.Warehouse.SaveState(r.Context(), meta.Key{Account: request.Account, Region: request.Region, ID: request.Snapshot})
			if err != nil {
				s.config.Log.Warn("state of a save not read", "snapshot", request.Snapshot, "err", err)
			}
			send(SnapshotEvent{Snapshot: &shown, SaveState: at})
		},
		func() bool {
			select {
			case <-tick.C:
				return true
			case <-r.Context().Done():
				return false
			}
		})
	if err != nil {
		send(SnapshotEvent{Error: err.Error()})
	}
}

func (s *Server) listSnapshots(w http.ResponseWriter, r *http.Request) {
	var request SnapshotRequest
	if !readAdmin(w, r, &request) {
		return
	}
	listed, err := snapshot.List(r.Context(), s.Warehouse, request.Account, request.Region)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(listed)
}

// VerifyEvent is one line of the admin socket's answer.
type VerifyEvent struct {
	Snapshot string          `json:",omitempty"`
	Progress *vault.Progress `json:",omitempty"`
	Verified *scrub.Verified `json:",omitempty"`
	Error    string          `json:",omitempty"`
}

// verifySnapshots answers /snapshots/verify with events as they come.
func (s *Server) verifySnapshots(w http.ResponseWriter, r *http.Request) {
	var request scrub.Request
	if !readAdmin(w, r, &request) {
		return
	}
	send, begun := sendEvents[VerifyEvent](w)
	if !begun {
		return
	}
	err := s.Warehouse.Scrubber.Verify(r.Context(), request,
		func(snapshot string, p vault.Progress) { send(VerifyEvent{Snapshot: snapshot, Progress: &p}) },
		func(v scrub.Verified) { send(VerifyEvent{Verified: &v}) })
	if err != nil {
		send(VerifyEvent{Error: err.Error()})
	}
}
