package engine

import (
	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/jackc/pgx/v5/pgtype"
)

// Type is a value's type as PostgreSQL clients know it.
type Type struct {
	OID  uint32
	Size int16 // length in bytes, -1 for variable
	Mod  int32 // type modifier, -1 for none
}

// Unresolved is the type of a parameter or column that is known only once the parameters have values.
var Unresolved = Type{OID: 0, Size: -1, Mod: -1}

// logical is one of the engine's types with what it takes to read its values.
type logical struct {
	kind     bindings.Type
	storage  bindings.Type // how decimals and enums are stored
	width    uint8
	scale    uint8
	json     bool
	labels   []string  // of an enum, or the tags of a union
	names    []string  // of a struct's or union's members
	children []logical // element, members, or key and value
	length   int       // of an array
}

// takeLogical reads the type and frees the engine's handle.
func takeLogical(handle bindings.LogicalType) logical {
	defer bindings.DestroyLogicalType(&handle)
	l := logical{kind: bindings.GetTypeId(handle)}
	switch l.kind {
	case bindings.TypeVarchar:
		l.json = bindings.LogicalTypeGetAlias(handle) == "JSON"
	case bindings.TypeDecimal:
		l.storage, l.width, l.scale = bindings.DecimalInternalType(handle), bindings.DecimalWidth(handle), bindings.DecimalScale(handle)
	case bindings.TypeEnum:
		l.storage = bindings.EnumInternalType(handle)
		for i := range bindings.EnumDictionarySize(handle) {
			l.labels = append(l.labels, bindings.EnumDictionaryValue(handle, bindings.IdxT(i)))
		}
	case bindings.TypeList:
		l.children = []logical{takeLogical(bindings.ListTypeChildType(handle))}
	case bindings.TypeArray:
		l.length = int(bindings.ArrayTypeArraySize(handle))
		l.children = []logical{takeLogical(bindings.ArrayTypeChildType(handle))}
	case bindings.TypeMap:
		l.children = []logical{takeLogical(bindings.MapTypeKeyType(handle)), takeLogical(bindings.MapTypeValueType(handle))}
	case bindings.TypeStruct:
		for i := range bindings.StructTypeChildCount(handle) {
			l.names = append(l.names, bindings.StructTypeChildName(handle, i))
			l.children = append(l.children, takeLogical(bindings.StructTypeChildType(handle, i)))
		}
	case bindings.TypeUnion:
		for i := range bindings.UnionTypeMemberCount(handle) {
			l.names = append(l.names, bindings.UnionTypeMemberName(handle, i))
			l.children = append(l.children, takeLogical(bindings.UnionTypeMemberType(handle, i)))
		}
	}
	return l
}

// wire is the PostgreSQL type under which values of this type are sent. Types that PostgreSQL lacks become numbers or text.
func (l logical) wire() Type {
	switch l.kind {
	case bindings.TypeInvalid, bindings.TypeAny:
		return Unresolved
	case bindings.TypeBoolean:
		return Type{OID: pgtype.BoolOID, Size: 1, Mod: -1}
	case bindings.TypeTinyInt, bindings.TypeUTinyInt, bindings.TypeSmallInt:
		return Type{OID: pgtype.Int2OID, Size: 2, Mod: -1}
	case bindings.TypeUSmallInt, bindings.TypeInteger:
		return Type{OID: pgtype.Int4OID, Size: 4, Mod: -1}
	case bindings.TypeUInteger, bindings.TypeBigInt:
		return Type{OID: pgtype.Int8OID, Size: 8, Mod: -1}
	case bindings.TypeUBigInt, bindings.TypeHugeInt, bindings.TypeUHugeInt, bindings.TypeBigNum:
		return numeric(38, 0)
	case bindings.TypeDecimal:
		return numeric(int32(l.width), int32(l.scale))
	case bindings.TypeFloat:
		return Type{OID: pgtype.Float4OID, Size: 4, Mod: -1}
	case bindings.TypeDouble:
		return Type{OID: pgtype.Float8OID, Size: 8, Mod: -1}
	case bindings.TypeDate:
		return Type{OID: pgtype.DateOID, Size: 4, Mod: -1}
	case bindings.TypeTime, bindings.TypeTimeNS:
		return Type{OID: pgtype.TimeOID, Size: 8, Mod: -1}
	case bindings.TypeTimeTZ:
		return Type{OID: pgtype.TimetzOID, Size: 12, Mod: -1}
	case bindings.TypeTimestamp, bindings.TypeTimestampS, bindings.TypeTimestampMS, bindings.TypeTimestampNS:
		return Type{OID: pgtype.TimestampOID, Size: 8, Mod: -1}
	case bindings.TypeTimestampTZ:
		return Type{OID: pgtype.TimestamptzOID, Size: 8, Mod: -1}
	case bindings.TypeInterval:
		return Type{OID: pgtype.IntervalOID, Size: 16, Mod: -1}
	case bindings.TypeBlob:
		return Type{OID: pgtype.ByteaOID, Size: -1, Mod: -1}
	case bindings.TypeVarchar:
		if l.json {
			return Type{OID: pgtype.TextOID, Size: -1, Mod: -1}
		}
		return Type{OID: pgtype.VarcharOID, Size: -1, Mod: -1}
	default:
		return Type{OID: pgtype.TextOID, Size: -1, Mod: -1}
	}
}

// numeric packs precision and scale into the type modifier the way PostgreSQL does.
func numeric(width, scale int32) Type {
	return Type{OID: pgtype.NumericOID, Size: -1, Mod: (width<<16 | scale) + 4}
}
