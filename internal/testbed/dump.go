package testbed

import (
	"database/sql"
	"path/filepath"
	"strings"
)

// Dump is all that the metadata has of an account, or of everybody if it is empty: every record and every job that is still to run, one a line. Who
// holds a lease, and until when, is left out: it changes by itself.
func (b *Bed) Dump(account string) string {
	b.t.Helper()
	database, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, "meta.db")+"?mode=ro")
	if err != nil {
		b.t.Fatal(err)
	}
	defer database.Close()
	rows, err := database.Query(`
		SELECT kind || ' ' || account || ' ' || region || ' ' || id || ' ' || version || ' ' || body FROM record
		WHERE ?1 IN ('', account) AND kind NOT IN ('replica', 'lease', 'lease generation')
		UNION ALL
		SELECT 'job ' || kind || ' ' || json(args) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND instr(json(args), ?1) > 0
		ORDER BY 1`, account)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	var all strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			b.t.Fatal(err)
		}
		all.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all.String()
}
