package engine

import (
	"fmt"
	"math"
	"math/big"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/jackc/pgx/v5/pgtype"
)

// vector reads the values of one column of a chunk straight from the engine's memory.
type vector struct {
	logical  *logical
	data     unsafe.Pointer
	validity unsafe.Pointer // one bit for each row, 1 means not null; nil when no row is null
	read     func(v *vector, row int) any
	children []vector
}

func newVector(l *logical) vector {
	v := vector{logical: l, read: reader(l)}
	children := l.children
	switch l.kind {
	case bindings.TypeMap: // stored as a list of key and value
		children = []logical{{kind: bindings.TypeStruct, names: []string{"key", "value"}, children: l.children}}
	case bindings.TypeUnion: // stored as a struct of the tag and every member
		children = append([]logical{{kind: bindings.TypeUTinyInt}}, l.children...)
	}
	for i := range children {
		v.children = append(v.children, newVector(&children[i]))
	}
	return v
}

// load points the vector at a chunk's memory.
func (v *vector) load(source bindings.Vector) {
	v.data, v.validity = bindings.VectorGetData(source), bindings.VectorGetValidity(source)
	for i := range v.children {
		switch v.logical.kind {
		case bindings.TypeList, bindings.TypeMap:
			v.children[i].load(bindings.ListVectorGetChild(source))
		case bindings.TypeArray:
			v.children[i].load(bindings.ArrayVectorGetChild(source))
		default:
			v.children[i].load(bindings.StructVectorGetChild(source, bindings.IdxT(i)))
		}
	}
}

func (v *vector) value(row int) any {
	if v.null(row) {
		return nil
	}
	return v.read(v, row)
}

func (v *vector) null(row int) bool {
	if v.validity == nil {
		return false
	}
	bits := *(*uint64)(unsafe.Add(v.validity, row/64*8))
	return bits&(1<<(row%64)) == 0
}

func at[T any](v *vector, row int) T {
	return *(*T)(unsafe.Add(v.data, uintptr(row)*unsafe.Sizeof(*new(T))))
}

// reader returns the function that makes the Go value of a row that is not null.
func reader(l *logical) func(v *vector, row int) any {
	switch l.kind {
	case bindings.TypeBoolean:
		return func(v *vector, row int) any { return at[bool](v, row) }
	case bindings.TypeTinyInt:
		return func(v *vector, row int) any { return int16(at[int8](v, row)) }
	case bindings.TypeUTinyInt:
		return func(v *vector, row int) any { return int16(at[uint8](v, row)) }
	case bindings.TypeSmallInt:
		return func(v *vector, row int) any { return at[int16](v, row) }
	case bindings.TypeUSmallInt:
		return func(v *vector, row int) any { return int32(at[uint16](v, row)) }
	case bindings.TypeInteger:
		return func(v *vector, row int) any { return at[int32](v, row) }
	case bindings.TypeUInteger:
		return func(v *vector, row int) any { return int64(at[uint32](v, row)) }
	case bindings.TypeBigInt:
		return func(v *vector, row int) any { return at[int64](v, row) }
	case bindings.TypeUBigInt:
		return func(v *vector, row int) any { return whole(new(big.Int).SetUint64(at[uint64](v, row))) }
	case bindings.TypeHugeInt:
		return func(v *vector, row int) any { return whole(at[wide](v, row).signed()) }
	case bindings.TypeUHugeInt:
		return func(v *vector, row int) any { return whole(at[wide](v, row).unsigned()) }
	case bindings.TypeFloat:
		return func(v *vector, row int) any { return at[float32](v, row) }
	case bindings.TypeDouble:
		return func(v *vector, row int) any { return at[float64](v, row) }
	case bindings.TypeDecimal:
		return func(v *vector, row int) any {
			return pgtype.Numeric{Int: v.unscaled(row), Exp: -int32(v.logical.scale), Valid: true}
		}
	case bindings.TypeVarchar:
		return func(v *vector, row int) any { return string(v.bytes(row)) }
	case bindings.TypeBlob:
		return func(v *vector, row int) any { return append([]byte{}, v.bytes(row)...) }
	case bindings.TypeUUID:
		return func(v *vector, row int) any { return at[wide](v, row).uuid() }
	case bindings.TypeEnum:
		return func(v *vector, row int) any { return v.label(row) }
	default:
		return readerOfTime(l)
	}
}

