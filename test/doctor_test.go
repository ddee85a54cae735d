package test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
)

// doctor runs slipher doctor on a folder, with a temporary folder of its own so that other tests' sockets do not show.
func doctor(t *testing.T, dir string) (report string, sound bool) {
	t.Helper()
	command := exec.Command(binary, "doctor", "--data", dir)
	command.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := command.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err == nil
}

func wantSound(t *testing.T, dir string, lines ...string) {
	t.Helper()
	report, sound := doctor(t, dir)
	if !sound || strings.Contains(report, "problem  ") || !strings.Contains(report, "no problem and") {
		t.Errorf("a sound installation is said to have problems:\n%s", report)
	}
	for _, line := range lines {
		if !strings.Contains(report, line) {
			t.Errorf("the report does not say %q:\n%s", line, report)
		}
	}
}

// wantLine wants one line of the report to begin with the verdict and the check, and to have the words.
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

func TestDoctor(t *testing.T) {
	t.Parallel()
	p := serve(t)
	p.createAccount(accountB, "consumer")
	client := p.client("default")
	cluster := createCluster(t, client, "sales")
	conn := connect(t, cluster)
	exec1(t, conn, `CREATE TABLE noise AS SELECT x, md5(x::varchar) AS word FROM generate_series(1, 20000) AS g(x)`)
	createSnapshot(t, client, "sales", "monday")
	createCluster(t, client, "old")
	if _, err := client.PauseCluster(t.Context(), &redshift.PauseClusterInput{ClusterIdentifier: aws.String("old")}); err != nil {
		t.Fatal(err)
	}
	awaitCluster(t, client, "old", "paused")

	wantSound(t, p.dir, "audit is written", "runs as process", "profile consumer is of account "+accountB, "1 available, 1 paused", "1 snapshot in", "slipher snapshot verify --all")
	p.kill()
	killed, sound := doctor(t, p.dir)
	if !sound {
		t.Errorf("after a kill:\n%s", killed)
	}
	wantLine(t, killed, "warning", "slipher", "the next start does that")
	p.start()
	p.stop()
	before := allFiles(t, p.dir)
	wantSound(t, p.dir, "audit can be written", "does not run", "2 clusters", "1 snapshot in")
	if after := allFiles(t, p.dir); after != before {
		t.Errorf("doctor changed the installation:\n%s\nwas\n%s", after, before)
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyTree(t, p.dir)
			damage.do(t, dir)
			report, sound := doctor(t, dir)
			if sound != (damage.verdict != "problem") {
				t.Errorf("found sound: %t\n%s", sound, report)
			}
			wantLine(t, report, damage.verdict, damage.what, damage.words)
		})
	}
}

// damages are those that can be done with files alone.
var damages = map[string]struct {
	do                   func(t *testing.T, dir string)
	verdict, what, words string
}{
	"credentials_open":     {chmod(0o644, "credentials"), "problem", "modes", "chmod 600"},
	"audit_open":           {chmod(0o755, "audit"), "problem", "audit record", "chmod 700"},
	"audit_file_open":      {onOne(func(path string) error { return os.Chmod(path, 0o644) }, "audit", "*"), "problem", "audit record", "chmod 600"},
	"audit_no_folder":      {onOne(func(path string) error { return errors.Join(os.RemoveAll(path), os.WriteFile(path, nil, 0o600)) }, "audit"), "problem", "audit record", "no folder"},
	"audit_missing":        {remove("audit"), "problem", "audit chain", "cut off"},
	"clusters_open":        {chmod(0o755, "clusters"), "problem", "modes", "chmod 700"},
	"folder_writable":      {chmod(0o777, "."), "problem", "data folder", "chmod 700"},
	"credentials_missing":  {remove("credentials"), "problem", "credentials", "no profile default"},
	"credentials_altered":  {overwrite("credentials", "[default]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = nothing\n"), "problem", "credentials", "does not know"},
	"metadata_missing":     {remove("meta.db"), "problem", "metadata", "no such file"},
	"metadata_broken":      {overwrite("meta.db", strings.Repeat("no database ", 1000)), "problem", "metadata", "not a database"},
	"root_key_missing":     {remove("keys", "root.key"), "problem", "root key", "is missing"},
	"root_key_of_another":  {overwrite("keys/root.key", strings.Repeat("0f", 32)), "problem", "root key", "is not the one"},
	"certificate_broken":   {overwrite("tls/server.crt", "no certificate"), "problem", "certificate", "restart slipher"},
	"store_missing":        {remove("snapshots"), "problem", "snapshot store", "--snapshots URL"},
	"pack_missing":         {onOne(os.Remove, "snapshots", "*", "*", "packs", "*"), "problem", "snapshots", "snapshot monday"},
	"pack_truncated":       {onOne(func(path string) error { return os.Truncate(path, 1000) }, "snapshots", "*", "*", "packs", "*"), "problem", "snapshots", "has 1000 bytes instead of"},
	"manifest_missing":     {onOne(os.Remove, "snapshots", "*", "*", "manifests", "*"), "problem", "snapshots", "not found"},
	"cluster_data_missing": {onOne(os.RemoveAll, "clusters", "*"), "problem", "clusters", "is gone"},
	"foreign_folder":       {makeFolder("clusters", "nobody"), "warning", "clusters", "no cluster has the folder"},
	"process_gone":         {overwrite("serve.json", `{"PID": 1, "URL": "http://127.0.0.1:1", "Admin": "/nowhere/admin.sock"}`), "warning", "slipher", "the next start does that"},
}

func chmod(mode fs.FileMode, path ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.Chmod(filepath.Join(dir, filepath.Join(path...)), mode)) }
}

func remove(path ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.RemoveAll(filepath.Join(dir, filepath.Join(path...)))) }
}

func overwrite(path, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { check(t, os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600)) }
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
	var all bytes.Buffer
	check(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		_, err = all.WriteString(path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
		return err
	}))
	return all.String()
}
