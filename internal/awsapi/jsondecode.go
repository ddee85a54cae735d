package awsapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"slipher/internal/api"
)

// DecodeJSON fills an operation's input, a pointer to a generated structure, from the body of a JSON 1.1 request. An empty body is
// an empty object, and null is as if the member were not there. It answers which members it passed over since the model does not know
// them. What it refuses, it refuses with a Fault that names the member.
func DecodeJSON(operation string, body []byte, input any) (unknown []string, err error) {
	members := map[string]any{}
	if len(bytes.TrimSpace(body)) > 0 {
		reader := json.NewDecoder(bytes.NewReader(body))
		reader.UseNumber()
		if err := reader.Decode(&members); err != nil {
			return nil, malformed("the body is not a JSON object")
		}
		if _, err := reader.Token(); err != io.EOF {
			return nil, malformed("the body has more than one JSON object")
		}
	}
	d := jsonDecoder{operation: operation}
	err = d.structure("", members, reflect.ValueOf(input).Elem())
	return d.unknown, err
}

// jsonDecoder carries the operation's name for refusals.
type jsonDecoder struct {
	operation string
	unknowns
}

func (d *jsonDecoder) structure(path string, members map[string]any, into reflect.Value) error {
	p := planOf(into.Type())
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !p.known[name] {
			d.pass(path, name, p.names)
		}
	}
	for _, f := range p.fields {
		given := members[f.name]
		if given == nil && f.required {
			return api.MissingParameter("%s requires the parameter %s", d.operation, join(path, f.name))
		}
		if given == nil {
			continue
		}
		if err := d.value(join(path, f.name), given, f, into.Field(f.index)); err != nil {
			return err
		}
	}
	return nil
}

func (d *jsonDecoder) value(path string, given any, f field, into reflect.Value) error {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.value(path, given, f, into.Elem())
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.Uint8 {
			return readBlob(path, given, into)
		}
		return d.list(path, given, f, into)
	case reflect.Map:
		return d.dictionary(path, given, into)
	case reflect.Struct:
		if into.Type() == reflect.TypeFor[time.Time]() {
			return readEpoch(path, given, into)
		}
		members, ok := given.(map[string]any)
		if !ok {
			return mustBe(path, "an object")
		}
		return d.structure(path, members, into)
	}
	return readJSONScalar(path, given, f.enum, into)
}

func (d *jsonDecoder) list(path string, given any, f field, into reflect.Value) error {
	items, ok := given.([]any)
	if !ok {
		return mustBe(path, "a list")
	}
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if item == nil {
			return mustBe(at, "a value, and not null")
		}
		if err := d.value(at, item, field{enum: f.enum}, into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (d *jsonDecoder) dictionary(path string, given any, into reflect.Value) error {
	entries, ok := given.(map[string]any)
	if !ok {
		return mustBe(path, "an object")
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(entries)))
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		text, ok := entries[key].(string)
		if !ok {
			return mustBe(join(path, clip(key)), "a string")
		}
		into.SetMapIndex(reflect.ValueOf(key), reflect.ValueOf(text))
	}
	return nil
}

func mustBe(path, what string) error { return api.InvalidParameterValue("%s must be %s", path, what) }

func readBlob(path string, given any, into reflect.Value) error {
	text, ok := given.(string)
	bytes, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil {
		return mustBe(path, "a string in base64")
	}
	into.SetBytes(bytes)
	return nil
}

// readEpoch reads seconds since 1970.
func readEpoch(path string, given any, into reflect.Value) error {
	const most = 1 << 40
	number, ok := given.(json.Number)
	seconds, err := strconv.ParseFloat(string(number), 64)
	if !ok || err != nil || math.Abs(seconds) > most {
		return mustBe(path, "a time in seconds since 1970")
	}
	into.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()))
	return nil
}

// readJSONScalar takes each kind as JSON has it, and no number within quotes.
func readJSONScalar(path string, given any, enum []string, into reflect.Value) error {
	switch given := given.(type) {
	case string:
		if into.Kind() == reflect.String {
			return readString(path, given, enum, into)
		}
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(given)
			return nil
		}
	case json.Number:
		if into.CanInt() || into.CanFloat() {
			return scalar(path, given.String(), nil, into)
		}
	}
	switch into.Kind() {
	case reflect.String:
		return mustBe(path, "a string")
	case reflect.Bool:
		return mustBe(path, "true or false")
	}
	return mustBe(path, "a number")
}
