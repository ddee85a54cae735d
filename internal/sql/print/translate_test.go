package print

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/parse"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/sqltest"
)

func mustParse(t testing.TB, sql string) ast.Statement {
	t.Helper()
	stmt, _, err := parse.Parse(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return stmt
}

func mustTranslate(t testing.TB, sql string) Plan {
	t.Helper()
	out, err := Translate(mustParse(t, sql), testSession)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func wantRefused(t *testing.T, err error, code string) {
	t.Helper()
	var refused *sqlstate.Error
	if !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("got %v, want an Error with code %s", err, code)
	}
}

// What the engine ignores about a table is kept for the catalogue.
func TestTableDescription(t *testing.T) {
	t.Parallel()
	out := mustTranslate(t, `create table shop.sales (
		id bigint identity(100, 10), listid int not null encode az64, region varchar default 'none', made timestamp sortkey,
		price numeric(8,2) unique, foreign key (listid) references listing (id), primary key (id)
	) distkey (listid)`)
	want := &Table{
		Name: ast.Name{"shop", "sales"}, DistStyle: "key", DistKey: "listid", SortStyle: "compound", SortKeys: []string{"made"},
		PrimaryKey: []string{"id"}, Backup: true,
		Keys: []Key{
			{Kind: "unique", Columns: []string{"price"}},
			{Kind: "foreign key", Columns: []string{"listid"}, Far: ast.Name{"listing"}, FarColumns: []string{"id"}},
			{Kind: "primary key", Columns: []string{"id"}},
		},
		Columns: []TableColumn{
			{Name: "id", Type: ast.Type{Name: "bigint"}, NotNull: true, Identity: &ast.Identity{Seed: 100, Step: 10}, Sequence: ast.Name{"shop", "sales_id_identity"}},
			{Name: "listid", Type: ast.Type{Name: "integer"}, NotNull: true, Encode: "az64", DistKey: true},
			{Name: "region", Type: ast.Type{Name: "varchar"}, Length: 256, Default: "'none'"},
			{Name: "made", Type: ast.Type{Name: "timestamp"}, SortKey: true},
			{Name: "price", Type: ast.Type{Name: "numeric", Args: []int{8, 2}}},
		},
	}
	for i := range out.Keeps.Table.Columns {
		out.Keeps.Table.Columns[i].Type.Pos = 0
	}
	if diff := cmp.Diff(want, out.Keeps.Table); diff != "" {
		t.Errorf("the description differs (-want +got):\n%s", diff)
	}
}

func TestFormalTypes(t *testing.T) {
	t.Parallel()
	for declared, want := range map[string]string{
		"varchar": "character varying(256)", "varchar(max)": "character varying(65535)", "text": "character varying(256)",
		"char": "character(1)", "nchar(3)": "character(3)", "bpchar": "character(256)", "int8": "bigint", "float": "double precision",
		"float4": "real", "decimal": "numeric(18,0)", "decimal(5)": "numeric(5,0)", "timestamp": "timestamp without time zone",
		"timestamptz": "timestamp with time zone", "time with time zone": "time with time zone", "bool": "boolean", "super": "super",
	} {
		stmt := mustParse(t, "create table t (c "+declared+")").(*ast.CreateTable)
		if got := stmt.Columns[0].Type.Formal(); got != want {
			t.Errorf("%s: got %s, want %s", declared, got, want)
		}
	}
}

func TestAlterDescription(t *testing.T) {
	t.Parallel()
	out := mustTranslate(t, "alter table dev.public.t alter compound sortkey (a, b)")
	want := &Alter{Do: ast.ChangeSortKey, Table: ast.Name{"public", "t"}, Attributes: ast.TableAttributes{SortStyle: "compound", SortKeys: []string{"a", "b"}}}
	if !reflect.DeepEqual(out.Keeps.Alter, want) || len(out.Runs) != 0 {
		t.Errorf("got %+v and %q, want %+v and nothing to run", out.Keeps.Alter, out.Runs, want)
	}
}

func TestLengthViolation(t *testing.T) {
	t.Parallel()
	for engineMessage, want := range map[string]string{
		"CHECK constraint failed on table t with expression CHECK((strlen(a) <= 10))":         "value too long for type character varying(10)",
		`CHECK constraint failed on table t with expression CHECK((strlen("odd ) <=") <= 3))`: "value too long for type character varying(3)",
		"CHECK constraint failed on table t with expression CHECK((3 >= strlen(b)))":          "value too long for type character(3)",
		"NOT NULL constraint failed: t.a":                                                     "",
	} {
		violation, ok := LengthViolation(engineMessage)
		switch {
		case ok != (want != ""):
			t.Errorf("%s: recognised is %t", engineMessage, ok)
		case ok && (violation.Message != want || violation.Code != "22001"):
			t.Errorf("%s: got %s %s, want %s", engineMessage, violation.Code, violation.Message, want)
		}
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	t.Run("sequences_are_told_apart", func(t *testing.T) {
		stmt := mustParse(t, "create table t (id int identity)")
		session := testSession
		session.Unique = "7f"
		out, err := Translate(stmt, session)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := out.Keeps.Table.Columns[0].Sequence.Last(), "t_id_identity_7f"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("a_statement_serves_many_sessions", func(t *testing.T) {
		stmt := mustParse(t, "select current_user, x.a, nvl(a, $2) from (select top 1 a from t) x")
		before := stmt.String()
		for _, user := range []string{"ada", "o'neil"} {
			out, err := Translate(stmt, Session{User: user})
			if err != nil {
				t.Fatal(err)
			}
			if want := ast.QuoteText(user); !strings.Contains(out.Runs[0], want) || out.Params != 2 {
				t.Errorf("got %+v, want %s and 2 parameters in it", out, want)
			}
		}
		if after := stmt.String(); after != before {
			t.Errorf("translating changed %s to %s", before, after)
		}
	})
}

func TestParams(t *testing.T) {
	t.Parallel()
	stmt := mustParse(t, "select $1 as a, x + $2, $3 from g where y = $4 limit $5")
	session := testSession
	session.Params = []ast.Type{{Name: "varchar"}, {Name: "integer"}, {Name: "varchar"}, {}, {}}
	out, err := Translate(stmt, session)
	if err != nil {
		t.Fatal(err)
	}
	want := `SELECT CAST($1 AS VARCHAR) AS a, x + CAST($2 AS INTEGER) AS "?column?", CAST($3 AS VARCHAR) AS "?column?" FROM g WHERE y = $4 LIMIT CAST($5 AS BIGINT)`
	if out.Runs[0] != want {
		t.Errorf("got  %s\nwant %s", out.Runs[0], want)
	}
	if want := map[int]int{0: 1, 2: 3}; !reflect.DeepEqual(out.Echoes, want) || out.Params != 5 {
		t.Errorf("columns %v are parameters, want %v, of %d", out.Echoes, want, out.Params)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	t.Run("unknown_functions_pass", func(t *testing.T) {
		out := mustTranslate(t, "insert into t select my.f(a, 'x'), g(distinct b) from s")
		if want := "INSERT INTO t SELECT my.f(a, 'x'), g(DISTINCT b) FROM s"; out.Runs[0] != want {
			t.Errorf("got %s, want %s", out.Runs[0], want)
		}
	})
	// Calls that repeat their arguments would otherwise grow without bound.
	t.Run("repetition", func(t *testing.T) {
		for _, call := range []string{"add_months(%, 1)", "decode(%, null, 1, a, 2)", "to_char(%, 'Month Day Q')", "regexp_substr(%, 'a', 2, 2)",
			"ratio_to_report(%) over ()", "listagg(distinct %) within group (order by 1)", "regexp_instr(%, 'x')", "quote_ident(%)"} {
			before, after, _ := strings.Cut(call, "%")
			sql := "select " + strings.Repeat(before, 100) + "a" + strings.Repeat(after, 100)
			_, err := Translate(mustParse(t, sql), testSession)
			wantRefused(t, err, sqlstate.TooComplex)
		}
	})
	t.Run("long_but_flat", func(t *testing.T) {
		flat := "select 1 where a in (1" + strings.Repeat(", 1", 100_000) + ") and b = 2" + strings.Repeat(" and b = 2", 100_000)
		if _, err := Translate(mustParse(t, flat), Session{}); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkTranslate(b *testing.B) {
	stmt := mustParse(b, "select s.id, count(*) from sales s where s.state = 'WA' and s.qty > $1 group by s.id order by 2 desc limit 10")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Translate(stmt, testSession); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever parses is written for the engine or refused, and never anything else.
func FuzzTranslate(f *testing.F) {
	for _, path := range sqltest.Corpus(f, "../..") {
		for _, p := range sqltest.ReadPairs(f, path) {
			f.Add(p.SQL)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		stmt, _, err := parse.Parse(sql)
		if err != nil || stmt == nil {
			return
		}
		var refusal *sqlstate.Error
		if _, err := Translate(stmt, testSession); err != nil && !errors.As(err, &refusal) {
			t.Errorf("Translate failed with %T: %v", err, err)
		}
	})
}
