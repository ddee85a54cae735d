package testbed

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"slipher/internal/api"
)

// IsFault says whether err is the fault with this wire code.
func IsFault(err error, code string) bool {
	var fault *api.Fault
	return errors.As(err, &fault) && fault.Code == code
}

// Parse fills an input shape from words like Name=value. A list's items are separated by commas, a structure's members in a list
// by colons, and what such a member lists by slashes: Tags=team:sales,stage:test, Filters=NumberOfNodes:in:2/4. A member of an item may have a word of its own, as in Parameters.1.ParameterValue=a,b.
func Parse(input any, words []string) error {
	shape := reflect.ValueOf(input).Elem()
	for _, word := range words {
		name, text, _ := strings.Cut(word, "=")
		field := member(shape, name)
		if !field.IsValid() {
			return fmt.Errorf("there is no parameter %s", name)
		}
		if err := set(field, text); err != nil {
			return fmt.Errorf("parameter %s: %w", name, err)
		}
	}
	return nil
}

// member finds what a name like Parameters.1.ParameterName stands for; the list grows to have it.
func member(shape reflect.Value, path string) reflect.Value {
	name, rest, deeper := strings.Cut(path, ".")
	var field reflect.Value
	if shape.Kind() == reflect.Struct {
		field = shape.FieldByName(name)
	}
	index, item, _ := strings.Cut(rest, ".")
	at, err := strconv.Atoi(index)
	if !deeper || !field.IsValid() || field.Kind() != reflect.Slice || err != nil {
		return field
	}
	for field.Len() < at {
		field.Set(reflect.Append(field, reflect.New(field.Type().Elem()).Elem()))
	}
	return member(field.Index(at-1), item)
}

func set(field reflect.Value, text string) error {
	if _, isTime := field.Interface().(time.Time); isTime {
		at, err := time.Parse(time.RFC3339, text)
		field.Set(reflect.ValueOf(at))
		return err
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		field.SetBool(text == "true")
	case reflect.Int:
		number, err := strconv.Atoi(text)
		field.SetInt(int64(number))
		return err
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), text)
	case reflect.Slice:
		return setList(field, text)
	case reflect.Struct:
		return setMembers(field, strings.Split(text, ":"))
	default:
		return fmt.Errorf("a %s cannot be written in a test", field.Type())
	}
	return nil
}

// setMembers fills a structure from the left; a first member may hold colons itself.
func setMembers(field reflect.Value, members []string) error {
	if extra := len(members) - field.NumField(); extra > 0 {
		members = append([]string{strings.Join(members[:extra+1], ":")}, members[extra+1:]...)
	}
	for i, member := range members {
		if field.Field(i).Kind() == reflect.Slice {
			member = strings.ReplaceAll(member, "/", ",")
		}
		if err := set(field.Field(i), member); err != nil {
			return err
		}
	}
	return nil
}

func setList(field reflect.Value, text string) error {
	field.Set(reflect.MakeSlice(field.Type(), 0, 0))
	if text == "" {
		return nil
	}
	for _, item := range strings.Split(text, ",") {
		value := reflect.New(field.Type().Elem()).Elem()
		if err := set(value, item); err != nil {
			return err
		}
		field.Set(reflect.Append(field, value))
	}
	return nil
}

// Render writes what an answer shows on the wire, one member a line: what is absent there is absent here.
func Render(answer any) []string {
	var lines []string
	render(reflect.ValueOf(answer), "", &lines)
	return lines
}

func render(value reflect.Value, path string, lines *[]string) {
	add := func(text string) { *lines = append(*lines, path+" = "+text) }
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			render(value.Elem(), path, lines)
		}
	case reflect.Slice:
		if !value.IsNil() && value.Len() == 0 {
			add("(empty)")
		}
		for i := range value.Len() {
			render(value.Index(i), fmt.Sprintf("%s[%d]", path, i), lines)
		}
	case reflect.Struct:
		if at, ok := value.Interface().(time.Time); ok {
			if !at.IsZero() {
				add(at.Format("2006-01-02T15:04:05.999Z07:00"))
			}
			return
		}
		renderStruct(value, path, lines)
	case reflect.String:
		if value.String() != "" {
			add(value.String())
		}
	case reflect.Float64:
		add(strconv.FormatFloat(value.Float(), 'g', 6, 64))
	default:
		add(fmt.Sprint(value.Interface()))
	}
}

func renderStruct(value reflect.Value, path string, lines *[]string) {
	before := len(*lines)
	for i := range value.NumField() {
		name := value.Type().Field(i).Name
		if path != "" {
			name = path + "." + name
		}
		render(value.Field(i), name, lines)
	}
	if len(*lines) == before && path != "" {
		*lines = append(*lines, path+" = (empty)")
	}
}

// RenderError writes a fault as its code, status and message.
func RenderError(err error) string {
	var fault *api.Fault
	if !errors.As(err, &fault) {
		return "not a fault: " + err.Error()
	}
	return fmt.Sprintf("%s (%d): %s", fault.Code, fault.Status, fault.Message)
}
