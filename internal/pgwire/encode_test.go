package pgwire

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"
)

func TestAppendText(t *testing.T) {
	t.Parallel()
	at := func(year int, month time.Month, day, hour, minute, second, micros int) time.Time {
		return time.Date(year, month, day, hour, minute, second, micros*1000, time.UTC)
	}
	number := func(digits, exponent int64) pgtype.Numeric {
		return pgtype.Numeric{Int: big.NewInt(digits), Exp: int32(exponent), Valid: true}
	}
	const minute = 60_000_000
	for _, test := range []struct {
		oid   uint32
		value any
		want  string
	}{
		{pgtype.BoolOID, true, "t"},
		{pgtype.BoolOID, false, "f"},
		{pgtype.Int2OID, int16(-32768), "-32768"},
		{pgtype.Int4OID, int32(math.MinInt32), "-2147483648"},
		{pgtype.Int8OID, int64(math.MaxInt64), "9223372036854775807"},
		{pgtype.OIDOID, uint32(math.MaxUint32), "4294967295"},

		{pgtype.Float8OID, 0.1, "0.1"},
		{pgtype.Float8OID, math.Nextafter(0.3, 1), "0.30000000000000004"},
		{pgtype.Float8OID, 1.0, "1"},
		{pgtype.Float8OID, math.Copysign(0, -1), "-0"},
		{pgtype.Float8OID, 0.0001, "0.0001"},
		{pgtype.Float8OID, 0.00001, "1e-05"},
		{pgtype.Float8OID, 123456789012345.0, "123456789012345"},
		{pgtype.Float8OID, 1e15, "1e+15"},
		{pgtype.Float8OID, 1.5e300, "1.5e+300"},
		{pgtype.Float8OID, math.NaN(), "NaN"},
		{pgtype.Float8OID, math.Inf(1), "Infinity"},
		{pgtype.Float8OID, math.Inf(-1), "-Infinity"},
		{pgtype.Float4OID, float32(0.1), "0.1"},
		{pgtype.Float4OID, float32(123456), "123456"},
		{pgtype.Float4OID, float32(1234567), "1.234567e+06"},
		{pgtype.Float4OID, float32(math.Inf(1)), "Infinity"},

		{pgtype.NumericOID, number(150, -2), "1.50"},
		{pgtype.NumericOID, number(-5, -2), "-0.05"},
		{pgtype.NumericOID, number(0, -2), "0.00"},
		{pgtype.NumericOID, number(0, 3), "0"},
		{pgtype.NumericOID, number(12, 3), "12000"},
		{pgtype.NumericOID, number(-12345, -5), "-0.12345"},
		{pgtype.NumericOID, pgtype.Numeric{NaN: true, Valid: true}, "NaN"},
		{pgtype.NumericOID, pgtype.Numeric{InfinityModifier: pgtype.NegativeInfinity, Valid: true}, "-Infinity"},
		{pgtype.NumericOID, pgtype.Numeric{Valid: true}, "0"},

		{pgtype.TextOID, "plain \x01 text", "plain \x01 text"},
		{pgtype.VarcharOID, []byte("bytes"), "bytes"},
		{pgtype.ByteaOID, []byte{0, 0xab, 0xff}, `\x00abff`},
		{pgtype.ByteaOID, []byte{}, `\x`},

		{pgtype.DateOID, at(2026, 1, 2, 0, 0, 0, 0), "2026-01-02"},
		{pgtype.DateOID, at(-43, 3, 15, 0, 0, 0, 0), "0044-03-15 BC"},
		{pgtype.DateOID, at(12345, 1, 2, 0, 0, 0, 0), "12345-01-02"},
		{pgtype.DateOID, pgtype.Infinity, "infinity"},
		{pgtype.TimestampOID, at(2026, 1, 2, 3, 4, 5, 678_000), "2026-01-02 03:04:05.678"},
		{pgtype.TimestampOID, at(2026, 1, 2, 3, 4, 5, 0), "2026-01-02 03:04:05"},
		{pgtype.TimestampOID, at(2026, 1, 2, 3, 4, 5, 1), "2026-01-02 03:04:05.000001"},
		{pgtype.TimestampOID, time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), "2026-01-02 03:04:05"},
		{pgtype.TimestampOID, pgtype.NegativeInfinity, "-infinity"},
		{pgtype.TimestamptzOID, at(2026, 1, 2, 3, 4, 5, 600_000), "2026-01-02 03:04:05.6+00"},
		{pgtype.TimestamptzOID, time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), "2026-01-02 02:04:05+00"},
		{pgtype.TimestamptzOID, at(0, 12, 31, 23, 59, 59, 0), "0001-12-31 23:59:59+00 BC"},

		{pgtype.TimeOID, pgtype.Time{Microseconds: 83 * minute, Valid: true}, "01:23:00"},
		{pgtype.TimeOID, pgtype.Time{Microseconds: 24 * 60 * minute, Valid: true}, "24:00:00"},
		{pgtype.TimeOID, pgtype.Time{Microseconds: 1_500_000, Valid: true}, "00:00:01.5"},

		{pgtype.IntervalOID, pgtype.Interval{Valid: true}, "00:00:00"},
		{pgtype.IntervalOID, pgtype.Interval{Months: 14, Days: 3, Microseconds: 245*minute + 6_700_000, Valid: true}, "1 year 2 mons 3 days 04:05:06.7"},
		{pgtype.IntervalOID, pgtype.Interval{Months: -14, Days: 3, Microseconds: -245 * minute, Valid: true}, "-1 years -2 mons +3 days -04:05:00"},
		{pgtype.IntervalOID, pgtype.Interval{Days: -1, Microseconds: minute, Valid: true}, "-1 days +00:01:00"},
		{pgtype.IntervalOID, pgtype.Interval{Days: 1, Microseconds: -minute, Valid: true}, "1 day -00:01:00"},
		{pgtype.IntervalOID, pgtype.Interval{Months: 1, Valid: true}, "1 mon"},
		{pgtype.IntervalOID, pgtype.Interval{Microseconds: 100 * 60 * minute, Valid: true}, "100:00:00"},

		{pgtype.UUIDOID, [16]byte{0: 0x12, 15: 0xff}, "12000000-0000-0000-0000-0000000000ff"},
		{pgtype.TextOID, struct{ A, B int }{1, 2}, "{1 2}"},
	} {
		got, err := appendText([]byte(">"), test.oid, test.value)
		if err != nil || string(got) != ">"+test.want {
			t.Errorf("%v as type %d: got %q (%v), want %q", test.value, test.oid, got, err, test.want)
		}
	}
}

