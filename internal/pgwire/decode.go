package pgwire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	badText   = "22P02"
	badBinary = "22P03"
)

// decode turns the bytes of one parameter into the Go value of its type.
func decode(types *pgtype.Map, oid uint32, format int16, src []byte) (any, *Error) {
	var value any
	var err error
	switch format {
	case textFormat:
		value, err = decodeText(oid, src)
	case binaryFormat:
		value, err = decodeBinary(types, oid, src)
	default:
		return nil, &Error{Code: "22023", Message: fmt.Sprintf("unsupported format code: %d", format)}
	}
	if err == nil {
		return value, nil
	}
	if known, ok := errors.AsType[*Error](err); ok {
		return nil, known
	}
	if format == binaryFormat {
		return nil, &Error{Code: badBinary, Message: "incorrect binary data format"}
	}
	return nil, textError(types, oid, string(src), err)
}

func textError(types *pgtype.Map, oid uint32, text string, err error) *Error {
	name := typeName(types, oid)
	if errors.Is(err, strconv.ErrRange) {
		return &Error{Code: "22003", Message: fmt.Sprintf("value %q is out of range for type %s", text, name)}
	}
	code := badText
	switch oid {
	case pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID, pgtype.TimeOID, pgtype.IntervalOID:
		code = "22007"
	}
	return &Error{Code: code, Message: fmt.Sprintf("invalid input syntax for type %s: %q", name, text)}
}

func decodeText(oid uint32, src []byte) (any, error) {
	text, err := validText(src)
	if err != nil {
		return nil, err
	}
	switch oid {
	case pgtype.BoolOID:
		return parseBool(text)
	case pgtype.Int2OID:
		v, err := strconv.ParseInt(strings.TrimSpace(text), 10, 16)
		return int16(v), err
	case pgtype.Int4OID:
		v, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
		return int32(v), err
	case pgtype.Int8OID:
		return strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	case pgtype.OIDOID:
		v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
		return int64(v), err
	case pgtype.Float4OID:
		v, err := parseFloat(text, 32)
		return float32(v), err
	case pgtype.Float8OID:
		return parseFloat(text, 64)
	case pgtype.NumericOID:
		return parseNumeric(text)
	case pgtype.ByteaOID:
		return parseBytea(text)
	case pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return parseTime(text, oid)
	case pgtype.TimeOID:
		return parseClock(text)
	case pgtype.IntervalOID:
		return parseInterval(text)
	case pgtype.UUIDOID:
		return parseUUID(text)
	case pgtype.JSONOID, pgtype.JSONBOID:
		return parseJSON(text)
	}
	return text, nil
}

// validText refuses what a text cannot hold.
func validText(src []byte) (string, error) {
	if !utf8.Valid(src) || bytes.IndexByte(src, 0) >= 0 {
		return "", &Error{Code: "22021", Message: `invalid byte sequence for encoding "UTF8"`}
	}
	return string(src), nil
}

// parseBool takes any beginning of a word that is not one of both.
func parseBool(text string) (any, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	switch {
	case word == "":
	case word == "1", word == "on", strings.HasPrefix("true", word), strings.HasPrefix("yes", word): //nolint:gocritic // the word is the beginning
		return true, nil
	case word == "0", len(word) > 1 && strings.HasPrefix("off", word), strings.HasPrefix("false", word), strings.HasPrefix("no", word): //nolint:gocritic // as above
		return false, nil
	}
	return nil, errSyntax
}

func parseFloat(text string, bits int) (float64, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "xX_pP") {
		return 0, errSyntax
	}
	return strconv.ParseFloat(text, bits)
}

