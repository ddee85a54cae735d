package awsapi

import (
	"context"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
	"slipher/internal/api/sts"
)

// Every operation of the models: any input comes out of its form as it went in, and every field of any output
// is found again in its XML.
func TestEveryOperationRoundTrips(t *testing.T) {
	t.Parallel()
	for _, service := range []api.Service{offeringAll(redshift.Table()), offeringAll(sts.Table())} {
		for _, operation := range service.Operations {
			t.Run(operation.Name, func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(8) {
					chance := rand.New(rand.NewPCG(seed, 1))
					roundTripInput(t, chance, operation)
					roundTripOutput(t, chance, service, operation)
				}
			})
		}
	}
}

func roundTripInput(t *testing.T, chance *rand.Rand, operation api.Operation) {
	t.Helper()
	want := operation.NewInput()
	fill(chance, "", reflect.ValueOf(want).Elem())
	form := url.Values{}
	writeForm(form, "", "", reflect.ValueOf(want).Elem())
	got := operation.NewInput()
	if unknown, err := Decode(operation.Name, form, got); err != nil || unknown != nil {
		t.Fatalf("%v, passed over %v\nform: %v", err, unknown, form)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the input changed on its way (-want +got):\n%s", diff)
	}
}

func roundTripOutput(t *testing.T, chance *rand.Rand, service api.Service, operation api.Operation) {
	t.Helper()
	want, err := operation.Call(t.Context(), api.Caller{}, operation.NewInput())
	if err != nil {
		t.Fatal(err)
	}
	fill(chance, "", reflect.ValueOf(want).Elem())
	text := EncodeResult(service, operation, want, "id")

	var answer element
	if err := xml.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if answer.XMLName.Local != operation.Name+"Response" || answer.XMLName.Space != service.Namespace {
		t.Fatalf("got %v, want %sResponse of %s", answer.XMLName, operation.Name, service.Namespace)
	}
	if id := answer.child("ResponseMetadata").child("RequestId").Text; id != "id" {
		t.Fatalf("got request id %q", id)
	}
	if operation.Result == "" {
		if len(answer.Children) != 1 {
			t.Fatalf("an operation without output has a result:\n%s", text)
		}
		return
	}
	got := reflect.New(reflect.TypeOf(want).Elem())
	readXML(t, answer.child(operation.Result), "", got.Elem())
	if diff := cmp.Diff(want, got.Interface()); diff != "" {
		t.Fatalf("the output changed on its way (-want +got):\n%s\n%s", diff, text)
	}
}

// offeringAll is a service whose operations all answer a new output.
func offeringAll(table api.Service) api.Service {
	for i, row := range table.Operations {
		table.Operations[i].Call = func(context.Context, api.Caller, any) (any, error) { return row.NewOutput(), nil }
	}
	return offering(table, table.Operations...)
}

// fill sets a value to something that is not its zero; lists and maps are sometimes empty, never nil.
func fill(chance *rand.Rand, enum string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(chance, enum, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 12))
		for range chance.IntN(12) {
			item := reflect.New(v.Type().Elem()).Elem()
			fill(chance, enum, item)
			v.Set(reflect.Append(v, item))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for i := range chance.IntN(4) {
			v.SetMapIndex(reflect.ValueOf(fmt.Sprint("key ", i)), reflect.ValueOf(drawText(chance)))
		}
	case reflect.String:
		v.SetString(drawText(chance))
		if enum != "" {
			values := strings.Split(enum, "|")
			v.SetString(values[chance.IntN(len(values))])
		}
	case reflect.Bool:
		v.SetBool(chance.IntN(2) == 0)
	case reflect.Int:
		v.SetInt(int64(int32(chance.Uint32())))
	case reflect.Int64:
		v.SetInt(int64(chance.Uint64()))
	case reflect.Float64:
		v.SetFloat(float64(chance.IntN(1000000)-500000) / 64)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMilli(chance.Int64N(4e12)).UTC()))
			return
		}
		for i := range v.NumField() {
			_, enum, _ := strings.Cut(v.Type().Field(i).Tag.Get("wire"), ",enum=")
			fill(chance, enum, v.Field(i))
		}
	}
}

func drawText(chance *rand.Rand) string {
	texts := []string{"a", "arn:aws:redshift:us-east-1:111111111111:snapshot:c/s", "a&b<c>\"d'e", " spaces  kept ", "line\nbreak\ttab", "ሴ€𝒳", "a=b&c=d%20+"}
	return texts[chance.IntN(len(texts))]
}

