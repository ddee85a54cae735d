package process

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/nodeapi"
)

func tableRequest(store nodeapi.Store, source, target string) nodeapi.TableRequest {
	return nodeapi.TableRequest{
		Store: store, Manifest: "whole", Request: rand.Text(), Database: "dev",
		Source: nodeapi.TableName{Schema: "public", Table: source}, Target: nodeapi.TableName{Schema: "public", Table: target},
	}
}

func tableInto(store nodeapi.Store, schema string) nodeapi.TableRequest {
	request := tableRequest(store, "wanted", "more")
	request.Target.Schema = schema
	return request
}

// One table comes back out of a snapshot of two, with its rows, keys and limits, and the other is not even fetched.
func TestRestoreTable(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]bool{"through_a_view": true, "without_a_view": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := storeIn(t.TempDir())
			config := configIn(t.TempDir())
			if !view {
				config.ViewDir = ""
			}
			r := startWith(t, config)
			if view {
				r.needsView()
			}
			r.open()
			conn := r.connect()
			execute(t, conn,
				"CREATE TABLE wanted (id int NOT NULL, name varchar(20) DEFAULT 'nobody') DISTKEY(id) SORTKEY(id)",
				"CREATE TABLE other (id bigint, noise bigint)",
				"CREATE TABLE crossed (a int, b int) INTERLEAVED SORTKEY (a, b)",
				"INSERT INTO other SELECT i, i * 7919 * i FROM generate_series(1, 2000000) AS g(i)",
				"INSERT INTO wanted SELECT i, 'row ' || i FROM generate_series(1, 1000) AS g(i)")
			r.save(store, "whole", "")
			execute(t, conn, "DELETE FROM wanted", "INSERT INTO wanted VALUES (1, 'later')")

			request := tableRequest(store, "wanted", "again")
			events := r.transfer(nodeapi.PathTable, request)
			last := events[len(events)-1]
			if !last.Done || last.Table == nil || last.Table.Rows != 1000 {
				t.Fatalf("got %+v", last)
			}
			if repeated := r.transfer(nodeapi.PathTable, request); repeated[len(repeated)-1].Table == nil || *repeated[len(repeated)-1].Table != *last.Table {
				t.Errorf("the same request again: got %+v, want what it came to the first time", repeated)
			}
			if view && last.Table.FetchedBytes > last.Progress.TotalBytes/2 {
				t.Errorf("fetched %d of %d bytes for the small table", last.Table.FetchedBytes, last.Progress.TotalBytes)
			}
			if got := value[int64](t, conn, "SELECT sum(id)::bigint FROM again WHERE name = 'row ' || id"); got != 500500 {
				t.Errorf("the rows sum up to %d", got)
			}
			if got := value[string](t, conn, "SELECT diststyle FROM svv_table_info WHERE \"table\" = 'again'"); got != "KEY(id)" {
				t.Errorf("diststyle %q", got)
			}
			if _, err := conn.Exec(t.Context(), "INSERT INTO again VALUES (1, 'a name of more than twenty')"); err == nil || !strings.Contains(err.Error(), "22001") {
				t.Errorf("too long a name: got %v", err)
			}
			if got := value[string](t, conn, "SELECT name FROM wanted"); got != "later" {
				t.Errorf("the table itself now holds %q", got)
			}
			for _, refused := range []struct {
				request nodeapi.TableRequest
				code    string
				says    string
			}{
				{tableRequest(store, "wanted", "again"), "42P07", `relation "again" already exists`},
				{tableRequest(store, "none", "more"), "42P01", `the snapshot has no table "none" in the schema "public"`},
				{tableRequest(store, "crossed", "more"), "0A000", `the table "crossed" has an interleaved sort key and cannot be restored by itself: restore the snapshot to a new cluster`},
				{tableInto(store, "nowhere"), "3F000", `schema "nowhere" does not exist`},
				{tableInto(store, "Slipher_Catalog"), "42501", "permission denied: the catalogue is read only"},
			} {
				events := r.transfer(nodeapi.PathTable, refused.request)
				if last := events[len(events)-1]; last.Done || last.Code != refused.code || last.Error != refused.says {
					t.Errorf("got %+v, want %s %q", last, refused.code, refused.says)
				}
			}
			if got := value[int64](t, conn, "SELECT count(*) FROM again"); got != 1000 {
				t.Errorf("after a refused copy: %d rows", got)
			}
			if left, err := filepath.Glob(filepath.Join(config.TempDir, "table-*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, error %v", left, err)
			}
		})
	}
}