func TestEncodeNull(t *testing.T) {
	t.Parallel()
	types := pgtype.NewMap()
	for _, format := range []int16{textFormat, binaryFormat} {
		var out outbound
		encoders := encodersFor(t, types, format, pgtype.NumericOID, pgtype.TimeOID, pgtype.IntervalOID, pgtype.Int4OID)
		if err := out.row([]any{pgtype.Numeric{}, pgtype.Time{}, pgtype.Interval{}, nil}, encoders); err != nil {
			t.Fatal(err)
		}
		want := append([]byte{'D', 0, 0, 0, 22, 0, 4}, bytes.Repeat(null, 4)...)
		if !bytes.Equal(out.buf, want) {
			t.Errorf("format %d: got %x, want %x", format, out.buf, want)
		}
	}
}

func encodersFor(t *testing.T, types *pgtype.Map, format int16, oids ...uint32) (encoders []encoder) {
	t.Helper()
	for _, oid := range oids {
		encode, err := encoderFor(types, oid, format, TextStyle{})
		if err != nil {
			t.Fatal(err)
		}
		encoders = append(encoders, encode)
	}
	return encoders
}

// TestEncodeBinaryOfOtherValue: an executor need not hand out the very Go type of the column.
func TestEncodeBinaryOfOtherValue(t *testing.T) {
	t.Parallel()
	types := pgtype.NewMap()
	for _, test := range []struct {
		oid   uint32
		value any
		want  string // in hex, or the error
	}{
		{pgtype.Int8OID, int32(-2), "fffffffffffffffe"},
		{pgtype.Int2OID, int64(7), "0007"},
		{pgtype.Int2OID, int64(70000), "value 70000 is out of range for its column's type"},
		{pgtype.Int4OID, "7", "00000007"},
		{pgtype.Int4OID, "seven", `read string as int4: strconv.ParseInt: parsing "seven": invalid syntax`},
		{pgtype.BoolOID, "t", "01"},
		{pgtype.Float8OID, int32(1), "3ff0000000000000"},
		{pgtype.DateOID, "2000-01-02", "00000001"},
		{pgtype.UUIDOID, "12000000-0000-0000-0000-0000000000ff", "120000000000000000000000000000ff"},
		{pgtype.UUIDOID, [16]byte{1}, "01000000000000000000000000000000"},
		{pgtype.NumericOID, int64(1), "00010000000000000001"},
		{pgtype.ByteaOID, "\\x6162", "6162"},
		{pgtype.TextOID, int32(12), "3132"},
		{pgtype.JSONOID, `{"a":1}`, "7b2261223a317d"},
		{pgtype.JSONBOID, `1`, "0131"},
		{pgtype.TextArrayOID, "{a}", "000000010000000000000019000000010000000100000001" + "61"},
		{999999, "unknown types are text", fmt.Sprintf("%x", "unknown types are text")},
	} {
		encode, err := encoderFor(types, test.oid, binaryFormat, TextStyle{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := encode([]byte{}, test.value)
		answer := fmt.Sprintf("%x", got)
		if err != nil {
			answer = err.Error()
		}
		if answer != test.want {
			t.Errorf("%v as type %d: got %s, want %s", test.value, test.oid, answer, test.want)
		}
	}
}

// TestRoundTrip holds this package and pgtype against each other, for every type and format: what one writes the other reads.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, kind := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { roundTrip(t, kind.oid, kind.values.Draw(t, "value")) })
		})
	}
}

