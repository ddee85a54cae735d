package copyformat

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/sql/sqlstate"
)

// binarySignature begins PostgreSQL's binary COPY format; flags and the length of an extension follow it.
const binarySignature = "PGCOPY\n\xff\r\n\x00"

// binaryReader turns the binary format, which pgx prefers, into the text that the engine casts.
type binaryReader struct {
	from   *bufio.Reader
	types  *pgtype.Map
	oids   []uint32
	begun  bool
	number int
	fields [][]byte
}

func newBinaryReader(from io.Reader, oids []uint32) *binaryReader {
	return &binaryReader{from: bufio.NewReaderSize(from, 64<<10), types: pgtype.NewMap(), oids: oids, fields: make([][]byte, len(oids))}
}

func (r *binaryReader) Row() ([][]byte, error) {
	if !r.begun {
		if err := r.header(); err != nil {
			return nil, err
		}
		r.begun = true
	}
	var raw [2]byte
	if _, err := io.ReadFull(r.from, raw[:]); errors.Is(err, io.EOF) { // some clients leave out the mark for the end
		return nil, io.EOF
	} else if err != nil {
		return nil, r.cut(err)
	}
	count := int16(binary.BigEndian.Uint16(raw[:]))
	if count == -1 {
		return nil, io.EOF
	}
	r.number++
	if int(count) != len(r.oids) {
		return nil, r.bad(fmt.Sprintf("row has %d fields, but %d are expected", count, len(r.oids)))
	}
	for i := range r.fields {
		var err error
		if r.fields[i], err = r.field(r.oids[i]); err != nil {
			return nil, err
		}
	}
	return r.fields, nil
}

func (r *binaryReader) header() error {
	head := make([]byte, len(binarySignature)+8)
	if _, err := io.ReadFull(r.from, head); err != nil || string(head[:len(binarySignature)]) != binarySignature {
		return &sqlstate.Error{Code: "22P04", Message: "COPY file signature not recognized"}
	}
	extension := binary.BigEndian.Uint32(head[len(head)-4:])
	_, err := io.CopyN(io.Discard, r.from, int64(extension))
	return r.cut(err)
}

func (r *binaryReader) field(oid uint32) ([]byte, error) {
	length, err := r.int32()
	if err != nil || length == -1 {
		return nil, err
	}
	if length < 0 || length > maxLine {
		return nil, r.bad("invalid field size")
	}
	raw := make([]byte, length)
	if _, err := io.ReadFull(r.from, raw); err != nil {
		return nil, r.cut(err)
	}
	return r.text(oid, raw)
}

// text makes the text form of a value. Strings are the same in both forms.
func (r *binaryReader) text(oid uint32, raw []byte) ([]byte, error) {
	known, ok := r.types.TypeForOID(oid)
	if !ok || oid == pgtype.VarcharOID || oid == pgtype.TextOID {
		return raw, nil
	}
	value, err := known.Codec.DecodeValue(r.types, oid, pgtype.BinaryFormatCode, raw)
	if err != nil {
		return nil, r.bad("incorrect binary data format")
	}
	text, err := r.types.Encode(oid, pgtype.TextFormatCode, value, nil)
	if err != nil {
		return nil, r.bad("incorrect binary data format")
	}
	return text, nil
}

func (r *binaryReader) int32() (int32, error) {
	var raw [4]byte
	_, err := io.ReadFull(r.from, raw[:])
	return int32(binary.BigEndian.Uint32(raw[:])), r.cut(err)
}

// cut tells an end in the middle of the data from the client's own reasons to stop.
func (r *binaryReader) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.bad("unexpected end of data")
	}
	return err
}

func (r *binaryReader) bad(what string) error {
	return &sqlstate.Error{Code: "22P04", Message: fmt.Sprintf("COPY, row %d: %s", max(r.number, 1), what)}
}
