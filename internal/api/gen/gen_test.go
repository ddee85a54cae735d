package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The committed packages are what the generator makes of the committed models.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "internal", "api")
	for _, service := range services {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			files, err := renderService(dir, service)
			if err != nil {
				t.Fatal(err)
			}
			for name, want := range files {
				got, err := os.ReadFile(filepath.Join(dir, service, name))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s/%s differs from its model; run go generate ./internal/api", service, name)
				}
			}
			committed, err := filepath.Glob(filepath.Join(dir, service, "*_gen*.go"))
			if err != nil {
				t.Fatal(err)
			}
			if len(committed) != len(files) {
				t.Errorf("there are %d generated files, want %d: %v", len(committed), len(files), committed)
			}
		})
	}
}
