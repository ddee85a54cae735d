package bind_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/bind"
	"slipher/internal/sql/parse"
	"slipher/internal/sql/print"
	"slipher/internal/sql/sqltest"
	"slipher/internal/sql/types"
)

var update = flag.Bool("update", false, "rewrite the right-hand sides in testdata")

// tables is a catalog that CREATE TABLE statements fill.
type tables map[string]*bind.Relation

func (t tables) Relation(name ast.Name) *bind.Relation { return t[name.Last()] }

func (t tables) create(s *ast.CreateTable) {
	relation := &bind.Relation{}
	for i, column := range s.Columns {
		relation.Columns = append(relation.Columns, bind.Column{
			Name: column.Name, Type: types.Of(column.Type), Table: s.Name, Number: int16(i + 1), Stored: true,
			Identity: column.Identity != nil && !column.Identity.ByDefault,
		})
	}
	t[s.Name.Last()] = relation
}

// The files of testdata hold statements, and what becomes of each: the columns as clients are told of them, and what
// the engine runs. CREATE TABLE fills the catalog.
func TestBind(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no testdata: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".sql"), func(t *testing.T) {
			pairs, catalog := sqltest.ReadPairs(t, path), tables{}
			for i := range pairs {
				got := outcome(t, catalog, pairs[i].SQL)
				if !*update && got != pairs[i].Want {
					t.Errorf("%s\n got: %s\nwant: %s", pairs[i].SQL, got, pairs[i].Want)
				}
				pairs[i].Want = got
			}
			if *update {
				sqltest.WritePairs(t, path, pairs)
			}
		})
	}
}

func outcome(t *testing.T, catalog tables, sql string) string {
	t.Helper()
	stmt, _, err := parse.Parse(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if table, ok := stmt.(*ast.CreateTable); ok {
		catalog.create(table)
		return "CREATE TABLE"
	}
	before := stmt.String()
	bound, err := bind.Bind(stmt, catalog)
	if after := stmt.String(); after != before {
		t.Errorf("binding changed %s to %s", before, after)
	}
	if err != nil {
		return "error: " + err.Error()
	}
	if again := bound.Statement.String(); again != before && !spreads(stmt) {
		t.Errorf("%s is written %s when it is bound", before, again)
	}
	engine, err := print.Translate(bound.Statement, print.Session{Database: "dev"})
	if err != nil {
		return "error: " + err.Error()
	}
	var columns []string
	for _, column := range bound.Columns {
		columns = append(columns, strings.TrimSpace(column.Name+" "+column.Type.String()))
	}
	return strings.Join(columns, ", ") + "\n" + strings.Join(engine.Runs, "\n")
}

// spreads reports whether columns take the place of a statement's stars.
func spreads(stmt ast.Statement) bool {
	switch stmt := stmt.(type) {
	case *ast.Insert, *ast.CreateView:
		return true
	case *ast.Explain:
		return spreads(stmt.Statement)
	}
	return false
}

// everything is a catalog in which every name is a table of a few columns.
type everything struct{}

func (everything) Relation(ast.Name) *bind.Relation {
	return &bind.Relation{Columns: []bind.Column{
		{Name: "a", Type: types.Type{Kind: types.Integer}}, {Name: "b", Type: types.Decimal(18, 4)},
		{Name: "c", Type: types.Type{Kind: types.Varchar, Length: 10}}, {Name: "d", Type: types.Type{Kind: types.Date}},
	}}
}

// Whatever parses is bound or refused, and keeps its own spelling.
func FuzzBind(f *testing.F) {
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
		if bound, err := bind.Bind(stmt, everything{}); err == nil && bound.Statement.String() != stmt.String() && !spreads(stmt) {
			t.Errorf("%s is written %s when it is bound", stmt, bound.Statement)
		}
	})
}

func BenchmarkBind(b *testing.B) {
	stmt, _, err := parse.Parse("select s.a, count(*), sum(s.b) / 3 from sales s where s.c = 'WA' and s.a > $1 group by s.a order by 2 desc limit 10")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bind.Bind(stmt, everything{}); err != nil {
			b.Fatal(err)
		}
	}
}
