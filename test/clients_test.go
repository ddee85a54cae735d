package test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
)

// Clients as people have them, each with what it does on its own: connect, parameters, types, metadata, cursors, cancel. One that is not
// installed is passed over.
func TestClients(t *testing.T) {
	t.Parallel()
	p := serve(t)
	cluster := createCluster(t, p.client("default"), "clients")
	for _, module := range []string{"psycopg2", "psycopg", "asyncpg"} {
		t.Run(module, func(t *testing.T) {
			python := interpreter(t, module)
			runClient(t, cluster, python, "testdata/clients/with_"+module+".py")
		})
	}
	t.Run("psql", func(t *testing.T) {
		if _, err := exec.LookPath("psql"); err != nil {
			t.Skip("psql is not installed")
		}
		said := runClient(t, cluster, "psql", "-X", "-f", "testdata/clients/psql.sql")
		for _, want := range []string{`"owner_pkey" PRIMARY KEY, btree (id)`, `FOREIGN KEY (owner) REFERENCES owner(id)`, "animals", "reader=r/"} {
			if !strings.Contains(said, want) {
				t.Errorf("psql does not show %q:\n%s", want, said)
			}
		}
	})
	t.Run("pg", func(t *testing.T) {
		if exec.Command("node", "-e", "require('pg')").Run() != nil {
			t.Skip("node or its module pg is not installed")
		}
		runClient(t, cluster, "node", "testdata/clients/pg.js")
	})
	t.Run("jdbc", func(t *testing.T) {
		const driver = "/usr/share/java/postgresql.jar"
		if _, err := os.Stat(driver); err != nil || exec.Command("java", "-version").Run() != nil {
			t.Skip("java or PostgreSQL's JDBC driver is not installed")
		}
		url := fmt.Sprintf("jdbc:postgresql://%s:%d/%s?user=%s&password=%s&sslmode=disable", *cluster.Endpoint.Address, *cluster.Endpoint.Port, *cluster.DBName, *cluster.MasterUsername, password)
		runClient(t, cluster, "java", "-cp", driver, "testdata/clients/Jdbc.java", url)
	})
}

// interpreter is a Python that has a module.
func interpreter(t *testing.T, module string) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	t.Skipf("Python or its module %s is not installed", module)
	return ""
}

// runClient runs a client that finds its server in the environment, and returns what it printed.
func runClient(t *testing.T, cluster types.Cluster, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Env = append(os.Environ(), "PGHOST="+*cluster.Endpoint.Address, fmt.Sprintf("PGPORT=%d", *cluster.Endpoint.Port), "PGDATABASE="+*cluster.DBName,
		"PGUSER="+*cluster.MasterUsername, "PGPASSWORD="+password, "PGSSLMODE=disable")
	said, err := command.CombinedOutput()
	if err != nil || strings.Contains(string(said), "ERROR") {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
	return string(said)
}