func readerOfTime(l *logical) func(v *vector, row int) any {
	switch l.kind {
	case bindings.TypeDate:
		return func(v *vector, row int) any { return date(at[int32](v, row)) }
	case bindings.TypeTime:
		return func(v *vector, row int) any { return pgtype.Time{Microseconds: at[int64](v, row), Valid: true} }
	case bindings.TypeTimeNS:
		return func(v *vector, row int) any { return pgtype.Time{Microseconds: at[int64](v, row) / 1000, Valid: true} }
	case bindings.TypeTimeTZ:
		return func(v *vector, row int) any { return timeWithZone(at[uint64](v, row)) }
	case bindings.TypeTimestamp, bindings.TypeTimestampTZ:
		return func(v *vector, row int) any { return moment(at[int64](v, row), time.UnixMicro) }
	case bindings.TypeTimestampS:
		return func(v *vector, row int) any {
			return moment(at[int64](v, row), func(s int64) time.Time { return time.Unix(s, 0) })
		}
	case bindings.TypeTimestampMS:
		return func(v *vector, row int) any { return moment(at[int64](v, row), time.UnixMilli) }
	case bindings.TypeTimestampNS:
		return func(v *vector, row int) any {
			return moment(at[int64](v, row), func(ns int64) time.Time { return time.Unix(0, ns) })
		}
	case bindings.TypeInterval:
		return func(v *vector, row int) any {
			i := at[interval](v, row)
			return pgtype.Interval{Months: i.months, Days: i.days, Microseconds: i.micros, Valid: true}
		}
	default:
		return func(v *vector, row int) any { return string(v.appendJSON(nil, row)) }
	}
}

type interval struct {
	months, days int32
	micros       int64
}

// bytes borrows a string or blob: 4 bytes of length, then up to 12 bytes in place, or a pointer after a prefix of 4.
func (v *vector) bytes(row int) []byte {
	entry := unsafe.Add(v.data, uintptr(row)*16)
	length := *(*uint32)(entry)
	if length <= 12 {
		return unsafe.Slice((*byte)(unsafe.Add(entry, 4)), length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Add(entry, 8)), length)
}

func (v *vector) unscaled(row int) *big.Int {
	switch v.logical.storage {
	case bindings.TypeSmallInt:
		return big.NewInt(int64(at[int16](v, row)))
	case bindings.TypeInteger:
		return big.NewInt(int64(at[int32](v, row)))
	case bindings.TypeBigInt:
		return big.NewInt(at[int64](v, row))
	default:
		return at[wide](v, row).signed()
	}
}

func (v *vector) label(row int) string {
	switch v.logical.storage {
	case bindings.TypeUTinyInt:
		return v.logical.labels[at[uint8](v, row)]
	case bindings.TypeUSmallInt:
		return v.logical.labels[at[uint16](v, row)]
	default:
		return v.logical.labels[at[uint32](v, row)]
	}
}

// wide is a 128-bit integer as it lies in memory.
type wide struct{ low, high uint64 }

func (w wide) signed() *big.Int {
	n := new(big.Int).Lsh(big.NewInt(int64(w.high)), 64)
	return n.Add(n, new(big.Int).SetUint64(w.low))
}

func (w wide) unsigned() *big.Int {
	n := new(big.Int).Lsh(new(big.Int).SetUint64(w.high), 64)
	return n.Or(n, new(big.Int).SetUint64(w.low))
}

// uuid undoes the flip of the highest bit, by which the engine makes UUIDs sort as signed integers.
func (w wide) uuid() string {
	high := w.high ^ 1<<63
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, w.low>>48, w.low&0xffffffffffff)
}

func whole(n *big.Int) pgtype.Numeric { return pgtype.Numeric{Int: n, Valid: true} }

func date(days int32) any {
	switch days {
	case math.MaxInt32:
		return pgtype.Infinity
	case -math.MaxInt32:
		return pgtype.NegativeInfinity
	}
	return time.Unix(int64(days)*86400, 0).UTC()
}

func moment(ticks int64, convert func(int64) time.Time) any {
	switch ticks {
	case math.MaxInt64:
		return pgtype.Infinity
	case -math.MaxInt64:
		return pgtype.NegativeInfinity
	}
	return convert(ticks).UTC()
}

// timeWithZone unpacks 40 bits of microseconds and 24 bits of the offset, which is stored so that it sorts downwards.
func timeWithZone(bits uint64) string {
	const maxOffset = 16*60*60 - 1
	clock := time.UnixMicro(int64(bits >> 24)).UTC()
	offset := maxOffset - int(bits&0xffffff)
	zone := time.FixedZone("", offset)
	layout := "15:04:05.999999-07"
	if offset%3600 != 0 {
		layout += ":00"
	}
	return time.Date(2000, 1, 1, clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), zone).Format(layout)
}
