package types

import "testing"

func TestComputed(t *testing.T) {
	t.Parallel()
	smallint, integer, bigint := Type{Kind: Smallint}, Type{Kind: Integer}, Type{Kind: Bigint}
	single, double := Type{Kind: Real}, Type{Kind: Double}
	for _, c := range []struct {
		op   string
		l, r Type
		want Type
	}{
		{"/", Decimal(8, 2), Decimal(8, 2), Decimal(17, 9)}, // the guide's example
		{"/", Decimal(8, 2), smallint, Decimal(14, 8)},
		{"/", Decimal(38, 2), integer, Decimal(38, 4)},
		{"/", bigint, Decimal(8, 1), Decimal(28, 8)},
		{"*", Decimal(8, 2), smallint, Decimal(14, 2)},
		{"*", Decimal(18, 4), Decimal(18, 4), Decimal(37, 8)},
		{"*", Decimal(30, 4), Decimal(30, 4), Decimal(38, 8)},
		{"+", Decimal(7, 2), Decimal(15, 3), Decimal(16, 3)},
		{"-", Decimal(38, 0), Decimal(38, 10), Decimal(38, 10)},
		{"%", Decimal(8, 2), integer, Decimal(12, 2)},
		{"+", smallint, integer, integer},
		{"*", integer, bigint, bigint},
		{"/", integer, single, double},
		{"+", single, single, single},
		{"+", Decimal(8, 2), double, double},
		{"+", integer, Type{Kind: Varchar}, Type{}},
	} {
		if got := Computed(c.op, c.l, c.r); got != c.want {
			t.Errorf("%s %s %s: got %s, want %s", c.l, c.op, c.r, got, c.want)
		}
	}
}

func TestCommon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want Type }{
		{Decimal(7, 2), Decimal(15, 3), Decimal(15, 3)}, // the guide's example
		{Decimal(7, 2), Type{Kind: Integer}, Decimal(12, 2)},
		{Type{Kind: Smallint}, Type{Kind: Bigint}, Type{Kind: Bigint}},
		{Type{Kind: Varchar, Length: 7}, Type{Kind: Char, Length: 9}, Type{Kind: Varchar, Length: 9}},
		{Type{Kind: Varchar, Length: 7}, Type{Kind: Varchar}, Type{Kind: Varchar}},
		{Type{Kind: Untyped}, Type{Kind: Date}, Type{Kind: Date}},
		{Type{}, Type{Kind: Date}, Type{}},
		{Type{Kind: Date}, Type{Kind: Integer}, Type{}},
	} {
		if got, reversed := Common(c.a, c.b), Common(c.b, c.a); got != c.want || reversed != c.want {
			t.Errorf("%s and %s: got %s and %s, want %s", c.a, c.b, got, reversed, c.want)
		}
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	for _, want := range []Type{Decimal(17, 9), {Kind: Varchar, Length: 20}, {Kind: Char, Length: 1}, {Kind: Varchar}, {Kind: Bigint}, {Kind: TimeTZ}} {
		if got := FromOID(want.OID(), want.Modifier()); got != want {
			t.Errorf("%s comes back as %s", want, got)
		}
		if got := Of(want.Named()); got.Kind != want.Kind || want.Length > 0 && got != want {
			t.Errorf("%s is named %+v", want, want.Named())
		}
	}
}
