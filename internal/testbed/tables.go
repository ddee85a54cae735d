package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slipher/internal/fleet"
	"slipher/internal/nodeapi"
)

// The one table that a cluster's file is.
const tableSchema, tableName = "public", "rows"

func (n *Nodes) tables(cluster string) string { return filepath.Join(n.dir, cluster, "tables") }

func (n *Nodes) table(cluster string, table nodeapi.TableName) string {
	return filepath.Join(n.tables(cluster), table.Schema+"."+table.Table)
}

// Tables are the tables, as schema.table, that were restored into the cluster, and what they hold.
func (n *Nodes) Tables(cluster string) (map[string][]byte, error) {
	entries, err := os.ReadDir(n.tables(cluster))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	held := map[string][]byte{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(n.tables(cluster), entry.Name()))
		if err != nil {
			return nil, err
		}
		held[entry.Name()] = content
	}
	return held, err
}

// MakeTable is what a client does that makes a table of its own.
func (n *Nodes) MakeTable(cluster, schema, table string, rows []byte) error {
	if err := os.MkdirAll(n.tables(cluster), 0o700); err != nil {
		return err
	}
	return os.WriteFile(n.table(cluster, nodeapi.TableName{Schema: schema, Table: table}), rows, 0o600)
}

// RestoreTable makes a file with the rows that the manifest's file has, in one step at the end.
func (n *Nodes) RestoreTable(ctx context.Context, cluster string, request nodeapi.TableRequest, progress func(nodeapi.Progress)) (restored nodeapi.TableRestored, err error) {
	err = n.transfer(ctx, "table", cluster, request.BytesPerSecond, func(ctx context.Context, held func(total int64) error) error {
		if _, open := n.Serves(cluster); !open {
			return fleet.ErrNotRunning
		}
		if made, err := os.ReadFile(n.copied(cluster, request)); err == nil {
			return json.Unmarshal(made, &restored)
		}
		rows, err := n.rowsOf(ctx, request)
		if err != nil {
			return err
		}
		if err := held(int64(len(rows))); err != nil {
			return err
		}
		restored = nodeapi.TableRestored{Rows: int64(len(rows)), FetchedBytes: int64(len(rows))}
		if err := n.addTable(cluster, request.Target, rows); err != nil {
			return err
		}
		return n.noteCopied(n.copied(cluster, request), restored)
	}, progress)
	return restored, err
}

// copied is the file that remembers a copy under its request, as a node's database does.
func (n *Nodes) copied(cluster string, request nodeapi.TableRequest) string {
	return filepath.Join(n.tables(cluster)+"-requests", request.Request)
}

func (n *Nodes) noteCopied(path string, restored nodeapi.TableRestored) error {
	body, err := json.Marshal(restored)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o600)
}

func (n *Nodes) rowsOf(ctx context.Context, request nodeapi.TableRequest) ([]byte, error) {
	v, err := n.openVault(ctx, request.Store)
	if err != nil {
		return nil, err
	}
	defer v.Bucket.Close()
	dir, err := os.MkdirTemp("", "table-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if _, err := v.Restore(ctx, request.Manifest, dir, nil); err != nil {
		return nil, refusal(err)
	}
	if request.Source != (nodeapi.TableName{Schema: tableSchema, Table: tableName}) {
		return nil, &fleet.NodeError{Code: "42P01", Message: fmt.Sprintf("the snapshot has no table %q in the schema %q", request.Source.Table, request.Source.Schema)}
	}
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		return nil, err
	}
	return content[8:], nil
}

func (n *Nodes) addTable(cluster string, table nodeapi.TableName, rows []byte) error {
	if _, open := n.Serves(cluster); !open {
		return fleet.ErrNotRunning
	}
	if _, err := os.Stat(n.table(cluster, table)); err == nil || table == (nodeapi.TableName{Schema: tableSchema, Table: tableName}) {
		return &fleet.NodeError{Code: "42P07", Message: fmt.Sprintf("relation %q already exists", table.Table)}
	}
	return n.MakeTable(cluster, table.Schema, table.Table, rows)
}
