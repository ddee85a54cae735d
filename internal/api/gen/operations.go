package main

import (
	"maps"
	"slices"
	"strings"
)

func drawFaults(p *page, m model) {
	for _, name := range m.shapesWhere(isException) {
		fault := m.Shapes[name].Error
		p.printf("func %s(format string, args ...any) *api.Fault {\n", p.declare(m.faultName(name)))
		p.printf("return api.NewFault(%q, %d, format, args...)\n}\n\n", fault.Code, fault.HTTPStatusCode)
	}
}

// drawFaultTable lists every constructor by its shape, so that a test can hold all of them against the model.
func drawFaultTable(p *page, m model) {
	p.printf("var faults = map[string]func(string, ...any) *api.Fault{\n")
	for _, name := range m.shapesWhere(isException) {
		p.printf("%q: %s,\n", name, m.faultName(name))
	}
	p.printf("}\n")
}

// faultName leaves out what every exception's name ends with, unless the rest is the name of another shape.
func (m model) faultName(shape string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(shape, "Fault"), "Exception")
	if _, taken := m.Shapes[name]; taken {
		return shape
	}
	return name
}

// drawOperations writes a descriptor of each operation, and the table of all.
func drawOperations(p *page, m model) {
	for _, name := range operationNames(m) {
		op := m.Operations[name]
		p.printf("var %s = api.Describe[%s, %s](api.Operation{\nName: %q,\n", p.declare(name+"Operation"), boundary(op.Input), boundary(op.Output), name)
		if op.Output != nil {
			p.printf("Result: %q,\n", op.Output.ResultWrapper)
		}
		p.printf("Faults: []string{%s},\n})\n\n", faultCodes(m, op))
	}
	p.printf("// Table is the service with all its operations, of which it offers none.\n")
	p.printf("func %s() api.Service {\nreturn api.Service{\n", p.declare("Table"))
	p.printf("Name: %q,\nVersion: %q,\nNamespace: %q,\n",
		m.Metadata.EndpointPrefix, m.Metadata.APIVersion, m.Metadata.XMLNamespace)
	if m.Metadata.TargetPrefix != "" {
		p.printf("Target: %q,\n", m.Metadata.TargetPrefix)
	}
	p.printf("Operations: []api.Operation{\n")
	for _, name := range operationNames(m) {
		p.printf("%sOperation.Row(),\n", name)
	}
	p.printf("},\n")
	if len(m.Others) > 0 {
		p.printf("Others: []string{\n\"%s\",\n},\n", strings.Join(m.Others, "\",\n\""))
	}
	p.printf("}\n}\n")
}

func operationNames(m model) []string { return slices.Sorted(maps.Keys(m.Operations)) }

func boundary(shape *reference) string {
	if shape == nil {
		return "api.None"
	}
	return exported(shape.Shape)
}

func faultCodes(m model, op operation) string {
	codes := make([]string, 0, len(op.Errors))
	for _, name := range op.Errors {
		codes = append(codes, `"`+m.Shapes[name].Error.Code+`"`)
	}
	return strings.Join(codes, ", ")
}
