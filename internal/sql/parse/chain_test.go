package parse

import (
	"errors"
	"strings"
	"testing"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

func TestLongChains(t *testing.T) {
	t.Parallel()
	for _, op := range []string{" + ", " * ", " || ", " or ", " and "} {
		if deepest := levels(outputOf(t, "select a"+strings.Repeat(op+"a", 20_000))); deepest > 20 {
			t.Errorf("20,000 operators%sare %d levels deep", op, deepest)
		}
	}
	if deepest := levels(outputOf(t, "select a"+strings.Repeat(" * b", 5000)+strings.Repeat(" + a", 5000))); deepest > 40 {
		t.Errorf("a long product in a long sum is %d levels deep", deepest)
	}
	for _, sql := range []string{
		"select a" + strings.Repeat(" - a", 2000), "select a" + strings.Repeat(" + a - b", 2000), "select a" + strings.Repeat("::int", 2000),
		"select " + strings.Repeat("(", 300) + "1" + strings.Repeat(")", 300), "select " + strings.Repeat("a + ", 150_000) + "a",
	} {
		_, _, err := Parse(sql)
		if refused, ok := errors.AsType[*sqlstate.Error](err); !ok || refused.Code != sqlstate.TooComplex {
			t.Errorf("%.40s…: got %v, want %s", sql, err, sqlstate.TooComplex)
		}
	}
}

// A long chain is computed from left to right but for its grouping: what it is made of keeps its order.
func TestChainsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	sql := "select '0'"
	for i := range 200 {
		sql += " || '" + strings.Repeat("x", i) + "'"
	}
	stmt, _, err := Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.NewReplacer("(", "", ")", "").Replace(stmt.String())
	if !strings.EqualFold(flat, sql) {
		t.Errorf("got %s", flat)
	}
}

func TestManyMembersOfAUnion(t *testing.T) {
	t.Parallel()
	if _, _, err := Parse("select 1" + strings.Repeat(" union all select 1", 10_000)); err != nil {
		t.Error(err)
	}
}

func outputOf(t *testing.T, sql string) ast.Expr {
	t.Helper()
	stmt, _, err := Parse(sql)
	if err != nil {
		t.Fatalf("%.40s…: %v", sql, err)
	}
	return stmt.(*ast.Query).Body.(*ast.Select).Items[0].Expr
}

// levels is how deep operators stand one in the other.
func levels(x ast.Expr) int {
	switch x := x.(type) {
	case *ast.Binary:
		return 1 + max(levels(x.L), levels(x.R))
	case *ast.Logic:
		deepest := 0
		for _, term := range x.Terms {
			deepest = max(deepest, levels(term))
		}
		return 1 + deepest
	}
	return 0
}
