package pgwire

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

func TestTextStyle(t *testing.T) {
	t.Parallel()
	india := time.FixedZone("", 5*3600+1800)
	old := time.FixedZone("", -(4*3600 + 56*60 + 2))
	for _, c := range []struct {
		style TextStyle
		oid   uint32
		value any
		want  string
	}{
		{TextStyle{Zone: india}, pgtype.TimestamptzOID, time.Date(2021, 10, 20, 10, 12, 40, 0, time.UTC), "2021-10-20 15:42:40+05:30"},
		{TextStyle{Zone: old}, pgtype.TimestamptzOID, time.Date(1850, 1, 1, 12, 0, 0, 0, time.UTC), "1850-01-01 07:03:58-04:56:02"},
		{TextStyle{Zone: india}, pgtype.TimestampOID, time.Date(2021, 10, 20, 10, 12, 40, 0, time.UTC), "2021-10-20 10:12:40"},
		{TextStyle{Zone: india}, pgtype.TimestamptzOID, pgtype.Infinity, "infinity"},
		{TextStyle{Double: 15}, pgtype.Float8OID, 0.1 + 0.2, "0.3"},
		{TextStyle{Double: 15}, pgtype.Float8OID, 1e15, "1e+15"},
		{TextStyle{Real: 6}, pgtype.Float4OID, float32(1) / 3, "0.333333"},
		{TextStyle{Double: 15}, pgtype.Float4OID, float32(0.1), "0.1"},
		{TextStyle{}, pgtype.Float8OID, 1.0 / 3, "0.3333333333333333"},
	} {
		encode, err := encoderFor(pgtype.NewMap(), c.oid, textFormat, c.style)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := encode(nil, c.value); err != nil || string(got) != c.want {
			t.Errorf("%v: got %s, %v, want %s", c.value, got, err, c.want)
		}
	}
}

// The binary form of a time with its zone counts microseconds, and the zone in seconds west.
func TestZonedClock(t *testing.T) {
	t.Parallel()
	encode, err := encoderFor(pgtype.NewMap(), pgtype.TimetzOID, binaryFormat, TextStyle{})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"00:00:01+02":        "00000000000f4240" + "ffffe3e0",
		"00:00:00.000001-08": "0000000000000001" + "00007080",
		"00:00:00+05:30":     "0000000000000000" + "ffffb2a8",
	} {
		if got, err := encode(nil, text); err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%s: got %x, %v, want %s", text, got, err, want)
		}
	}
	if _, err := encode(nil, "noon"); err == nil {
		t.Error("a time that is none was sent")
	}
}
