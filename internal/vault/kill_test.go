package vault_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipher/internal/vault"
	"slipher/internal/vault/store"
)

// A killed process is this test binary in another role, with its files in the folder that folderVariable names.
const (
	roleVariable   = "VAULT_TEST_ROLE"
	folderVariable = "VAULT_TEST_FOLDER"
)

// killFiles are the same in the parent and in the child.
func killFiles() contents {
	chance := rand.NewChaCha8([32]byte{1})
	database := make([]byte, gridHeaders+16*blockSize)
	_, _ = chance.Read(database)
	return contents{"dev.db": database, "dev.db.wal": []byte(strings.Repeat("wal ", 10_000))}
}

func killVault(folder string) (vault.Vault, error) {
	bucket, err := store.Open(context.Background(), "file://"+filepath.ToSlash(folder)+"/bucket", time.Now)
	return newVault(bucket), err
}

// play says "begins" when the deadly part does, and goes on until it is done or killed.
func play(role string) int {
	folder := os.Getenv(folderVariable)
	v, err := killVault(folder)
	if err == nil {
		files := killFiles().files()
		fmt.Println("begins")
		switch role {
		case "save":
			_, err = v.Save(context.Background(), vault.SaveRequest{Manifest: "killed", Files: files})
		case "sweep":
			_, err = v.Sweep(context.Background(), keeping("kept"))
		case "restore":
			_, err = v.Restore(context.Background(), "kept", filepath.Join(folder, "restored"), nil)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKill ends real processes with kill -9 at random moments.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 35 // of each of the three
	if stress() {
		rounds = 700
	}
	for _, role := range []string{"save", "sweep", "restore"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			for range rounds {
				folder := t.TempDir()
				v, err := killVault(folder)
				if err != nil {
					t.Fatal(err)
				}
				kept := contents{"dev.db": killFiles()["dev.db"][:gridHeaders+8*blockSize]}
				save(t, v, "kept", "", kept)
				if role == "sweep" {
					save(t, v, "dead", "", killFiles())
				}
				kill(t, role, folder)
				checkAfterKill(t, v, filepath.Join(folder, "restored"), kept)
			}
		})
	}
}

func checkAfterKill(t *testing.T, v vault.Vault, restored string, kept contents) {
	t.Helper()
	verify(t, v, "kept")
	if _, err := v.Restore(t.Context(), "kept", restored, nil); err != nil {
		t.Fatal(err)
	}
	checkFiles(t, restored, kept)
	sweep(t, v, "kept") // of the owner of the sweep that was killed, whose pin a save would wait for
	save(t, v, "killed", "kept", killFiles())
	sweep(t, v, "killed")
	checkRestores(t, v, "killed", killFiles())
	sweep(t, v)
	if left := objects(t, v.Bucket); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// kill lets the child live for a moment after it said that it begins: at most as long as it needs for all of it.
func kill(t *testing.T, role, folder string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), roleVariable+"="+role, folderVariable+"="+folder)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil || line != "begins\n" {
		t.Errorf("the child said %q, %v", line, err)
	}
	timer := time.AfterFunc(time.Duration(rand.IntN(40_000))*time.Microsecond, func() { _ = child.Process.Kill() })
	defer timer.Stop()
	_ = child.Wait() // killed, or faster than that
}