// writeForm is the client's side of Decode, written on its own from the rules of the protocol.
func writeForm(form url.Values, path, item string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		writeForm(form, path, item, v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			form.Set(path, "")
		}
		for i := range v.Len() {
			writeForm(form, fmt.Sprintf("%s.%s.%d", path, item, i+1), "", v.Index(i))
		}
	case reflect.Map:
		if v.Len() == 0 {
			form.Set(path, "")
		}
		n := 0
		for key, value := range v.Seq2() {
			n++
			form.Set(fmt.Sprintf("%s.entry.%d.key", path, n), key.String())
			form.Set(fmt.Sprintf("%s.entry.%d.value", path, n), value.String())
		}
	case reflect.Struct:
		if moment, ok := v.Interface().(time.Time); ok {
			form.Set(path, moment.Format(time.RFC3339Nano))
			return
		}
		for i := range v.NumField() {
			name, item := wireNames(v.Type().Field(i))
			writeForm(form, strings.TrimPrefix(path+"."+name, "."), item, v.Field(i))
		}
	default:
		form.Set(path, fmt.Sprint(v.Interface()))
	}
}

func wireNames(f reflect.StructField) (name, item string) {
	parts := strings.Split(f.Tag.Get("wire"), ",")
	for _, part := range parts[1:] {
		if after, ok := strings.CutPrefix(part, "item="); ok {
			item = after
		}
	}
	return parts[0], item
}

// element is any XML.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e element) child(name string) element {
	for _, child := range e.Children {
		if child.XMLName.Local == name {
			return child
		}
	}
	return element{}
}

// readXML is the client's side of EncodeResult.
func readXML(t *testing.T, e element, item string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		readXML(t, e, item, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), len(e.Children), len(e.Children)))
		for i, child := range e.Children {
			if child.XMLName.Local != item {
				t.Fatalf("got item <%s>, want <%s>", child.XMLName.Local, item)
			}
			readXML(t, child, "", v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, entry := range e.Children {
			v.SetMapIndex(reflect.ValueOf(entry.child("key").Text), reflect.ValueOf(entry.child("value").Text))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			moment, err := time.Parse(time.RFC3339Nano, e.Text)
			if err != nil {
				t.Fatal(err)
			}
			v.Set(reflect.ValueOf(moment.UTC()))
			return
		}
		for i := range v.NumField() {
			name, item := wireNames(v.Type().Field(i))
			child := e.child(name)
			if child.XMLName.Local == "" {
				t.Fatalf("<%s> has no <%s>", e.XMLName.Local, name)
			}
			readXML(t, child, item, v.Field(i))
		}
	default:
		setText(t, e.Text, v)
	}
}

func setText(t *testing.T, text string, v reflect.Value) {
	t.Helper()
	var err error
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
	case reflect.Float64:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v.SetFloat(f)
	default:
		t.Fatalf("no scalar is a %v", v.Kind())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// No form may crash the decoder or be refused without a code; what it accepts, it writes back as XML.
func FuzzDecode(f *testing.F) {
	operations := offeringAll(redshift.Table()).Operations
	for i, query := range []string{
		"ClusterIdentifier=c&Tags.Tag.1.Key=k", "Tags=", "a.b.c.1.2.3=&..=&=", "Tags.Tag.99999999999999999999.Key=k",
		"Filter.NodeConfigurationOptionsFilter.1.Value.item.1=3", "StartTime=2026-01-02T15:04:05.1+01:00",
		"AdditionalEncryptionContext.entry.1.key=k", "x=%ff&y=%00",
	} {
		f.Add(uint(i*17), query)
	}
	f.Fuzz(func(t *testing.T, pick uint, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		operation := operations[pick%uint(len(operations))]
		input := operation.NewInput()
		if _, err := Decode(operation.Name, form, input); err != nil {
			if text := describeFault(t, err); !strings.HasPrefix(text, "400 ") {
				t.Errorf("got %s", text)
			}
			return
		}
		var w writer
		w.structure("Input", reflect.ValueOf(input))
		if err := xml.Unmarshal(w.Bytes(), new(element)); err != nil {
			t.Errorf("%v\n%s", err, w.String())
		}
	})
}
