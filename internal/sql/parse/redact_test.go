package parse

import (
	"strings"
	"testing"
)

func TestRedacted(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"SELECT 'password' FROM t":                                          "SELECT 'password' FROM t",
		"CREATE USER ann PASSWORD 'Secret123' CREATEDB":                     "CREATE USER ann PASSWORD '***' CREATEDB",
		"create user ann with password'Secret123'":                          "create user ann with password'***'",
		"ALTER USER ann PASSWORD /* new */ 'md5''x' VALID UNTIL 'tomorrow'": "ALTER USER ann PASSWORD /* new */ '***' VALID UNTIL 'tomorrow'",
		"ALTER USER ann PASSWORD $x$Secret123$x$":                           "ALTER USER ann PASSWORD '***'",
		`ALTER USER ann PASSWORD E'a\'Secret123'`:                           "ALTER USER ann PASSWORD '***'",
		"ALTER USER ann PASSWORD DISABLE; SELECT 'x'":                       "ALTER USER ann PASSWORD DISABLE; SELECT 'x'",
		"COPY t FROM 's3://b' CREDENTIALS AS 'aws_access_key_id=A' CSV":     "COPY t FROM 's3://b' CREDENTIALS AS '***' CSV",
		"COPY t FROM 's3://b' ACCESS_KEY_ID 'A' SECRET_ACCESS_KEY 'B'":      "COPY t FROM 's3://b' ACCESS_KEY_ID '***' SECRET_ACCESS_KEY '***'",
		"SELECT 1; CREATE USER b PASSWORD 'Secret123'":                      "SELECT 1; CREATE USER b PASSWORD '***'",
		"SELECT * FROM users WHERE password = 'Secret123'":                  "SELECT * FROM users WHERE password = '***'",
		"CREATE USER ann PASSWORD 'Secret123":                               "***",
		"":                                                                  "",
	} {
		if got := Redacted(sql); got != want || strings.Contains(got, "Secret123") {
			t.Errorf("%s\ngot  %s\nwant %s", sql, got, want)
		}
	}
}

func FuzzRedacted(f *testing.F) {
	f.Add("CREATE USER a PASSWORD 'b'; SELECT $x$ $x$ -- c")
	f.Fuzz(func(t *testing.T, sql string) {
		again := Redacted(Redacted(sql))
		if _, _, err := lex(sql); err == nil && again != Redacted(sql) {
			t.Errorf("%q becomes %q and then %q", sql, Redacted(sql), again)
		}
	})
}
