package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"slipher/internal/fleet"
)

// folder is slipher's data directory:
//
//	credentials   access keys of the accounts, in the form that AWS's tools read
//	meta.db       accounts, clusters, snapshots, jobs
//	keys/         the root key that seals every other key, itself wrapped by a file elsewhere or by a KMS
//	tls/          the certificate authority and the SQL endpoints' certificate
//	audit/        the record of API calls, one file or more for each day, and in sql/ those of the clusters' SQL logs
//	buckets/      a folder for each bucket to which SQL logs are delivered, unless --log-buckets names another place
//	clusters/     one folder for each cluster
//	snapshots/    the vault, unless --snapshots names another place
//	serve.json    how to reach the slipher that runs on this folder
type folder string

func (f folder) path(elements ...string) string {
	return filepath.Join(append([]string{string(f)}, elements...)...)
}

// snapshotsURL is where snapshots are kept unless somebody names another place.
func (f folder) snapshotsURL() string {
	return (&url.URL{Scheme: "file", Path: f.path("snapshots")}).String()
}

// auditFolder is where the audit record of this name is.
func (f folder) auditFolder(name string) string {
	if name == callsRecord {
		return f.path("audit")
	}
	return f.path("audit", name)
}

// bucketsURL is where the buckets for SQL logs are unless somebody names another place: each is a folder that the operator makes.
func (f folder) bucketsURL() string {
	return (&url.URL{Scheme: "file", Path: f.path("buckets")}).String()
}

// running is what serve.json says.
type running struct {
	PID         int
	URL         string
	Admin       string            // path of the admin socket
	Snapshots   string            // URL of the snapshot store
	SnapshotsIn map[string]string `json:",omitempty"` // URLs of regions' own stores
}

func (f folder) announce(r running) error {
	body, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path("serve.json"), append(body, '\n'))
}

func (f folder) withdraw() error { return os.Remove(f.path("serve.json")) }

// running reads how to reach the slipher that runs on the folder.
func (f folder) running() (running, error) {
	body, err := os.ReadFile(f.path("serve.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return running{}, fmt.Errorf("no slipher runs on %s: start one with: slipher serve --data %s", f, f)
	}
	if err != nil {
		return running{}, err
	}
	var r running
	if err := json.Unmarshal(body, &r); err != nil {
		return running{}, fmt.Errorf("read %s: %w", f.path("serve.json"), err)
	}
	return r, nil
}

// sweepSockets removes the sockets that a killed slipher left. It belongs after the metadata's lock is taken, which proves that none runs on the folder.
func (f folder) sweepSockets() {
	left, err := f.running()
	if err != nil {
		return
	}
	if dir := filepath.Dir(left.Admin); strings.HasPrefix(filepath.Base(dir), fleet.RunDirPrefix) {
		os.RemoveAll(dir)
	}
}

// writeFile replaces a private file in one step, so that a crash leaves the old one or the new one.
func writeFile(path string, body []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	if _, err := temporary.Write(body); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
