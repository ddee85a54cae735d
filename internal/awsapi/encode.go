package awsapi

import (
	"bytes"
	"encoding/xml"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipher/internal/api"
)

// EncodeResult writes the answer to an operation that succeeded. An operation with an output has its result
// element even when nothing is in it: botocore insists.
func EncodeResult(service api.Service, operation api.Operation, output any, requestID string) []byte {
	var w writer
	w.openIn(operation.Name+"Response", service.Namespace)
	if operation.Result != "" {
		w.structure(operation.Result, reflect.ValueOf(output))
	}
	w.open("ResponseMetadata")
	w.leaf("RequestId", requestID)
	w.close("ResponseMetadata")
	w.close(operation.Name + "Response")
	return w.Bytes()
}

// EncodeFault writes a refusal.
func EncodeFault(namespace string, fault *api.Fault, requestID string) []byte {
	blame := "Sender"
	if fault.Receiver {
		blame = "Receiver"
	}
	var w writer
	w.openIn("ErrorResponse", namespace)
	w.open("Error")
	w.leaf("Type", blame)
	w.leaf("Code", fault.Code)
	w.leaf("Message", fault.Message)
	w.close("Error")
	w.leaf("RequestId", requestID)
	w.close("ErrorResponse")
	return w.Bytes()
}

// writer writes XML, an element a line, indented as Redshift's answers are.
type writer struct {
	bytes.Buffer
	depth int
}

const blanks = "                                        " // deeper than any answer

func (w *writer) indent() {
	w.WriteString(blanks[:min(2*w.depth, len(blanks))])
}

func (w *writer) openIn(name, namespace string) {
	if namespace == "" {
		w.open(name)
		return
	}
	w.WriteString("<" + name + ` xmlns="`)
	xml.EscapeText(w, []byte(namespace))
	w.WriteString("\">\n")
	w.depth++
}

func (w *writer) open(name string) {
	w.indent()
	w.tag("<", name, ">\n")
	w.depth++
}

func (w *writer) close(name string) {
	w.depth--
	w.indent()
	w.tag("</", name, ">\n")
}

func (w *writer) empty(name string) {
	w.indent()
	w.tag("<", name, "/>\n")
}

func (w *writer) leaf(name, text string) {
	if text == "" {
		w.empty(name)
		return
	}
	w.indent()
	w.tag("<", name, ">")
	if needsNoEscape(text) {
		w.WriteString(text)
	} else {
		xml.EscapeText(w, []byte(text)) // what XML cannot carry becomes U+FFFD
	}
	w.tag("</", name, ">\n")
}

func (w *writer) tag(open, name, end string) {
	w.WriteString(open)
	w.WriteString(name)
	w.WriteString(end)
}

// needsNoEscape says of text that XML shows it as it is, as nearly all of an answer is.
func needsNoEscape(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= 0x7f, c == '<', c == '>', c == '&', c == '"', c == '\'':
			return false
		}
	}
	return true
}

// around writes an element with the children that write adds, or an empty element when it adds none.
func (w *writer) around(name string, write func()) {
	start := w.Len()
	w.open(name)
	before := w.Len()
	write()
	if w.Len() > before {
		w.close(name)
		return
	}
	w.Truncate(start)
	w.depth--
	w.empty(name)
}

func (w *writer) structure(name string, v reflect.Value) {
	w.around(name, func() {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if !v.IsValid() {
			return
		}
		for _, f := range planOf(v.Type()).fields {
			w.member(f, v.Field(f.index))
		}
	})
}

func (w *writer) member(f field, v reflect.Value) {
	if !f.absent(v) {
		w.value(f.name, f.item, v)
	}
}

// absent says whether an answer leaves a member out: a nil pointer, list or map, a zero time, an empty text unless it is always
// there. A plain number or boolean is never absent.
func (f field) absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.IsZero() && !f.always
	case reflect.Struct:
		return v.IsZero()
	}
	return false
}

func (w *writer) value(name, item string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		w.value(name, item, v.Elem())
	case reflect.Slice:
		w.around(name, func() {
			for i := range v.Len() {
				w.value(item, "", v.Index(i))
			}
		})
	case reflect.Map:
		w.around(name, func() { w.entries(v.Interface().(map[string]string)) })
	case reflect.Struct:
		if moment, ok := v.Interface().(time.Time); ok {
			w.leaf(name, formatTimestamp(moment))
			return
		}
		w.structure(name, v)
	default:
		w.leaf(name, formatScalar(v))
	}
}

func (w *writer) entries(entries map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		w.open("entry")
		w.leaf("key", key)
		w.leaf("value", entries[key])
		w.close("entry")
	}
}

func formatScalar(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return formatDouble(v.Float())
	}
	return v.String()
}

// formatDouble always shows a decimal point, as Redshift does: 55.0, 25.5354, -1.0.
func formatDouble(number float64) string {
	switch {
	case math.IsInf(number, 1):
		return "Infinity"
	case math.IsInf(number, -1):
		return "-Infinity"
	}
	text := strconv.FormatFloat(number, 'f', -1, 64)
	if strings.Contains(text, ".") || math.IsNaN(number) {
		return text
	}
	return text + ".0"
}

// formatTimestamp shows milliseconds unless the second is whole, as Redshift does.
func formatTimestamp(moment time.Time) string {
	moment = moment.UTC().Truncate(time.Millisecond)
	if moment.Nanosecond() == 0 {
		return moment.Format("2006-01-02T15:04:05Z")
	}
	return moment.Format("2006-01-02T15:04:05.000Z")
}
