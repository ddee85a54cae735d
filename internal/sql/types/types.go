// Package types holds Redshift's data types and the rules by which one follows from others: what a sum of two decimals
// is, what a CASE with two results is, what clients are told of either.
//
// It promises to know nothing of statements and nothing of the engine: a [Type] is a value, and every rule is a
// function of types. [Unknown] is a type that nobody could tell; what follows from it is unknown as well.
package types

import (
	"strconv"

	"slipher/internal/sql/ast"
)

// Kind is a type without its length, precision and scale.
type Kind uint8

// The types of Redshift, and two for values that have none yet.
const (
	Unknown Kind = iota // nothing is known of the value
	Untyped             // NULL, a quoted string or a parameter, whose type is what its surroundings ask for
	Boolean
	Smallint
	Integer
	Bigint
	Numeric
	Real
	Double
	Char
	Varchar
	Date
	Time
	TimeTZ
	Timestamp
	TimestampTZ
	Interval
	Super
	Varbyte
	Name          // text of the system's own relations
	SmallintArray // and their arrays, which nobody can name
	IntegerArray
	TextArray
	OIDArray
	ACL
	SmallintVector
	OIDVector
)

// Type is a data type of Redshift's. Precision and Scale are a numeric's; Length is a string's in bytes, 0 where no
// length was ever said. An untyped value has a length where it is a quoted string.
type Type struct {
	Kind             Kind
	Precision, Scale int
	Length           int
}

// MaxPrecision is the most digits that a numeric holds.
const MaxPrecision = 38

// Decimal is NUMERIC(precision, scale).
func Decimal(precision, scale int) Type {
	return Type{Kind: Numeric, Precision: precision, Scale: scale}
}

// kinds maps types by their shortest names; see [ast.Type].
var kinds = map[string]Kind{
	"boolean": Boolean, "smallint": Smallint, "integer": Integer, "bigint": Bigint, "numeric": Numeric, "real": Real,
	"double precision": Double, "char": Char, "bpchar": Char, "varchar": Varchar, "text": Varchar, "date": Date,
	"time": Time, "timetz": TimeTZ, "timestamp": Timestamp, "timestamptz": TimestampTZ, "interval": Interval,
	"interval year to month": Interval, "interval day to second": Interval, "super": Super, "varbyte": Varbyte,
}

// Of is the type that a statement names; arrays and the catalog's own types are unknown.
func Of(t ast.Type) Type {
	kind := kinds[t.Name]
	switch {
	case t.Array > 0:
		return Type{}
	case kind == Numeric:
		precision, scale := t.Decimal()
		return Decimal(precision, scale)
	case kind == Char || kind == Varchar:
		return Type{Kind: kind, Length: t.Length()}
	}
	return Type{Kind: kind}
}

// shortest are the names by which a statement names a kind.
var shortest = map[Kind]string{
	Boolean: "boolean", Smallint: "smallint", Integer: "integer", Bigint: "bigint", Numeric: "numeric", Real: "real",
	Double: "double precision", Char: "char", Varchar: "varchar", Date: "date", Time: "time", TimeTZ: "timetz",
	Name: "name", Timestamp: "timestamp", TimestampTZ: "timestamptz", Interval: "interval", Super: "super", Varbyte: "varbyte",
}

// Named is the type as a statement names it. Those that nobody can name are text.
func (t Type) Named() ast.Type {
	named := ast.Type{Name: shortest[t.Kind]}
	switch {
	case t.Kind == Unknown || t.Kind == Untyped || t.Kind >= Name:
		named.Name = "varchar"
	case t.Kind == Numeric:
		named.Args = []int{t.Precision, t.Scale}
	case t.Length > 0:
		named.Args = []int{t.Length}
	}
	return named
}

// String writes the type for people: "numeric(17,9)".
func (t Type) String() string {
	switch {
	case t.Kind == Unknown:
		return "unknown"
	case t.Kind == Untyped:
		return "untyped"
	case t.Kind == Numeric:
		return "numeric(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	case t.Length > 0:
		return shortest[t.Kind] + "(" + strconv.Itoa(t.Length) + ")"
	}
	return shortest[t.Kind]
}

// Whole is the smallest integer or numeric type that a number without a point has, by its digits.
func Whole(digits string) Type {
	if _, err := strconv.ParseInt(digits, 10, 32); err == nil {
		return Type{Kind: Integer}
	}
	if _, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return Type{Kind: Bigint}
	}
	return Decimal(min(len(digits), MaxPrecision), 0)
}

// IsInteger is for SMALLINT, INTEGER and BIGINT.
func (t Type) IsInteger() bool { return Smallint <= t.Kind && t.Kind <= Bigint }

// IsExact is for the types whose arithmetic loses nothing: integers and numerics.
func (t Type) IsExact() bool { return Smallint <= t.Kind && t.Kind <= Numeric }

// IsNumber is for every type that is computed with.
func (t Type) IsNumber() bool { return Smallint <= t.Kind && t.Kind <= Double }

// IsText is for every type of strings.
func (t Type) IsText() bool { return t.IsPadded() || t.Kind == Name }

// IsPadded is for CHAR and VARCHAR, in whose comparison trailing blanks do not count.
func (t Type) IsPadded() bool { return t.Kind == Char || t.Kind == Varchar }

// IsArray is for the arrays of the system's own relations.
func (t Type) IsArray() bool { return t.Kind > Name }

// IsKnown tells a type that is certain from one that is not, or is not yet.
func (t Type) IsKnown() bool { return t.Kind > Untyped }
