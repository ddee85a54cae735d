package pgwire

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// binaryEncoder is written out for the types that most results are made of; for the others, and for a Go value that is not the
// type's own, pgtype encodes.
func binaryEncoder(types *pgtype.Map, oid uint32) (encoder, error) {
	general, err := generalEncoder(types, oid)
	if err != nil {
		return nil, err
	}
	switch oid {
	case pgtype.BoolOID:
		return boolEncoder(general), nil
	case pgtype.Int2OID:
		return integerEncoder(general, math.MinInt16, math.MaxInt16, func(dst []byte, v int64) []byte {
			return binary.BigEndian.AppendUint16(dst, uint16(v))
		}), nil
	case pgtype.Int4OID:
		return integerEncoder(general, math.MinInt32, math.MaxInt32, appendInt4), nil
	case pgtype.OIDOID:
		return integerEncoder(general, 0, math.MaxUint32, appendInt4), nil
	case pgtype.Int8OID:
		return integerEncoder(general, math.MinInt64, math.MaxInt64, func(dst []byte, v int64) []byte {
			return binary.BigEndian.AppendUint64(dst, uint64(v))
		}), nil
	case pgtype.Float4OID, pgtype.Float8OID:
		return floatEncoder(general, oid), nil
	case pgtype.ByteaOID:
		return bytesEncoder(general), nil
	case pgtype.TimetzOID:
		return func(dst []byte, value any) ([]byte, error) {
			if text, ok := value.(string); ok {
				return appendZonedClock(dst, text)
			}
			return general(dst, value)
		}, nil
	case pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return timeEncoder(general, oid), nil
	}
	return general, nil
}

func appendInt4(dst []byte, v int64) []byte { return binary.BigEndian.AppendUint32(dst, uint32(v)) }

func boolEncoder(general encoder) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		v, ok := value.(bool)
		if !ok {
			return general(dst, value)
		}
		if v {
			return append(dst, 1), nil
		}
		return append(dst, 0), nil
	}
}

func integerEncoder(general encoder, least, most int64, put func([]byte, int64) []byte) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		v, ok := integer(value)
		if !ok {
			return general(dst, value)
		}
		if v < least || v > most {
			return nil, &Error{Code: "22003", Message: fmt.Sprintf("value %d is out of range for its column's type", v)}
		}
		return put(dst, v), nil
	}
}

func integer(value any) (int64, bool) {
	switch v := value.(type) {
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case int16:
		return int64(v), true
	case uint32:
		return int64(v), true
	}
	return 0, false
}

func floatEncoder(general encoder, oid uint32) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		var v float64
		switch value := value.(type) {
		case float64:
			v = value
		case float32:
			v = float64(value)
		default:
			return general(dst, value)
		}
		if oid == pgtype.Float4OID {
			return binary.BigEndian.AppendUint32(dst, math.Float32bits(float32(v))), nil
		}
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(v)), nil
	}
}

func bytesEncoder(general encoder) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		if v, ok := value.([]byte); ok {
			return append(dst, v...), nil
		}
		return general(dst, value)
	}
}

func timeEncoder(general encoder, oid uint32) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		switch v := value.(type) {
		case time.Time:
			return appendTimeBinary(dst, oid, v)
		case pgtype.InfinityModifier:
			return appendInfinityBinary(dst, oid, v), nil
		}
		return general(dst, value)
	}
}

// generalEncoder goes the long way: a value of pgtype's own is encoded by its codec, any other is printed and the codec reads
// that. A type that pgtype does not know is sent as its text, which is also the binary form of all textual types.
func generalEncoder(types *pgtype.Map, oid uint32) (encoder, error) {
	known, ok := types.TypeForOID(oid)
	if !ok || textual(oid) {
		return func(dst []byte, value any) ([]byte, error) { return appendText(dst, oid, value) }, nil
	}
	if !known.Codec.FormatSupported(binaryFormat) {
		return nil, &Error{Code: "42883", Message: "no binary output function available for type " + known.Name}
	}
	return func(dst []byte, value any) ([]byte, error) {
		switch value.(type) {
		case pgtype.Numeric, pgtype.Time, pgtype.Interval, [16]byte:
		default:
			text, err := appendText(nil, oid, value)
			if err != nil {
				return nil, err
			}
			read, err := known.Codec.DecodeValue(types, oid, textFormat, text)
			if err != nil {
				return nil, fmt.Errorf("read %T as %s: %w", value, known.Name, err)
			}
			value = read
		}
		return types.Encode(oid, binaryFormat, value, dst)
	}, nil
}

// textual tells the types whose binary form is their text.
func textual(oid uint32) bool {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UnknownOID, pgtype.JSONOID:
		return true
	}
	return false
}

// typeName is the type's name in PostgreSQL's messages.
func typeName(types *pgtype.Map, oid uint32) string {
	switch oid {
	case pgtype.BoolOID:
		return "boolean"
	case pgtype.Int2OID:
		return "smallint"
	case pgtype.Int4OID:
		return "integer"
	case pgtype.Int8OID:
		return "bigint"
	case pgtype.Float4OID:
		return "real"
	case pgtype.Float8OID:
		return "double precision"
	case pgtype.TimestamptzOID:
		return "timestamp with time zone"
	}
	if known, ok := types.TypeForOID(oid); ok {
		return known.Name
	}
	return strconv.FormatUint(uint64(oid), 10)
}
