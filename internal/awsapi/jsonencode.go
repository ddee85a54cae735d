package awsapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"time"
)

// EncodeJSON writes an operation's output, a pointer to a generated structure, as the JSON 1.1 protocol has it.
func EncodeJSON(output any) []byte {
	w := jsonWriter{dialect: wireJSON}
	w.structure(reflect.ValueOf(output))
	return w.Bytes()
}

// dialect is what the answers of the JSON protocol and the audit record write each in its own way.
type dialect struct {
	name   func(string) string // of a member
	moment func(time.Time) any // a time
	mask   string              // in place of every member that the model marks as sensitive; empty shows them
}

// wireJSON has times as seconds since 1970.
var wireJSON = dialect{
	name:   func(name string) string { return name },
	moment: func(moment time.Time) any { return float64(moment.UnixMilli()) / 1000 },
}

type jsonWriter struct {
	bytes.Buffer
	dialect
}

// structure leaves out what is absent.
func (w *jsonWriter) structure(v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	w.WriteByte('{')
	first := true
	for _, f := range planOf(v.Type()).fields {
		member := v.Field(f.index)
		if f.absent(member) {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		w.any(w.name(f.name))
		w.WriteByte(':')
		if f.secret && w.mask != "" {
			w.any(w.mask)
			continue
		}
		w.value(member)
	}
	w.WriteByte('}')
}

func (w *jsonWriter) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		w.value(v.Elem())
	case reflect.Slice:
		w.list(v)
	case reflect.Struct:
		if moment, ok := v.Interface().(time.Time); ok {
			w.any(w.moment(moment))
			return
		}
		w.structure(v)
	default:
		w.any(v.Interface())
	}
}

func (w *jsonWriter) list(v reflect.Value) {
	if bytes, ok := v.Interface().([]byte); ok {
		w.any(bytes)
		return
	}
	w.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			w.WriteByte(',')
		}
		w.value(v.Index(i))
	}
	w.WriteByte(']')
}

// any writes a scalar, a blob in base64 or a map of texts. A number that JSON does not know is null.
func (w *jsonWriter) any(value any) {
	encoded, err := json.Marshal(value)
	if err != nil {
		encoded = []byte("null")
	}
	w.Write(encoded)
}
