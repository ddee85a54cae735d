// Package installation knows a data folder: what lies where in it, the credentials file, the ends of the audit records, and how to ask the slipher that
// runs on it. Neither a server nor a doctor: what serves an installation and what examines it both begin here.
package installation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"slipher/internal/engine/ondisk"
	"slipher/internal/fleet"
)

// FullBelow is how many free bytes a disk has on which nothing can be relied upon to be written.
const FullBelow = 64 << 20

// Space is how many bytes of the folder's disk are free, and how many it has.
func (f Folder) Space() (free, size uint64, err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(string(f), &disk); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", f, err)
	}
	return disk.Bavail * uint64(disk.Bsize), disk.Blocks * uint64(disk.Bsize), nil
}

// FirstAccount owns what a newcomer creates; its root credentials are the profile "default".
const FirstAccount = "111111111111"

// Folder is slipher's data directory:
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
type Folder string

// Path is a place in the folder. The layout above says what there is.
func (f Folder) Path(elements ...string) string {
	return filepath.Join(append([]string{string(f)}, elements...)...)
}

// SnapshotsURL is where snapshots are kept unless somebody names another place.
func (f Folder) SnapshotsURL() string {
	return (&url.URL{Scheme: "file", Path: f.Path("snapshots")}).String()
}

// RootKeyFile holds the root key that seals every other key, wrapped or in clear.
func (f Folder) RootKeyFile() string { return f.Path("keys", "root.key") }

// AuditFolder is where the audit record of this name is.
func (f Folder) AuditFolder(name string) string {
	if name == CallsRecord {
		return f.Path("audit")
	}
	return f.Path("audit", name)
}

// BucketsURL is where the buckets for SQL logs are unless somebody names another place: each is a folder that the operator makes.
func (f Folder) BucketsURL() string {
	return (&url.URL{Scheme: "file", Path: f.Path("buckets")}).String()
}

// Database says where the database of the cluster with this key lies.
func (f Folder) Database(key, name string) ondisk.Place {
	dir := f.Path("clusters", key)
	return ondisk.Place{Dir: fleet.DataFolder(dir), Database: name, Note: fleet.NoteFile(dir)}
}

// Running is what serve.json says.
type Running struct {
	PID         int
	URL         string
	Admin       string            // path of the admin socket
	Snapshots   string            // URL of the snapshot store
	SnapshotsIn map[string]string `json:",omitempty"` // URLs of regions' own stores
}

// Announce writes serve.json, by which the commands that run beside slipher find it.
func (f Folder) Announce(r Running) error {
	body, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(f.Path("serve.json"), append(body, '\n'))
}

// Withdraw removes serve.json, since nobody answers any more.
func (f Folder) Withdraw() error { return os.Remove(f.Path("serve.json")) }

// Running reads how to reach the slipher that runs on the folder.
func (f Folder) Running() (Running, error) {
	body, err := os.ReadFile(f.Path("serve.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return Running{}, fmt.Errorf("no slipher runs on %s: start one with: slipher serve --data %s", f, f)
	}
	if err != nil {
		return Running{}, err
	}
	var r Running
	if err := json.Unmarshal(body, &r); err != nil {
		return Running{}, fmt.Errorf("read %s: %w", f.Path("serve.json"), err)
	}
	return r, nil
}

// SweepSockets removes the sockets that a killed slipher left. It belongs after the metadata's lock is taken, which proves that none runs on the folder.
func (f Folder) SweepSockets() {
	left, err := f.Running()
	if err != nil {
		return
	}
	if dir := filepath.Dir(left.Admin); strings.HasPrefix(filepath.Base(dir), fleet.RunDirPrefix) {
		os.RemoveAll(dir)
	}
}

// WriteFile replaces a private file in one step, so that a crash leaves the old one or the new one.
func WriteFile(path string, body []byte) error {
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
