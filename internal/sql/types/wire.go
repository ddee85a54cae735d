package types

// wire is how clients know a kind: its OID and its size, -1 where the size varies.
var wire = map[Kind]struct {
	oid  uint32
	size int16
}{
	Boolean: {16, 1}, Smallint: {21, 2}, Integer: {23, 4}, Bigint: {20, 8}, Numeric: {1700, -1}, Real: {700, 4},
	Double: {701, 8}, Char: {1042, -1}, Varchar: {1043, -1}, Date: {1082, 4}, Time: {1083, 8}, TimeTZ: {1266, 12},
	Timestamp: {1114, 8}, TimestampTZ: {1184, 8}, Interval: {1186, 16}, Varbyte: {17, -1},
	SmallintArray: {1005, -1}, IntegerArray: {1007, -1}, TextArray: {1009, -1}, OIDArray: {1028, -1}, ACL: {1034, -1},
	SmallintVector: {22, -1}, OIDVector: {30, -1},
}

// OID is the type's number in PG_TYPE, 0 where it has none.
func (t Type) OID() uint32 { return wire[t.Kind].oid }

// Modifier is the type modifier of PG_ATTRIBUTE, -1 for none.
func (t Type) Modifier() int32 {
	switch {
	case t.Kind == Numeric:
		return int32(t.Precision<<16|t.Scale) + 4
	case t.IsText() && t.Length > 0:
		return int32(t.Length) + 4
	}
	return -1
}

// FromOID is the type with a number of PG_TYPE and a modifier; unknown where it is none of Redshift's.
func FromOID(oid uint32, modifier int32) Type {
	if oid == 25 {
		return Type{Kind: Varchar}
	}
	for kind, known := range wire {
		if known.oid == oid {
			return modified(kind, modifier-4)
		}
	}
	return Type{}
}

func modified(kind Kind, modifier int32) Type {
	switch {
	case kind == Numeric && modifier < 0:
		return Type{}
	case kind == Numeric:
		return Decimal(int(modifier>>16), int(modifier&0xffff))
	case (kind == Char || kind == Varchar) && modifier > 0:
		return Type{Kind: kind, Length: int(modifier)}
	}
	return Type{Kind: kind}
}
