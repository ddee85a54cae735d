package doctor_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipher/internal/audit"
	"slipher/internal/doctor"
	"slipher/internal/engine/ondisk"
	"slipher/internal/installation"
	"slipher/internal/testbed"
)

// installed is a small installation that has stopped: two clusters, one of them paused, and a snapshot. Its clock stands when the last thing happened.
func installed(t *testing.T) (folder installation.Folder, now func() time.Time) {
	t.Helper()
	bed := testbed.New(t, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", bytes.Repeat([]byte("rows"), 1000))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	bed.CreateCluster(testbed.Owner, "old", nil)
	bed.Must(testbed.Owner, "PauseCluster", "ClusterIdentifier=old")
	bed.AwaitCluster(testbed.Owner, "old", "paused")
	bed.Stop()
	now = func() time.Time { return testbed.Began.Add(time.Hour) }
	makeCertificate(t, bed.Folder(), now().AddDate(1, 0, 0))
	makeDatabases(t, bed.Folder())
	return bed.Folder(), now
}

// makeDatabases lays beside what the bed keeps of its clusters the headers of an empty database for each, as the engine would.
func makeDatabases(t *testing.T, folder installation.Folder) {
	t.Helper()
	clusters, err := os.ReadDir(folder.Path("clusters"))
	if err != nil {
		t.Fatal(err)
	}
	for _, cluster := range clusters {
		headers := make([]byte, ondisk.HeadersBytes)
		copy(headers[8:], "DUCK")
		for header := range slices.Chunk(headers, ondisk.HeadersBytes/3) {
			binary.LittleEndian.PutUint64(header, ondisk.Checksum(header[8:]))
		}
		if err := os.WriteFile(filepath.Join(folder.Database(cluster.Name(), "dev").Dir, ondisk.FileName("dev")), headers, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func examine(t *testing.T, config doctor.Config) (report string, found doctor.Found) {
	t.Helper()
	var out bytes.Buffer
	config.Out = &out
	found, err := doctor.Examine(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), found
}

func TestHealthy(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // other tests' sockets do not show
	folder, now := installed(t)
	before := allFiles(t, string(folder))
	report, found := examine(t, doctor.Config{Data: folder, Now: now})
	for line := range strings.Lines(report) {
		if !strings.HasPrefix(line, "ok ") && !strings.Contains(line, "are free on the disk") { // as it may be where the test runs
			t.Errorf("a healthy installation has: %s", line)
		}
	}
	if found.Problems > 0 {
		t.Errorf("got %s", found)
	}
	for _, words := range []string{"does not run on this folder", "profile default is of account " + testbed.Owner, "2 clusters, each with its data: 1 available, 1 paused", "1 snapshot in 1 pack"} {
		if !strings.Contains(report, words) {
			t.Errorf("the report does not say %q:\n%s", words, report)
		}
	}
	if after := allFiles(t, string(folder)); after != before {
		t.Errorf("the doctor changed the installation:\n%s\nwas\n%s", after, before)
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			dir := copyTree(t, string(folder))
			damage.do(t, dir)
			report, found := examine(t, doctor.Config{Data: installation.Folder(dir), Now: now})
			if (found.Problems > 0) != (damage.verdict == "problem") {
				t.Errorf("got %s:\n%s", found, report)
			}
			wantLine(t, report, damage.verdict, damage.what, damage.words)
		})
	}
	t.Run("another_store", func(t *testing.T) {
		report, _ := examine(t, doctor.Config{Data: folder, Snapshots: "file://" + t.TempDir(), Now: now})
		wantLine(t, report, "problem", "snapshots", "snapshot monday")
		wantLine(t, report, "problem", "snapshots", "the installation keeps its snapshots in "+folder.SnapshotsURL())
		if strings.Contains(report, "delete") {
			t.Errorf("the doctor speaks of deleting what is elsewhere:\n%s", report)
		}
	})
	t.Run("store_elsewhere", func(t *testing.T) {
		elsewhere := t.TempDir()
		bed := testbed.New(t, testbed.Config{Snapshots: "file://" + elsewhere})
		bed.CreateCluster(testbed.Owner, "sales", nil)
		bed.CreateSnapshot(testbed.Owner, "sales", "monday")
		bed.Stop()
		report, _ := examine(t, doctor.Config{Data: bed.Folder(), Now: now})
		wantLine(t, report, "ok", "snapshot store", elsewhere+" answers")
		wantLine(t, report, "ok", "snapshots", "1 snapshot in 1 pack")
	})
	t.Run("certificate_ended", func(t *testing.T) {
		report, _ := examine(t, doctor.Config{Data: folder, Now: func() time.Time { return now().AddDate(1, 0, 1) }})
		wantLine(t, report, "problem", "certificate", "ended on 2027-01-05")
	})
	t.Run("no_installation", func(t *testing.T) {
		report, found := examine(t, doctor.Config{Data: installation.Folder(filepath.Join(t.TempDir(), "none")), Now: now})
		if found.Problems != 1 {
			t.Errorf("got %s", found)
		}
		wantLine(t, report, "problem", "data folder", "is it the right one?")
	})
}

// TestRunning examines an installation whose metadata is held, as by a slipher that runs.
func TestRunning(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	bed := testbed.New(t, testbed.Config{})
	folder := bed.Folder()
	now := bed.Clock.Now
	check := func(verdict, what, words string) {
		t.Helper()
		report, _ := examine(t, doctor.Config{Data: folder, Now: now})
		wantLine(t, report, verdict, what, words)
	}
	check("ok", "slipher", "is starting or stopping")
	socket := filepath.Join(t.TempDir(), "admin.sock")
	if err := folder.Announce(installation.Running{PID: 1234, URL: "http://127.0.0.1:1", Admin: socket, Snapshots: folder.SnapshotsURL()}); err != nil {
		t.Fatal(err)
	}
	check("problem", "slipher", "does not answer on its admin socket")
	state := answerAudit(t, socket)
	check("ok", "slipher", "runs as process 1234")
	check("ok", "audit record", "is written")
	for _, c := range []struct {
		state          audit.State
		verdict, words string
	}{
		{audit.State{Trouble: "no space", Waiting: 2, Lost: 1}, "problem", "2 events wait and 1 are lost: no space"},
		{audit.State{EndTrouble: "no space"}, "problem", "its end cannot be kept"},
		{audit.State{Lost: 3}, "warning", "3 events were lost"},
	} {
		*state = c.state
		check(c.verdict, "audit record", c.words)
	}
}

// answerAudit is the part of an admin socket that the doctor asks.
func answerAudit(t *testing.T, socket string) *audit.State {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var state audit.State
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(state) })}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return &state
}

