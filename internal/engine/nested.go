package engine

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/jackc/pgx/v5/pgtype"
)

// appendJSON writes a value as JSON, which is how Redshift shows SUPER and how lists, structs and maps reach a client.
func (v *vector) appendJSON(to []byte, row int) []byte {
	if v.null(row) {
		return append(to, "null"...)
	}
	switch v.logical.kind {
	case bindings.TypeList:
		span := at[listSpan](v, row)
		return v.appendList(to, int(span.offset), int(span.length))
	case bindings.TypeArray:
		return v.appendList(to, row*v.logical.length, v.logical.length)
	case bindings.TypeMap:
		return v.appendMap(to, at[listSpan](v, row))
	case bindings.TypeStruct:
		return v.appendStruct(to, row)
	case bindings.TypeUnion:
		return v.children[1+int(at[uint8](&v.children[0], row))].appendJSON(to, row)
	case bindings.TypeSQLNull:
		return append(to, "null"...)
	case bindings.TypeBit, bindings.TypeBigNum, bindings.TypeGeometry, bindings.TypeVariant:
		return appendText(to, hex.EncodeToString(v.bytes(row)))
	case bindings.TypeVarchar:
		if v.logical.json {
			return append(to, v.bytes(row)...)
		}
	}
	return appendScalar(to, v.logical, v.read(v, row))
}

type listSpan struct{ offset, length uint64 }

func (v *vector) appendList(to []byte, offset, length int) []byte {
	to = append(to, '[')
	for i := range length {
		if i > 0 {
			to = append(to, ',')
		}
		to = v.children[0].appendJSON(to, offset+i)
	}
	return append(to, ']')
}

func (v *vector) appendMap(to []byte, span listSpan) []byte {
	entry := &v.children[0]
	to = append(to, '{')
	for i := range int(span.length) {
		if i > 0 {
			to = append(to, ',')
		}
		row := int(span.offset) + i
		to = appendKey(to, entry.children[0].appendJSON(nil, row))
		to = entry.children[1].appendJSON(to, row)
	}
	return append(to, '}')
}

// appendKey writes a member's name; a key that is no JSON string becomes one.
func appendKey(to, key []byte) []byte {
	if len(key) > 0 && key[0] == '"' {
		return append(append(to, key...), ':')
	}
	return append(appendText(to, string(key)), ':')
}

func (v *vector) appendStruct(to []byte, row int) []byte {
	to = append(to, '{')
	for i := range v.children {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendText(to, v.logical.names[i]), ':')
		to = v.children[i].appendJSON(to, row)
	}
	return append(to, '}')
}

func appendScalar(to []byte, l *logical, value any) []byte {
	switch value := value.(type) {
	case bool:
		return strconv.AppendBool(to, value)
	case int16:
		return strconv.AppendInt(to, int64(value), 10)
	case int32:
		return strconv.AppendInt(to, int64(value), 10)
	case int64:
		return strconv.AppendInt(to, value, 10)
	case float32:
		return appendFloat(to, float64(value), 32)
	case float64:
		return appendFloat(to, value, 64)
	case pgtype.Numeric:
		text, _ := value.MarshalJSON()
		return append(to, text...)
	case string:
		return appendText(to, value)
	case []byte:
		return appendText(to, hex.EncodeToString(value))
	case time.Time:
		return appendText(to, value.Format(layout(l.kind)))
	case pgtype.Time:
		return appendText(to, time.UnixMicro(value.Microseconds).UTC().Format("15:04:05.999999"))
	case pgtype.Interval:
		text, _ := value.Value()
		return appendText(to, fmt.Sprint(text))
	default:
		return appendText(to, fmt.Sprint(value))
	}
}

func appendFloat(to []byte, value float64, bits int) []byte {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return appendText(to, strconv.FormatFloat(value, 'g', -1, bits))
	}
	return strconv.AppendFloat(to, value, 'g', -1, bits)
}

func appendText(to []byte, text string) []byte {
	quoted, _ := json.Marshal(text)
	return append(to, quoted...)
}

func layout(kind bindings.Type) string {
	switch kind {
	case bindings.TypeDate:
		return "2006-01-02"
	case bindings.TypeTimestampTZ:
		return "2006-01-02 15:04:05.999999Z07:00"
	default:
		return "2006-01-02 15:04:05.999999"
	}
}
