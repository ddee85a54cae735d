package process

import "testing"

// Amazon's drivers give the names in a SHOW statement as parameters.
func TestShowTakesParameters(t *testing.T) {
	t.Parallel()
	r := opened(t)
	conn := r.connect()
	execute(t, conn, `CREATE SCHEMA wide`, `CREATE TABLE wide.t (a INT, "b c" VARCHAR(7))`)
	var database, schema, table, column, length string
	err := conn.QueryRow(t.Context(), "SHOW COLUMNS FROM TABLE $1.$2.$3 LIKE $4", "dev", "wide", "t", "b%").
		Scan(&database, &schema, &table, &column, nil, nil, nil, nil, &length, nil, nil, nil, nil, nil, nil, nil, nil)
	if err != nil || column != "b c" || length != "7" {
		t.Errorf("got %s.%s.%s.%s of length %s, %v", database, schema, table, column, length, err)
	}
	_, err = conn.Exec(t.Context(), "SHOW TABLES FROM SCHEMA $1.$2", "dev", "narrow")
	wantCode(t, err, "3F000")
	_, err = conn.Exec(t.Context(), "SHOW SCHEMAS FROM DATABASE $1", "other")
	wantCode(t, err, "3D000")
}