func wantLine(t *testing.T, report, verdict, what, words string) {
	t.Helper()
	for line := range strings.Lines(report) {
		fields := strings.TrimSpace(strings.TrimPrefix(line, verdict))
		if strings.HasPrefix(line, verdict) && strings.HasPrefix(fields, what) && strings.Contains(fields, words) {
			return
		}
	}
	t.Errorf("no line %q of %s says %q:\n%s", verdict, what, words, report)
}

// damages are those that can be done with files alone.
var damages = map[string]struct {
	do                   func(t *testing.T, dir string)
	verdict, what, words string
}{
	"credentials_open":     {chmod(0o644, "credentials"), "problem", "modes", "chmod 600"},
	"audit_open":           {chmod(0o755, "audit"), "problem", "audit record", "chmod 700"},
	"audit_no_folder":      {replaceByFile("audit"), "problem", "audit record", "no folder"},
	"clusters_open":        {chmod(0o755, "clusters"), "problem", "modes", "chmod 700"},
	"folder_writable":      {chmod(0o777, "."), "problem", "data folder", "chmod 700"},
	"folder_is_a_file":     {replaceByFile("."), "problem", "data folder", "no folder"},
	"credentials_missing":  {remove("credentials"), "problem", "credentials", "no profile default"},
	"credentials_altered":  {overwrite("credentials", "[default]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = nothing\n"), "problem", "credentials", "does not know"},
	"profile_unknown":      {appendTo("credentials", "\n[other]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = nothing\n"), "warning", "credentials", "profile other"},
	"metadata_missing":     {remove("meta.db"), "problem", "metadata", "no such file"},
	"metadata_broken":      {overwrite("meta.db", strings.Repeat("no database ", 1000)), "problem", "metadata", "not a database"},
	"metadata_altered":     {alterRow, "problem", "metadata", "is damaged: it is not served"},
	"root_key_missing":     {remove("keys", "root.key"), "problem", "root key", "is missing"},
	"root_key_of_another":  {overwrite("keys/root.key", strings.Repeat("0f", 32)), "problem", "root key", "is not the one"},
	"certificate_broken":   {overwrite("tls/server.crt", "no certificate"), "problem", "certificate", "restart slipher"},
	"certificate_missing":  {remove("tls", "server.crt"), "warning", "certificate", "the next start makes another"},
	"store_missing":        {remove("snapshots"), "problem", "snapshot store", "--snapshots URL"},
	"pack_missing":         {onOne(os.Remove, "snapshots", "*", "*", "packs", "*"), "problem", "snapshots", "snapshot monday"},
	"pack_truncated":       {onOne(func(path string) error { return os.Truncate(path, 100) }, "snapshots", "*", "*", "packs", "*"), "problem", "snapshots", "has 100 bytes instead of"},
	"index_missing":        {onOne(os.Remove, "snapshots", "*", "*", "index", "*"), "warning", "snapshots", "1 index object is missing or damaged"},
	"authority_broken":     {overwrite("tls/ca.crt", "no certificate"), "problem", "certificate", "clients must trust its ca.crt anew"},
	"manifest_missing":     {onOne(os.Remove, "snapshots", "*", "*", "manifests", "*"), "problem", "snapshots", "not found"},
	"cluster_data_missing": {onOne(os.RemoveAll, "clusters", "*"), "problem", "clusters", "is gone"},
	"foreign_folder":       {makeFolder("clusters", "nobody"), "warning", "clusters", "no cluster has the folder"},
	"process_gone":         {overwrite("serve.json", `{"PID": 1, "URL": "http://127.0.0.1:1", "Admin": "/nowhere/admin.sock"}`), "warning", "slipher", "the next start does that"},
	"announcement_broken":  {overwrite("serve.json", "{"), "problem", "slipher", "restart slipher"},
}

