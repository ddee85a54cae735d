package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

func drawShapes(p *page, m model) {
	for _, name := range m.shapesWhere(isStructure) {
		s := m.Shapes[name]
		p.printf("type %s struct {\n", p.declare(exported(name)))
		for _, field := range s.Members {
			p.printf("%s %s `wire:%q`\n", exported(field.Name), m.goType(field.Shape), m.tag(s, field))
		}
		p.printf("}\n\n")
	}
}

// goType follows one rule for scalars: the four plain shapes are always on the wire and are values;
// every other number or boolean may be absent and is a pointer.
func (m model) goType(name string) string {
	switch name {
	case "Boolean":
		return "bool"
	case "Integer":
		return "int"
	case "Long":
		return "int64"
	case "Double":
		return "float64"
	}
	s := m.Shapes[name]
	switch s.Type {
	case "boolean":
		return "*bool"
	case "integer":
		return "*int"
	case "long":
		return "*int64"
	case "double":
		return "*float64"
	case "string":
		return "string"
	case "timestamp":
		return "time.Time"
	case "blob":
		return "[]byte"
	case "structure":
		return "*" + exported(name)
	case "list":
		return "[]" + strings.TrimPrefix(m.goType(s.Member.Shape), "*")
	case "map":
		return fmt.Sprintf("map[%s]%s", m.goType(s.Key.Shape), m.goType(s.Value.Shape))
	}
	panic(fmt.Sprintf("shape %s has the unknown type %q", name, s.Type))
}

// tag tells the codec the name on the wire and what the model says about the value:
// the element name of list items, whether the member is required, whether answers show it empty, whether it is a secret, the values of an enumeration.
func (m model) tag(parent shape, field member) string {
	parts := []string{field.wireName()}
	target := m.Shapes[field.Shape]
	if target.Type == "list" {
		parts = append(parts, "item="+target.Member.wireNameOr("member"))
		target = m.Shapes[target.Member.Shape]
	}
	if slices.Contains(parent.Required, field.Name) {
		parts = append(parts, "required")
	}
	if slices.Contains(parent.Always, field.Name) {
		parts = append(parts, "always")
	}
	if target.Sensitive {
		parts = append(parts, "sensitive")
	}
	if isEnum(target) {
		parts = append(parts, "enum="+strings.Join(target.Enum, "|"))
	}
	return strings.Join(parts, ",")
}

func (f member) wireName() string { return f.wireNameOr(f.Name) }

func (r reference) wireNameOr(name string) string {
	if r.LocationName != "" {
		return r.LocationName
	}
	return name
}

func drawEnums(p *page, m model) {
	for _, name := range m.shapesWhere(isEnum) {
		p.printf("// Values of %s.\nconst (\n", exported(name))
		for _, value := range m.Shapes[name].Enum {
			p.printf("%s = %q\n", p.declare(exported(name)+camel(value)), value)
		}
		p.printf(")\n\n")
	}
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// camel makes a Go name of an enumeration's value: "restore-cluster" and "PENDING" become
// RestoreCluster and Pending.
func camel(value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		if word == strings.ToUpper(word) {
			word = strings.ToLower(word)
		}
		words[i] = exported(word)
	}
	return strings.Join(words, "")
}