func roundTrip(t *rapid.T, oid uint32, value any) {
	types := pgtype.NewMap()
	codec, _ := types.TypeForOID(oid)
	for _, format := range []int16{textFormat, binaryFormat} {
		encode, err := encoderFor(types, oid, format, TextStyle{})
		if err != nil {
			t.Fatal(err)
		}
		ours, err := encode([]byte{}, value)
		if err != nil {
			t.Fatalf("format %d: %v", format, err)
		}
		theirs, err := types.Encode(oid, format, theirValue(oid, value), []byte{})
		if err != nil {
			t.Fatalf("format %d: pgtype does not write %v: %v", format, value, err)
		}
		read, err := codec.Codec.DecodeValue(types, oid, format, ours)
		if err != nil || !same(read, value) {
			t.Errorf("format %d: pgtype reads %v (%v) from our %q of %v", format, read, err, ours, value)
		}
		for _, written := range [][]byte{ours, theirs} {
			read, err := decode(types, oid, format, written)
			if err != nil || !same(read, value) {
				t.Errorf("format %d: we read %v (%v) from %q of %v", format, read, err, written, value)
			}
		}
	}
}

// theirValue is the type that pgtype wants for a value.
func theirValue(oid uint32, value any) any {
	if infinity, ok := value.(pgtype.InfinityModifier); ok {
		if oid == pgtype.DateOID {
			return pgtype.Date{InfinityModifier: infinity, Valid: true}
		}
		return pgtype.Timestamp{InfinityModifier: infinity, Valid: true}
	}
	if text, ok := value.(string); ok && oid == pgtype.UUIDOID {
		var uuid pgtype.UUID
		uuid.Scan(text)
		return uuid
	}
	return value
}

