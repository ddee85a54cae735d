package test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	rootKey        = "base64key://smGbjm71Nxd1Ig5FS0wj9SlbzAIrnolCz9bQQ6uAhl4="
	anotherRootKey = "base64key://AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// TestRootKey has a cluster live through restarts with its keys wrapped, and wants every start refused that does not fit what is there.
func TestRootKey(t *testing.T) {
	t.Parallel()
	p := serve(t, "--root-key", rootKey)
	createCluster(t, p.client("default"), "sales")
	createSnapshot(t, p.client("default"), "sales", "monday")
	p.stop()
	file := filepath.Join(p.dir, "keys", "root.key")
	wrapped, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(wrapped), rootKey) {
		t.Error("the KMS key lies beside what it wrapped")
	}
	for name, test := range map[string]struct{ key, content, want string }{
		"with_another_key":   {anotherRootKey, string(wrapped), "opens only unchanged and with the key that wrapped it"},
		"without_the_key":    {"", string(wrapped), "start with that --root-key"},
		"when_damaged":       {rootKey, strings.Replace(string(wrapped), `"Wrapped":"`, `"Wrapped":"AAAA`, 1), "opens only unchanged"},
		"when_cut":           {rootKey, string(wrapped[:40]), "restore the file"},
		"when_in_clear":      {rootKey, strings.Repeat("0f", 32), "start without --root-key"},
		"with_another_clear": {"", strings.Repeat("0f", 32), "not the one the store was sealed with"},
		"when_missing":       {rootKey, "", "restore the file"},
	} {
		t.Run("refuses_"+name, func(t *testing.T) {
			place(t, file, test.content)
			refusesToStart(t, p.dir, test.key, test.want)
			if now, _ := os.ReadFile(file); string(now) != test.content {
				t.Error("the root key file was changed")
			}
		})
	}
	place(t, file, string(wrapped))
	p.start()
	awaitCluster(t, p.client("default"), "sales", "available")
	createSnapshot(t, p.client("default"), "sales", "tuesday")
}

// TestRootKeyInTheConfigurationFolder says nothing of a root key: what wraps it is a file that is not in the data directory, so a copy of that opens nothing.
func TestRootKeyInTheConfigurationFolder(t *testing.T) {
	t.Parallel()
	configuration := t.TempDir()
	p := serveIn(t, []string{"XDG_CONFIG_HOME=" + configuration})
	createCluster(t, p.client("default"), "sales")
	createSnapshot(t, p.client("default"), "sales", "monday")
	p.stop()
	made, err := filepath.Glob(filepath.Join(configuration, "slipher", "*.key"))
	if err != nil || len(made) != 1 {
		t.Fatalf("got %v, %v, want one file", made, err)
	}
	if info, err := os.Stat(made[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	elsewhere := filepath.Join(t.TempDir(), "moved.key")
	if err := os.Rename(made[0], elsewhere); err != nil {
		t.Fatal(err)
	}
	refusesToStart(t, p.dir, "", made[0]+" is missing")
	other := filepath.Join(t.TempDir(), "other.key")
	place(t, other, strings.Repeat("0f", 32))
	refusesToStart(t, p.dir, "file://"+other, "opens only unchanged")
	refusesToStart(t, p.dir, "file://keys/relative.key", "whole path")
	refusesToStart(t, p.dir, "file://"+filepath.Join(p.dir, "keys", "root.key"), "outside the data directory")
	if err := os.Chmod(elsewhere, 0o644); err != nil {
		t.Fatal(err)
	}
	refusesToStart(t, p.dir, "file://"+elsewhere, "chmod 600")
	if err := os.Chmod(elsewhere, 0o600); err != nil {
		t.Fatal(err)
	}
	p.args = []string{"--root-key", "file://" + elsewhere}
	p.start()
	p.stop()
	p.args = nil // the new place is remembered
	p.start()
	awaitCluster(t, p.client("default"), "sales", "available")
	createSnapshot(t, p.client("default"), "sales", "tuesday")
}

// TestRootKeyMoves has the root key go from a KMS to another, into the clear and back, with everything that it has sealed.
func TestRootKeyMoves(t *testing.T) {
	t.Parallel()
	p := serve(t, "--root-key", rootKey)
	createCluster(t, p.client("default"), "sales")
	createSnapshot(t, p.client("default"), "sales", "monday")
	move := func(arguments ...string) (string, error) {
		out, err := exec.Command(binary, append([]string{"root-key", "move", "--data", p.dir}, arguments...)...).CombinedOutput()
		return string(out), err
	}
	if out, err := move("--root-key", rootKey, "--to", anotherRootKey); err == nil || !strings.Contains(out, "stop that slipher") {
		t.Errorf("it moved under a running slipher: %s", out)
	}
	p.stop()
	for _, wrong := range [][]string{{"--to", "clear"}, {"--root-key", anotherRootKey, "--to", "clear"}, {"--root-key", rootKey, "--to", "ftp://key"}} {
		if out, err := move(wrong...); err == nil {
			t.Errorf("%v: %s", wrong, out)
		}
	}
	for _, step := range []struct{ from, to string }{{rootKey, anotherRootKey}, {anotherRootKey, "clear"}, {"", rootKey}} {
		arguments := []string{"--to", step.to}
		if step.from != "" {
			arguments = append(arguments, "--root-key", step.from)
		}
		if out, err := move(arguments...); err != nil {
			t.Fatalf("%s to %s: %v\n%s", step.from, step.to, err, out)
		}
	}
	p.start()
	awaitCluster(t, p.client("default"), "sales", "available")
	createSnapshot(t, p.client("default"), "sales", "tuesday")
}

// TestRootKeyOfNoUse wants slipher to say what is wrong with a key before it makes anything that needs one.
func TestRootKeyOfNoUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, want string }{
		"unknown":      {"ftp://key", "no KMS is known"},
		"nameless":     {"awskms://", "names no key"},
		"no_url":       {"awskms://arn:aws:kms:us-east-1:111111111111:key/1", "awskms:///arn"},
		"short":        {"base64key://c2hvcnQ=", "5 bytes"},
		"out_of_sight": {"awskms://key?endpoint=http://127.0.0.1:1", "wrap the root key with awskms://key"},
		"vault_unset":  {"hashivault://key", "VAULT_ADDR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			refusesToStart(t, dir, test.key, test.want)
			if _, err := os.Stat(filepath.Join(dir, "keys", "root.key")); !os.IsNotExist(err) {
				t.Errorf("there is a root key: %v", err)
			}
		})
	}
}

