package pgwire

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	textFormat   = pgtype.TextFormatCode
	binaryFormat = pgtype.BinaryFormatCode
)

// encoder appends one value, which is not nil, in a column's format. It returns nil for a value that stands for null.
type encoder func(dst []byte, value any) ([]byte, error)

func encoderFor(types *pgtype.Map, oid uint32, format int16, style TextStyle) (encoder, error) {
	switch format {
	case textFormat:
		return style.encoder(oid), nil
	case binaryFormat:
		return binaryEncoder(types, oid)
	}
	return nil, &Error{Code: "22023", Message: fmt.Sprintf("unsupported format code: %d", format)}
}

// encoder writes a type's values as text.
func (s TextStyle) encoder(oid uint32) encoder {
	plain := func(dst []byte, value any) ([]byte, error) { return appendText(dst, oid, value) }
	switch {
	case oid == pgtype.TimestamptzOID && s.Zone != nil:
		return func(dst []byte, value any) ([]byte, error) {
			if v, ok := value.(time.Time); ok {
				return appendMoment(dst, oid, v.In(s.Zone)), nil
			}
			return plain(dst, value)
		}
	case oid == pgtype.Float4OID && s.Real > 0:
		return roundedEncoder(plain, s.Real)
	case oid == pgtype.Float8OID && s.Double > 0:
		return roundedEncoder(plain, s.Double)
	}
	return plain
}

// roundedEncoder writes floating point numbers with some digits at most.
func roundedEncoder(plain encoder, digits int) encoder {
	return func(dst []byte, value any) ([]byte, error) {
		v, ok := value.(float64)
		if small, isReal := value.(float32); isReal {
			v, ok = float64(small), true
		}
		if !ok || math.IsNaN(v) || math.IsInf(v, 0) {
			return plain(dst, value)
		}
		return strconv.AppendFloat(dst, v, 'g', digits, 64), nil
	}
}

// appendText appends a value as PostgreSQL prints it. The column's type matters only where a Go type serves several.
func appendText(dst []byte, oid uint32, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return append(dst, v...), nil
	case int32:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case int16:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case bool:
		return appendBool(dst, v), nil
	case float64:
		return appendFloat64(dst, v), nil
	case float32:
		return appendFloat32(dst, v), nil
	case time.Time:
		return appendTime(dst, oid, v), nil
	case []byte:
		return appendBytes(dst, oid, v), nil
	case pgtype.Numeric:
		return appendNumeric(dst, v)
	case pgtype.Time:
		return appendClock(dst, v), nil
	case pgtype.Interval:
		return appendInterval(dst, v), nil
	case pgtype.InfinityModifier:
		return append(dst, v.String()...), nil
	case [16]byte:
		return append(dst, pgtype.UUID{Bytes: v, Valid: true}.String()...), nil
	}
	return fmt.Append(dst, value), nil
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 't')
	}
	return append(dst, 'f')
}

func appendBytes(dst []byte, oid uint32, v []byte) []byte {
	if oid != pgtype.ByteaOID {
		return append(dst, v...)
	}
	return hex.AppendEncode(append(dst, `\x`...), v)
}

// appendFloat64 appends the shortest digits that read back as v, with an exponent where PostgreSQL has one.
func appendFloat64(dst []byte, v float64) []byte {
	const fixedFrom, fixedTo = 1e-4, 1e15
	if size := math.Abs(v); size == 0 || size >= fixedFrom && size < fixedTo {
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	return appendExtreme(dst, v, 64)
}

func appendFloat32(dst []byte, v float32) []byte {
	const fixedFrom, fixedTo = 1e-4, 1e6
	if size := math.Abs(float64(v)); size == 0 || size >= fixedFrom && size < fixedTo {
		return strconv.AppendFloat(dst, float64(v), 'f', -1, 32)
	}
	return appendExtreme(dst, float64(v), 32)
}

func appendExtreme(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, v, 'e', -1, bits)
}

// appendNumeric appends all the digits that the scale has, so 1.50 stays 1.50.
func appendNumeric(dst []byte, v pgtype.Numeric) ([]byte, error) {
	switch {
	case !v.Valid:
		return nil, nil
	case v.NaN:
		return append(dst, "NaN"...), nil
	case v.InfinityModifier == pgtype.Infinity:
		return append(dst, "Infinity"...), nil
	case v.InfinityModifier == pgtype.NegativeInfinity:
		return append(dst, "-Infinity"...), nil
	case v.Exp > maxNumericZeros || v.Exp < -maxNumericZeros:
		return nil, &Error{Code: "22003", Message: "value overflows numeric format"}
	}
	if v.Int == nil {
		v.Int = new(big.Int)
	}
	var room [48]byte
	digits := v.Int.Append(room[:0], 10)
	if digits[0] == '-' {
		dst = append(dst, '-')
		digits = digits[1:]
	}
	if v.Exp >= 0 {
		dst = append(dst, digits...)
		if v.Int.Sign() != 0 {
			dst = appendZeros(dst, int(v.Exp))
		}
		return dst, nil
	}
	scale := int(-v.Exp)
	if len(digits) <= scale {
		dst = appendZeros(append(dst, "0."...), scale-len(digits))
		return append(dst, digits...), nil
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	dst = append(dst, '.')
	return append(dst, digits[len(digits)-scale:]...), nil
}

// maxNumericZeros is how far from the point PostgreSQL's numeric goes.
const maxNumericZeros = 131072

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}
