package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"slipher/internal/engine"
	"slipher/internal/fleet"
	"slipher/internal/nodeapi"
	"slipher/internal/scram"
)

// shop are tables of some 35 to 70 MB each. They are filled in turns, so that their blocks lie between each other's.
var shop = []struct{ name, create, fill string }{
	{"visits", "create table visits (id bigint, price decimal(12,2), token varchar(32), device varchar(32))",
		"insert into visits select i, (i * 7919 %% 1000003) / 100.0, md5(cast(i as varchar)), md5(cast(i * 3 as varchar)) from generate_series(%d, %d) as g(i)"},
	{"orders", "create table orders (id bigint, customer bigint, total decimal(12,2), token varchar(32))",
		"insert into orders select i, i * 7919 %% 100003, (i * 104729 %% 1000003) / 100.0, md5(cast(i * 7 as varchar)) from generate_series(%d, %d) as g(i)"},
	{"customers", "create table customers (id bigint, name varchar(32), email varchar(64), street varchar(32))",
		"insert into customers select i, substring(md5(cast(i * 5 as varchar)), 1, 12), md5(cast(i * 11 as varchar)) || '@mail.example', md5(cast(i * 13 as varchar)) from generate_series(%d, %d) as g(i)"},
}

const (
	shopTurns = 6
	shopRows  = 250_000 // of each table, in each turn
)

// table measures how much of a snapshot is fetched to restore one of its tables.
func (b *bench) table(ctx context.Context) (err error) {
	if b.program == "" {
		return nil
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	restored, file, err := b.restoreTables(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("\n| restored table | rows | its own bytes | fetched | ratio | goal | time |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, table := range shop {
		own, err := tableBytes(ctx, file, table.name)
		if err != nil {
			return fmt.Errorf("blocks of %s: %w", table.name, err)
		}
		got := restored[table.name]
		fmt.Printf("| %s | %d | %s | %s | %s | at most 1.25 | %s |\n", table.name, got.Rows, megabytes(own), megabytes(got.FetchedBytes),
			quotient(float64(got.FetchedBytes), float64(own)), millis(got.measured))
	}
	return nil
}

type restoredTable struct {
	nodeapi.TableRestored
	measured
}

// restoreTables fills a node, saves it, and restores each table into an empty one. It returns the first one's file.
func (b *bench) restoreTables(ctx context.Context) (_ map[string]restoredTable, file string, err error) {
	runDir, err := fleet.RunDir()
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(runDir)) }()
	dir := filepath.Join(b.work, "clusters")
	program, err := filepath.Abs(b.program)
	if err != nil {
		return nil, "", err
	}
	nodes, err := fleet.Open(fleet.Config{
		Binary: program, Dir: dir, RunDir: runDir, Stores: []string{filepath.Join(b.work, "snapshots")}, LogLevel: "ERROR", NodeLog: os.Stderr, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, nodes.Close(context.WithoutCancel(ctx))) }()
	store := nodeapi.Store{URL: "file://" + filepath.ToSlash(filepath.Join(b.work, "snapshots")), Scope: "bench", Key: make([]byte, 32)}
	if err := os.MkdirAll(filepath.Join(b.work, "snapshots"), 0o700); err != nil {
		return nil, "", err
	}
	if err := fillShop(ctx, nodes); err != nil {
		return nil, "", fmt.Errorf("fill the tables: %w", err)
	}
	if _, err := nodes.Save(ctx, "source", nodeapi.SaveRequest{Store: store, Manifest: "whole"}, nil); err != nil {
		return nil, "", err
	}
	if _, err := openNode(ctx, nodes, "target"); err != nil {
		return nil, "", err
	}
	restored := map[string]restoredTable{}
	for _, table := range shop {
		name := nodeapi.TableName{Schema: "public", Table: table.name}
		began := time.Now()
		got, err := nodes.RestoreTable(ctx, "target", nodeapi.TableRequest{Store: store, Manifest: "whole", Database: database, Source: name, Target: name}, nil)
		if err != nil {
			return nil, "", fmt.Errorf("restore %s: %w", table.name, err)
		}
		restored[table.name] = restoredTable{got, measured{wall: time.Since(began)}}
	}
	return restored, filepath.Join(dir, "source", "data", engine.FileName(database)), nil
}

func fillShop(ctx context.Context, nodes *fleet.Fleet) error {
	address, err := openNode(ctx, nodes, "source")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://awsuser:%s@%s/%s?sslmode=disable", password, address, database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, table := range shop {
		if _, err := conn.Exec(ctx, table.create); err != nil {
			return err
		}
	}
	for turn := range shopTurns {
		for _, table := range shop {
			if _, err := conn.Exec(ctx, fmt.Sprintf(table.fill, turn*shopRows, (turn+1)*shopRows-1)); err != nil {
				return fmt.Errorf("%s: %w", table.name, err)
			}
		}
	}
	return nil
}

// openNode starts a node with an empty database and returns where it listens.
func openNode(ctx context.Context, nodes *fleet.Fleet, cluster string) (address string, err error) {
	free, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address = free.Addr().String()
	if err := free.Close(); err != nil {
		return "", err
	}
	spec := fleet.Spec{Cluster: cluster, Address: "127.0.0.1", Port: free.Addr().(*net.TCPAddr).Port, MemoryLimit: "2GB", Threads: 2}
	if err := nodes.Start(ctx, spec); err != nil {
		return "", err
	}
	verifier, err := scram.NewVerifier(password)
	if err != nil {
		return "", err
	}
	return address, nodes.Open(ctx, cluster, nodeapi.OpenRequest{Database: database, Create: true, AdminUser: "awsuser", Verifier: verifier})
}

// tableBytes is what the blocks take that hold something of the table, also those that it shares with others.
func tableBytes(ctx context.Context, file, table string) (bytes int64, err error) {
	err = withDatabase(ctx, file, func(_ *engine.Database, s *engine.Session) error {
		statement, err := s.Prepare(ctx, fmt.Sprintf(`SELECT count(DISTINCT block) FROM (
			SELECT unnest(list_prepend(block_id, coalesce(additional_block_ids, []))) AS block FROM pragma_storage_info('public.%s')) WHERE block >= 0`, table))
		if err != nil {
			return err
		}
		rows, err := statement.Run(ctx, nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		row, err := rows.Next(ctx)
		if err != nil {
			return err
		}
		bytes = row[0].(int64) * blockSize
		return nil
	})
	return bytes, err
}