// TestRootKeyOfAWS has the client of AWS KMS go to its own address, and nowhere near AWS_ENDPOINT_URL.
func TestRootKeyOfAWS(t *testing.T) {
	t.Parallel()
	kms := httptest.NewServer(http.HandlerFunc(answerKMS))
	t.Cleanup(kms.Close)
	p := serveIn(t, awsOfATester(t), "--root-key", "awskms://alias/slipher?region=us-east-1&endpoint="+kms.URL)
	p.stop()
	p.start()
	p.stop()
	refusesToStart(t, p.dir, "awskms://alias/other?endpoint="+kms.URL, "is wrapped by awskms://alias/slipher: start with that --root-key")
}

// answerKMS is the least that passes for AWS KMS: it wraps by turning bytes over.
func answerKMS(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Plaintext, CiphertextBlob []byte }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := map[string]any{"Plaintext": turnOver(asked.CiphertextBlob)}
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Encrypt") {
		answer = map[string]any{"CiphertextBlob": turnOver(asked.Plaintext)}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	json.NewEncoder(w).Encode(answer)
}

// TestRootKeyOfVault does the same with Vault, whose address and token come from the environment.
func TestRootKeyOfVault(t *testing.T) {
	t.Parallel()
	vault := httptest.NewServer(http.HandlerFunc(answerVault))
	t.Cleanup(vault.Close)
	p := serveIn(t, []string{"VAULT_ADDR=" + vault.URL, "VAULT_TOKEN=token"}, "--root-key", "hashivault://slipher")
	p.stop()
	p.start()
}

// answerVault is the least that passes for Vault's transit engine.
func answerVault(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Plaintext, Ciphertext string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.Header.Get("X-Vault-Token") != "token" {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	answer := map[string]string{
		"/v1/transit/encrypt/slipher": `{"ciphertext":"vault:v1:` + asked.Plaintext + `"}`,
		"/v1/transit/decrypt/slipher": `{"plaintext":"` + strings.TrimPrefix(asked.Ciphertext, "vault:v1:") + `"}`,
	}[r.URL.Path]
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]json.RawMessage{"data": json.RawMessage(answer)})
}

func turnOver(content []byte) []byte {
	for i := range content {
		content[i] = ^content[i]
	}
	return content
}

// place writes the file, or removes it when there is nothing to write.
func place(t *testing.T, file, content string) {
	t.Helper()
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if content == "" {
		return
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func refusesToStart(t *testing.T, dir, key, want string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	if key != "" {
		cmd.Args = append(cmd.Args, "--root-key", key)
	}
	cmd.Env = append(append(cmd.Environ(), awsOfATester(t)...), "VAULT_ADDR=", "VAULT_SERVER_URL=")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), want) {
		t.Errorf("got %v and\n%s\nwant %q", err, out, want)
	}
	if strings.Contains(string(out), "base64key://smG") || strings.Contains(string(out), "base64key://AAE") {
		t.Errorf("the key is shown: %s", out)
	}
}
