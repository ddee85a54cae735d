package awsapi

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipher/internal/api"
)

// Decode fills an operation's input, a pointer to a generated structure, from an AWS Query form, and answers which parameters it passed
// over since the model does not know them: a newer client may send newer ones. What it refuses, it refuses with a Fault that names
// the parameter as the caller wrote it.
func Decode(operation string, form url.Values, input any) (unknown []string, err error) {
	root, err := growTree(form)
	if err != nil {
		return nil, err
	}
	into := reflect.ValueOf(input).Elem()
	for name, child := range root.children {
		if isEnvelope(name) && child.children == nil && !planOf(into.Type()).known[name] {
			delete(root.children, name)
		}
	}
	d := decoder{operation: operation}
	err = d.structure("", root, into)
	return d.unknown, err
}

// isEnvelope tells the parameters that AWS's own documents send beside an operation's: its name and what
// signing has needed over the years.
func isEnvelope(name string) bool {
	switch name {
	case "Action", "Version", "SignatureMethod", "SignatureVersion", "Timestamp", "Expires":
		return true
	}
	return strings.HasPrefix(name, "X-Amz-")
}

// decoder carries the operation's name for refusals.
type decoder struct {
	operation string
	unknowns
}

func (d *decoder) structure(path string, n *node, into reflect.Value) error {
	p := planOf(into.Type())
	if n.value != "" {
		return api.InvalidParameterValue("%s is a structure: give its members as %s.<member> (%s)", path, path, strings.Join(p.names, ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		if !p.known[name] {
			d.pass(path, name, p.names)
		}
	}
	for _, f := range p.fields {
		child, given := n.children[f.name]
		if !given && f.required {
			return api.MissingParameter("%s requires the parameter %s", d.operation, join(path, f.name))
		}
		if !given {
			continue
		}
		if err := d.value(join(path, f.name), child, f, into.Field(f.index)); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) value(path string, n *node, f field, into reflect.Value) error {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return d.value(path, n, f, into.Elem())
	case reflect.Slice:
		return d.list(path, n, f, into)
	case reflect.Map:
		return d.dictionary(path, n, into)
	case reflect.Struct:
		if into.Type() != reflect.TypeFor[time.Time]() {
			return d.structure(path, n, into)
		}
	}
	for name := range n.children {
		return api.NewFault("InvalidQueryParameter", 400, "%s has no parameter %q", d.operation, clip(join(path, name)))
	}
	return scalar(path, n.value, f.enum, into)
}

// list reads Param.<Item>.N; Param= alone is the empty list. The items keep the order of their numbers,
// which may have gaps.
func (d *decoder) list(path string, n *node, f field, into reflect.Value) error {
	if n.value != "" || (n.given && n.children != nil) {
		return api.InvalidParameterValue("%s is a list: give its items as %s.%s.1, or %s= for an empty list", path, path, f.item, path)
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		// Some of AWS's own samples write member where the model names the item.
		if name != f.item && name != "member" {
			return d.unknownItem(path, name, f.item)
		}
	}
	items := n.children[f.item]
	if items == nil {
		items = n.children["member"]
	} else if n.children["member"] != nil && f.item != "member" {
		return api.NewFault("InvalidQueryParameter", 400, "%s has items both as %s and as member; use one", path, f.item)
	}
	numbered, err := d.numbered(path, f.item, items)
	if err != nil {
		return err
	}
	into.Set(reflect.MakeSlice(into.Type(), len(numbered), len(numbered)))
	for i, item := range numbered {
		if err := d.value(item.path, item.node, field{enum: f.enum}, into.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

// dictionary reads Param.entry.N.key and Param.entry.N.value.
func (d *decoder) dictionary(path string, n *node, into reflect.Value) error {
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		if name != "entry" {
			return d.unknownItem(path, name, "entry")
		}
	}
	if n.value != "" {
		return api.InvalidParameterValue("%s is a map: give its entries as %s.entry.1.key and %s.entry.1.value", path, path, path)
	}
	numbered, err := d.numbered(path, "entry", n.children["entry"])
	if err != nil {
		return err
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(numbered)))
	for _, item := range numbered {
		var entry struct {
			Key   string `wire:"key,required"`
			Value string `wire:"value,required"`
		}
		if err := d.structure(item.path, item.node, reflect.ValueOf(&entry).Elem()); err != nil {
			return err
		}
		into.SetMapIndex(reflect.ValueOf(entry.Key), reflect.ValueOf(entry.Value))
	}
	return nil
}

type numberedNode struct {
	number int
	path   string
	node   *node
}

func (d *decoder) numbered(path, item string, n *node) ([]numberedNode, error) {
	if n == nil {
		return nil, nil
	}
	path = join(path, item)
	if n.given {
		return nil, api.InvalidParameterValue("%s needs a number: %s.1", path, path)
	}
	var items []numberedNode
	for name, child := range n.children {
		number, err := strconv.Atoi(name)
		if err != nil || number < 1 || strconv.Itoa(number) != name {
			return nil, api.NewFault("InvalidQueryParameter", 400, "%s.%s is not an item: items are numbered from 1", path, clip(name))
		}
		items = append(items, numberedNode{number, join(path, name), child})
	}
	slices.SortFunc(items, func(a, b numberedNode) int { return a.number - b.number })
	return items, nil
}

func (d *decoder) unknownItem(path, name, item string) error {
	return api.NewFault("InvalidQueryParameter", 400, "%s has no parameter %q; the items of %s begin with %s.1",
		d.operation, clip(join(path, name)), path, join(path, item))
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
