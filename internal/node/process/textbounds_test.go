package process

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestTextBounds makes texts of just the longest length, and refuses those that would be longer.
func TestTextBounds(t *testing.T) {
	t.Parallel()
	conn := opened(t).connect()
	execute(t, conn, "CREATE TABLE n (i int, v varchar(65535), b varbyte)", "INSERT INTO n VALUES (16000000, 'x', from_hex('00ff')), (3, 'x', null)",
		"CREATE VIEW wide AS SELECT repeat(v, i) AS w FROM n WHERE i > 3")
	for sql, want := range map[string]int{
		"SELECT len(repeat(v, i)) FROM n WHERE i > 3":                              16000000,
		"SELECT len(repeat(v, i) || '') FROM n WHERE i > 3":                        16000000,
		"SELECT len(lpad(v, i, 'é')) FROM n WHERE i = 3":                           3,
		"SELECT len(replace(repeat('x', 65535), v, 'yy')) FROM n WHERE i = 3":      131070,
		"SELECT len(replace(w, 'y', 'a long text')) FROM wide":                     16000000,
		"SELECT len(regexp_replace(repeat(v, i), 'x', 'yz$0')) FROM n WHERE i = 3": 9,
		"SELECT len(listagg(repeat('x', 65535), ',')) FROM n WHERE i = 3":          65535,
		"SELECT len(b || b) FROM n WHERE i > 3":                                    4,
		"SELECT sum(len(upper(w))) FROM wide GROUP BY upper(w)":                    16000000,
		"SELECT len(w) FROM (SELECT DISTINCT w || '' AS w FROM wide ORDER BY 1)":   16000000,
	} {
		if got := value[int](t, conn, sql); got != want {
			t.Errorf("%s: got %d, want %d", sql, got, want)
		}
	}
	for sql, code := range map[string]string{
		"SELECT len(repeat(v, i + 1)) FROM n":                                        "54000",
		"SELECT len(repeat('x', 3000000000))":                                        "54000",
		"SELECT len(replicate(w, 1000)) FROM wide":                                   "54000",
		"SELECT len(w || v) FROM wide, n":                                            "54000",
		"SELECT len(concat(w, w)) FROM wide":                                         "54000",
		"SELECT len(w || w || w || w || w || w || w || w || w || w || w) FROM wide":  "54000",
		"SELECT len(v + w) FROM wide, n":                                             "54000",
		"SELECT len(lpad(v, i + 1)) FROM n":                                          "54000",
		"SELECT len(rpad('x', 10000000, 'éé'))":                                      "54000",
		"SELECT len(replace(w, 'x', 'yy')) FROM wide":                                "54000",
		"SELECT len(replace(repeat('x', 1000000), 'x', repeat('y', 10000)))":         "54000",
		"SELECT len(regexp_replace(w, 'x', 'yy')) FROM wide":                         "54000",
		"SELECT len(regexp_replace(repeat('x', 1000000), '.*', repeat('$0', 1000)))": "54000",
		"SELECT len(translate(w, 'x', 'é')) FROM wide":                               "54000",
		"SELECT len(listagg(repeat('x', 65535), ',')) FROM n":                        "XX000",
		"SELECT len(listagg(v, repeat('y', 65535)) OVER ()) FROM n":                  "XX000",
	} {
		var length int
		err := conn.QueryRow(t.Context(), sql).Scan(&length)
		if failure := (*pgconn.PgError)(nil); !errors.As(err, &failure) || failure.Code != code {
			t.Errorf("%s: got %d and %v, want %s", sql, length, err, code)
		}
	}
}
