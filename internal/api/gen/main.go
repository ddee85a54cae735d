// Command gen writes the Go packages of the API from the compact models: for each service its shapes,
// enumerations, faults, operation descriptors and operation table. The same models always give the same files.
// Run it with `go generate ./internal/api` or `go run ./internal/api/gen`.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
)

var services = []string{"redshift", "sts", "iam", "kms", "secretsmanager"}

func main() {
	log.SetFlags(0)
	root, err := moduleRoot()
	if err != nil {
		log.Fatal(err)
	}
	for _, service := range services {
		if err := generate(filepath.Join(root, "internal", "api"), service); err != nil {
			log.Fatalf("generate %s: %v", service, err)
		}
	}
}

func generate(dir, service string) error {
	files, err := renderService(dir, service)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, service), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, service, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// renderService gives the generated files of a service by name, without writing them.
func renderService(dir, service string) (map[string][]byte, error) {
	m, err := readModel(filepath.Join(dir, "models", service+".json"))
	if err != nil {
		return nil, err
	}
	return render(service, m)
}

// moduleRoot finds go.mod from here upward, so that the command works from any directory of the module.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod in this directory or above it; run inside the module")
		}
		dir = parent
	}
}
