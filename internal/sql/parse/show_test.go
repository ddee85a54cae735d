package parse

import "testing"

func TestShow(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"SHOW DATABASES LIKE 'a%' LIMIT 3",
		"SHOW SCHEMAS FROM DATABASE $1 LIKE $2",
		"SHOW TABLES FROM SCHEMA dev.public",
		"SHOW COLUMNS FROM TABLE $1.$2.$3 LIKE $4 LIMIT $5",
		`SHOW CONSTRAINTS PRIMARY KEYS FROM TABLE "A b".t`,
		"SHOW CONSTRAINTS FOREIGN KEYS EXPORTED FROM TABLE dev.s.t LIMIT 0",
		"SHOW GRANTS ON TABLE t FOR ROLE r",
		"SHOW GRANTS FOR u FROM DATABASE dev",
		"SHOW COLUMN GRANTS ON TABLE s.t FOR PUBLIC",
		"SHOW FUNCTIONS FROM SCHEMA s",
		"SHOW PARAMETERS OF PROCEDURE dev.s.p(integer, varchar(3), $1) LIKE 'x%'",
		"SHOW TABLE s.t",
		"SHOW VIEW v",
		"SHOW search_path",
	} {
		if got := mustParse(t, sql).String(); got != sql {
			t.Errorf("%s comes back as %s", sql, got)
		}
	}
	if got, want := mustParse(t, "show grants on t").String(), "SHOW GRANTS ON TABLE t"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
