package test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshift/types"
	"github.com/jackc/pgx/v5"
)

// enter connects as a database user, by TLS.
func enter(t *testing.T, cluster types.Cluster, user, password string) (*pgx.Conn, error) {
	t.Helper()
	config, err := pgx.ParseConfig(strings.Replace(dsn(cluster, "x"), "sslmode=prefer", "sslmode=require", 1))
	if err != nil {
		t.Fatal(err)
	}
	config.User, config.Password = user, password
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err == nil {
		t.Cleanup(func() { conn.Close(context.Background()) })
	}
	return conn, err
}

// Passwords from the API let in; users, groups and privileges outlive a kill, and come back with a restore, also in another account.
func TestDatabaseUsers(t *testing.T) {
	t.Parallel()
	p := serve(t)
	client := p.client("default")
	cluster := createCluster(t, client, "sales")
	admin := connect(t, cluster)
	exec1(t, admin, "create user bob password 'Secret1234'")
	exec1(t, admin, "create group readers")
	exec1(t, admin, "create table notes (n int)")
	exec1(t, admin, "insert into notes values (42)")
	exec1(t, admin, "grant select on notes to group readers")
	given, err := client.GetClusterCredentials(t.Context(), &redshift.GetClusterCredentialsInput{
		ClusterIdentifier: cluster.ClusterIdentifier, DbUser: aws.String("carol"), AutoCreate: aws.Bool(true), DbGroups: []string{"readers"}, DbName: cluster.DBName})
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.GetClusterCredentials(t.Context(), &redshift.GetClusterCredentialsInput{
		ClusterIdentifier: cluster.ClusterIdentifier, DbUser: aws.String("carol"), AutoCreate: aws.Bool(true), DbGroups: []string{"readers"}})
	if err != nil || *again.DbPassword == *given.DbPassword || len(*given.DbPassword) < 64 {
		t.Fatalf("got %d characters, %v; want another password each time", len(*given.DbPassword), err)
	}
	reads := func(t *testing.T, cluster types.Cluster, user, password string) {
		t.Helper()
		conn, err := enter(t, cluster, user, password)
		if err != nil {
			t.Fatal(err)
		}
		if got := query1[int32](t, conn, "select n from notes"); got != 42 {
			t.Errorf("got %d", got)
		}
		_, err = conn.Exec(t.Context(), "delete from notes")
		wantState(t, err, "42501")
	}
	t.Run("credentials", func(t *testing.T) {
		reads(t, cluster, *given.DbUser, *given.DbPassword)
		reads(t, cluster, *again.DbUser, *again.DbPassword)
		bob, err := enter(t, cluster, "bob", "Secret1234")
		if err != nil {
			t.Fatal(err)
		}
		_, err = bob.Exec(t.Context(), "select * from notes")
		wantState(t, err, "42501")
	})
	t.Run("with_iam", func(t *testing.T) {
		mine, err := client.GetClusterCredentialsWithIAM(t.Context(), &redshift.GetClusterCredentialsWithIAMInput{ClusterIdentifier: cluster.ClusterIdentifier})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := enter(t, cluster, *mine.DbUser, *mine.DbPassword)
		if err != nil {
			t.Fatal(err)
		}
		if got := query1[string](t, conn, "select current_user"); got != "IAM:RootIdentity" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("psql", func(t *testing.T) {
		psql, err := exec.LookPath("psql")
		if err != nil {
			t.Skip("psql is not installed")
		}
		command := exec.CommandContext(t.Context(), psql, "-XAtc", "select current_user, n from notes", fmt.Sprintf("host=%s port=%d dbname=%s user=%s sslmode=verify-full sslrootcert=%s",
			*cluster.Endpoint.Address, *cluster.Endpoint.Port, *cluster.DBName, *given.DbUser, filepath.Join(p.dir, "tls", "ca.crt")))
		command.Env = append(os.Environ(), "PGPASSWORD="+*given.DbPassword)
		if said, err := command.CombinedOutput(); err != nil || strings.TrimSpace(string(said)) != "carol|42" {
			t.Errorf("psql printed %s, %v", said, err)
		}
	})
	t.Run("restored_by_another_account", func(t *testing.T) {
		p.createAccount(accountB, "consumer")
		createSnapshot(t, client, "sales", "with-users")
		if _, err := client.AuthorizeSnapshotAccess(t.Context(), &redshift.AuthorizeSnapshotAccessInput{
			SnapshotIdentifier: aws.String("with-users"), AccountWithRestoreAccess: aws.String(accountB)}); err != nil {
			t.Fatal(err)
		}
		consumer := p.client("consumer")
		if _, err := consumer.RestoreFromClusterSnapshot(t.Context(), &redshift.RestoreFromClusterSnapshotInput{
			ClusterIdentifier: aws.String("copy"), SnapshotIdentifier: aws.String("with-users"), OwnerAccount: aws.String(accountA)}); err != nil {
			t.Fatal(err)
		}
		copied := awaitCluster(t, consumer, "copy", "available")
		theirs, err := consumer.GetClusterCredentials(t.Context(), &redshift.GetClusterCredentialsInput{
			ClusterIdentifier: copied.ClusterIdentifier, DbUser: aws.String("bob"), DbGroups: []string{"readers"}})
		if err != nil {
			t.Fatal(err)
		}
		reads(t, copied, *theirs.DbUser, *theirs.DbPassword)
		if _, err := enter(t, copied, "bob", "Secret1234"); err != nil {
			t.Error(err)
		}
		_, err = enter(t, copied, *given.DbUser, *given.DbPassword)
		wantState(t, err, "28P01")
	})
	t.Run("after_a_kill", func(t *testing.T) {
		p.kill()
		p.start()
		cluster := awaitCluster(t, p.client("default"), "sales", "available")
		reads(t, cluster, *given.DbUser, *given.DbPassword)
		if _, err := enter(t, cluster, "bob", "Secret1234"); err != nil {
			t.Error(err)
		}
	})
}
