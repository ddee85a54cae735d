package awsapi

import (
	"reflect"
	"strings"
	"sync"
)

// plan is what the codec knows of a structure: its fields in the model's order.
type plan struct {
	fields []field
	names  []string // on the wire, for suggestions
	known  map[string]bool
}

// field is one member, as its wire tag describes it: `wire:"Filter,item=NodeConfigurationOptionsFilter,required"`.
type field struct {
	index    int
	name     string   // on the wire
	item     string   // of a list: the element around each item
	required bool     // in an input
	always   bool     // in an answer, even as an empty text
	secret   bool     // never shown but in the answer itself
	enum     []string // the values the model allows
}

// plans holds what planOf worked out; types never change, so neither does an entry.
var plans sync.Map // reflect.Type → *plan

func planOf(structure reflect.Type) *plan {
	if known, ok := plans.Load(structure); ok {
		return known.(*plan)
	}
	made := &plan{known: map[string]bool{}}
	for i := range structure.NumField() {
		tag, ok := structure.Field(i).Tag.Lookup("wire")
		if !ok {
			continue
		}
		f := parseTag(tag)
		f.index = i
		made.fields = append(made.fields, f)
		made.names = append(made.names, f.name)
		made.known[f.name] = true
	}
	stored, _ := plans.LoadOrStore(structure, made)
	return stored.(*plan)
}

func parseTag(tag string) field {
	name, options, _ := strings.Cut(tag, ",")
	f := field{name: name}
	for option := range strings.SplitSeq(options, ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "item":
			f.item = value
		case "required":
			f.required = true
		case "always":
			f.always = true
		case "sensitive":
			f.secret = true
		case "enum":
			f.enum = strings.Split(value, "|")
		}
	}
	return f
}