// same compares by what is printed, in microseconds, but numerics by their value: a scale may be lost in binary.
func same(a, b any) bool {
	if x, ok := a.(pgtype.Numeric); ok {
		y := b.(pgtype.Numeric)
		if x.NaN || y.NaN || x.InfinityModifier != 0 || y.InfinityModifier != 0 {
			return x.NaN == y.NaN && x.InfinityModifier == y.InfinityModifier
		}
		return rational(x).Cmp(rational(y)) == 0
	}
	printed := func(v any) string {
		text, err := appendText(nil, pgtype.TimestamptzOID, v)
		return fmt.Sprint(string(text), err)
	}
	return printed(a) == printed(b)
}

func rational(v pgtype.Numeric) *big.Rat {
	text, _ := appendNumeric(nil, v)
	value, _ := new(big.Rat).SetString(string(text))
	return value
}

type kind struct {
	oid    uint32
	values *rapid.Generator[any]
}

func kinds() map[string]kind {
	timestamp := rapid.Map(rapid.Int64Range(firstMicros, endMicros-1), func(micros int64) any {
		seconds := floorDiv(micros, microsSec)
		return time.Unix(epoch+seconds, (micros-seconds*microsSec)*1000).UTC()
	})
	infinity := rapid.SampledFrom([]any{pgtype.Infinity, pgtype.NegativeInfinity})
	return map[string]kind{
		"bool":        {pgtype.BoolOID, rapid.Bool().AsAny()},
		"int2":        {pgtype.Int2OID, rapid.Int16().AsAny()},
		"int4":        {pgtype.Int4OID, rapid.Int32().AsAny()},
		"int8":        {pgtype.Int8OID, rapid.Int64().AsAny()},
		"float4":      {pgtype.Float4OID, rapid.Float32().AsAny()},
		"float8":      {pgtype.Float8OID, rapid.Float64().AsAny()},
		"text":        {pgtype.TextOID, rapid.StringMatching(`[^\x00]*`).AsAny()},
		"varchar":     {pgtype.VarcharOID, rapid.StringMatching(`[^\x00]*`).AsAny()},
		"bytea":       {pgtype.ByteaOID, rapid.SliceOf(rapid.Byte()).AsAny()},
		"timestamp":   {pgtype.TimestampOID, timestamp},
		"timestamptz": {pgtype.TimestamptzOID, timestamp},
		"date": {pgtype.DateOID, rapid.Map(rapid.Int64Range(firstMicros/microsSec/day, endMicros/microsSec/day-1), func(days int64) any {
			return time.Unix(epoch+days*day, 0).UTC()
		})},
		"infinite_date":      {pgtype.DateOID, infinity},
		"infinite_timestamp": {pgtype.TimestampOID, infinity},
		"time": {pgtype.TimeOID, rapid.Map(rapid.Int64Range(0, 24*microsHour), func(v int64) any {
			return pgtype.Time{Microseconds: v, Valid: true}
		})},
		"interval": {pgtype.IntervalOID, rapid.Custom(func(t *rapid.T) any {
			return pgtype.Interval{
				Months:       rapid.Int32().Draw(t, "months"),
				Days:         rapid.Int32().Draw(t, "days"),
				Microseconds: rapid.Int64Range(-1e17, 1e17).Draw(t, "microseconds"),
				Valid:        true,
			}
		})},
		"numeric": {pgtype.NumericOID, rapid.Custom(func(t *rapid.T) any {
			digits, _ := new(big.Int).SetString(rapid.StringMatching(`-?[1-9][0-9]{0,37}|0`).Draw(t, "digits"), 10)
			return pgtype.Numeric{Int: digits, Exp: rapid.Int32Range(-40, 40).Draw(t, "exponent"), Valid: true}
		})},
		"uuid": {pgtype.UUIDOID, rapid.Custom(func(t *rapid.T) any {
			return pgtype.UUID{Bytes: [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")), Valid: true}.String()
		})},
	}
}