func chmod(mode fs.FileMode, path ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.Chmod(filepath.Join(dir, filepath.Join(path...)), mode)) }
}

func remove(path ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.RemoveAll(filepath.Join(dir, filepath.Join(path...)))) }
}

func replaceByFile(path string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		check(t, errors.Join(os.RemoveAll(filepath.Join(dir, path)), os.WriteFile(filepath.Join(dir, path), nil, 0o600)))
	}
}

// alterRow changes what the metadata says of a snapshot, as one flipped bit could.
func alterRow(t *testing.T, dir string) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "meta.db"))
	check(t, err)
	done, err := db.Exec(`UPDATE record SET body = replace(body, '"', '" ') WHERE kind = 'snapshot'`)
	check(t, errors.Join(err, db.Close()))
	if changed, err := done.RowsAffected(); err != nil || changed != 1 {
		t.Fatalf("%d rows were altered, %v", changed, err)
	}
}

func overwrite(path, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600)) }
}

func appendTo(path, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		before, err := os.ReadFile(filepath.Join(dir, path))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, path), append(before, text...), 0o600))
	}
}

func makeFolder(path ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.Mkdir(filepath.Join(dir, filepath.Join(path...)), 0o700)) }
}

func onOne(do func(path string) error, pattern ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		found, err := filepath.Glob(filepath.Join(dir, filepath.Join(pattern...)))
		check(t, err)
		if len(found) == 0 {
			t.Fatalf("nothing is %s", filepath.Join(pattern...))
		}
		check(t, do(found[0]))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// copyTree copies a stopped installation, modes and all.
func copyTree(t *testing.T, from string) (to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "data")
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy the installation: %v\n%s", err, out)
	}
	return to
}

// allFiles names every file with its mode, size and time.
func allFiles(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	check(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		all.WriteString(path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
		return err
	}))
	return all.String()
}

// makeCertificate is what a server's own authority would leave.
func makeCertificate(t *testing.T, folder installation.Folder, until time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	shape := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "slipher"}, NotAfter: until}
	made, err := x509.CreateCertificate(rand.Reader, shape, shape, &key.PublicKey, key)
	check(t, err)
	encoded, err := x509.MarshalECPrivateKey(key)
	check(t, err)
	check(t, os.Mkdir(folder.Path("tls"), 0o700))
	for name, block := range map[string]*pem.Block{"server.crt": {Type: "CERTIFICATE", Bytes: made}, "server.key": {Type: "EC PRIVATE KEY", Bytes: encoded}} {
		check(t, os.WriteFile(folder.Path("tls", name), pem.EncodeToMemory(block), 0o600))
	}
}