// decimal is a number that numeric takes. A number of more digits than PostgreSQL allows is refused before it is computed.
var decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,6})?$`)

func parseNumeric(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "nan":
		return pgtype.Numeric{NaN: true, Valid: true}, nil
	case "infinity", "inf", "+infinity", "+inf":
		return pgtype.Numeric{InfinityModifier: pgtype.Infinity, Valid: true}, nil
	case "-infinity", "-inf":
		return pgtype.Numeric{InfinityModifier: pgtype.NegativeInfinity, Valid: true}, nil
	}
	if len(text) > maxNumericZeros {
		return nil, strconv.ErrRange
	}
	if !decimal.MatchString(text) {
		return nil, errSyntax
	}
	var v pgtype.Numeric
	if err := v.ScanScientific(text); err != nil {
		return nil, strconv.ErrRange
	}
	return v, nil
}

// parseBytea reads both of PostgreSQL's forms: hexadecimal behind \x, and bytes with octal escapes.
func parseBytea(text string) (any, error) {
	if digits, ok := strings.CutPrefix(text, `\x`); ok {
		return hex.DecodeString(digits)
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			out = append(out, text[i])
			continue
		}
		rest := text[i+1:]
		if strings.HasPrefix(rest, `\`) {
			out = append(out, '\\')
			i++
			continue
		}
		if len(rest) < 3 {
			return nil, errSyntax
		}
		octal, err := strconv.ParseUint(rest[:3], 8, 8)
		if err != nil {
			return nil, errSyntax
		}
		out = append(out, byte(octal))
		i += 3
	}
	return out, nil
}

func parseUUID(text string) (any, error) {
	var v pgtype.UUID
	if err := v.Scan(strings.Trim(strings.TrimSpace(text), "{}")); err != nil {
		return nil, errSyntax
	}
	return v.String(), nil
}

func parseJSON(text string) (any, error) {
	if !json.Valid([]byte(text)) {
		return nil, errSyntax
	}
	return text, nil
}

func decodeBinary(types *pgtype.Map, oid uint32, src []byte) (any, error) {
	switch oid {
	case pgtype.BoolOID:
		return sized(src, 1, func() (any, error) { return src[0] != 0, nil })
	case pgtype.Int2OID:
		return sized(src, 2, func() (any, error) { return int16(binary.BigEndian.Uint16(src)), nil })
	case pgtype.Int4OID:
		return sized(src, 4, func() (any, error) { return int32(binary.BigEndian.Uint32(src)), nil })
	case pgtype.Int8OID:
		return sized(src, 8, func() (any, error) { return int64(binary.BigEndian.Uint64(src)), nil })
	case pgtype.OIDOID:
		return sized(src, 4, func() (any, error) { return int64(binary.BigEndian.Uint32(src)), nil })
	case pgtype.Float4OID:
		return sized(src, 4, func() (any, error) { return math.Float32frombits(binary.BigEndian.Uint32(src)), nil })
	case pgtype.Float8OID:
		return sized(src, 8, func() (any, error) { return math.Float64frombits(binary.BigEndian.Uint64(src)), nil })
	case pgtype.DateOID:
		return sized(src, 4, func() (any, error) { return dateFromBinary(int32(binary.BigEndian.Uint32(src))) })
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		return sized(src, 8, func() (any, error) { return timestampFromBinary(int64(binary.BigEndian.Uint64(src))) })
	case pgtype.TimeOID:
		return sized(src, 8, func() (any, error) { return clockFromBinary(int64(binary.BigEndian.Uint64(src))) })
	case pgtype.UUIDOID:
		return sized(src, 16, func() (any, error) { return pgtype.UUID{Bytes: [16]byte(src), Valid: true}.String(), nil })
	case pgtype.ByteaOID:
		return bytes.Clone(src), nil
	case pgtype.JSONOID:
		return decodeText(oid, src)
	case pgtype.JSONBOID:
		if len(src) < 1 || src[0] != 1 { // the only version there is
			return nil, errSyntax
		}
		return decodeText(oid, src[1:])
	}
	return decodeBinaryByCodec(types, oid, src)
}

func sized(src []byte, size int, read func() (any, error)) (any, error) {
	if len(src) != size {
		return nil, errSyntax
	}
	return read()
}

func clockFromBinary(micros int64) (any, error) {
	if micros < 0 || micros > 24*microsHour {
		return nil, errOutOfRange
	}
	return pgtype.Time{Microseconds: micros, Valid: true}, nil
}

// decodeBinaryByCodec leaves it to pgtype to read numeric and interval, and the text of all types that have no Go value of ours.
func decodeBinaryByCodec(types *pgtype.Map, oid uint32, src []byte) (any, error) {
	known, ok := types.TypeForOID(oid)
	switch {
	case !ok || textual(oid):
		return validText(src)
	case !known.Codec.FormatSupported(binaryFormat):
		return nil, &Error{Code: "42883", Message: "no binary input function available for type " + known.Name}
	case oid == pgtype.NumericOID, oid == pgtype.IntervalOID:
		return known.Codec.DecodeValue(types, oid, binaryFormat, src)
	}
	value, err := known.Codec.DecodeDatabaseSQLValue(types, oid, binaryFormat, src)
	if err != nil {
		return nil, err
	}
	text, err := appendText(nil, oid, value)
	return string(text), err
}
