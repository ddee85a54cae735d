package ast

import (
	"strconv"
	"strings"
)

// Type is a data type by Redshift's shortest name: smallint, integer, bigint, numeric, real, double precision, boolean,
// char, varchar, date, time, timetz, timestamp, timestamptz, interval, super, varbyte, …
type Type struct {
	Name string
	Args []int // precision and scale, or length
	Max  bool  // varchar(max)
	// Array counts the pairs of brackets behind the type, which only catalogue queries use.
	Array int
	Pos   int
}

// The lengths of Redshift's character types, in bytes: the greatest, and that of VARCHAR without one.
const (
	MaxVarchar     = 65535
	MaxChar        = 4096
	defaultVarchar = 256
)

// typeNames maps the spellings of a type to the shortest one. What it does not list keeps its name.
var typeNames = map[string]string{
	"int2": "smallint", "int": "integer", "int4": "integer", "int8": "bigint", "decimal": "numeric", "dec": "numeric",
	"float4": "real", "float8": "double precision", "float": "double precision", "bool": "boolean",
	"character": "char", "nchar": "char", "nvarchar": "varchar", "varbinary": "varbyte", "binary varying": "varbyte",
	"bytea": "varbyte", "json": "super",
}

// Shortest is the shortest of a type's names.
func Shortest(name string) string {
	if short, known := typeNames[name]; known {
		return short
	}
	return name
}

// Length is the most bytes that a column of the type holds, or 0 for types that are not strings.
func (t Type) Length() int {
	switch {
	case t.Array > 0:
		return 0
	case t.Name == "varchar" && t.Max:
		return MaxVarchar
	case t.Name == "char" && t.Max:
		return MaxChar
	case (t.Name == "varchar" || t.Name == "char") && len(t.Args) == 1:
		return t.Args[0]
	case t.Name == "varchar", t.Name == "text", t.Name == "bpchar":
		return defaultVarchar
	case t.Name == "char":
		return 1
	}
	return 0
}

// Formal is the type as Redshift's catalogue spells it for a column: "character varying(256)", "numeric(18,0)".
func (t Type) Formal() string {
	name := t.Name
	switch t.Name {
	case "varchar", "text":
		name = "character varying(" + strconv.Itoa(t.Length()) + ")"
	case "char", "bpchar":
		name = "character(" + strconv.Itoa(t.Length()) + ")"
	case "numeric":
		precision, scale := t.Decimal()
		name = "numeric(" + strconv.Itoa(precision) + "," + strconv.Itoa(scale) + ")"
	case "time", "timestamp":
		name += " without time zone"
	case "timetz", "timestamptz":
		name = strings.TrimSuffix(t.Name, "tz") + " with time zone"
	}
	return name + strings.Repeat("[]", t.Array)
}

// Decimal is a numeric's precision and scale; Redshift's default is (18,0).
func (t Type) Decimal() (precision, scale int) {
	switch len(t.Args) {
	case 0:
		return 18, 0
	case 1:
		return t.Args[0], 0
	}
	return t.Args[0], t.Args[1]
}

// OutputName is the name that PostgreSQL gives a column computed by a cast to the type.
func (t Type) OutputName() string {
	switch t.Name {
	case "smallint":
		return "int2"
	case "integer":
		return "int4"
	case "bigint":
		return "int8"
	case "real":
		return "float4"
	case "double precision":
		return "float8"
	case "boolean":
		return "bool"
	case "char":
		return "bpchar"
	}
	return t.Name
}
