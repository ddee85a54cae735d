package session

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"slipher/internal/engine"
	"slipher/internal/pgwire"
	"slipher/internal/sql/ast"
	"slipher/internal/sql/print"
)

// typed prepares a statement. A parameter whose place does not tell the engine its type gets the one that was declared, else it is text, as in
// PostgreSQL: the engine would describe a statement with such a parameter as one column of an unknown type.
func (s *session) typed(ctx context.Context, t translation, declared []ast.Type) (*engine.Statement, translation, error) {
	prepared, err := s.engine.Prepare(ctx, t.Runs[0])
	if err != nil {
		return nil, t, err
	}
	if t.parsed == nil {
		return prepared, t, nil
	}
	if params := openParameters(prepared, declared); params != nil {
		prepared, t, err = s.again(ctx, prepared, t, params)
	}
	if err == nil && !described(prepared) { // a parameter stands in two places, of which only one tells its type
		prepared, t, err = s.again(ctx, prepared, t, allParameters(prepared, declared))
	}
	if err == nil && !described(prepared) {
		prepared.Close()
		err = &pgwire.Error{Code: "42P18", Message: "could not determine the data types of the parameters"}
	}
	return prepared, t, err
}

// again prepares a statement anew, with types for parameters.
func (s *session) again(ctx context.Context, before *engine.Statement, t translation, params []ast.Type) (*engine.Statement, translation, error) {
	before.Close()
	known := t.known
	known.params = params
	t, err := s.translate(ctx, t.parsed, known)
	if err != nil {
		return nil, t, err
	}
	prepared, err := s.engine.Prepare(ctx, t.Runs[0])
	return prepared, t, err
}

// described says whether the engine knows the columns that a statement returns.
func described(prepared *engine.Statement) bool {
	return !slices.ContainsFunc(prepared.Columns(), func(c engine.Column) bool { return c.Type == engine.Unresolved })
}

// allParameters are the types of all parameters, as far as they are known by now.
func allParameters(prepared *engine.Statement, declared []ast.Type) []ast.Type {
	types := openParameters(prepared, declared)
	if types == nil {
		types = make([]ast.Type, len(prepared.Params()))
	}
	for i, param := range prepared.Params() {
		if types[i].Name == "" {
			types[i] = declaredTypes([]uint32{param.OID})[0]
		}
		if types[i].Name == "" {
			types[i].Name = "varchar"
		}
	}
	return types
}

// openParameters are the types for the parameters that the engine leaves open; nil where there is none.
func openParameters(prepared *engine.Statement, declared []ast.Type) []ast.Type {
	var types []ast.Type
	for i, param := range prepared.Params() {
		if param != engine.Unresolved {
			continue
		}
		if types == nil {
			types = make([]ast.Type, len(prepared.Params()))
		}
		types[i] = ast.Type{Name: print.Unknown}
		if i < len(declared) && declared[i].Name != "" {
			types[i] = declared[i]
		}
	}
	return types
}

// parameterOIDs are the types of the parameters as clients are told: what they declared, else what the engine knows, else text.
func parameterOIDs(prepared *engine.Statement, t translation, declared []uint32) []uint32 {
	params := prepared.Params()
	oids := make([]uint32, 0, len(params))
	for i, param := range params {
		oid := param.OID
		switch {
		case i < len(declared) && declared[i] != 0:
			oid = declared[i]
		case oid == 0, oid == pgtype.VarcharOID && i < len(t.known.params) && t.known.params[i].Name != "":
			oid = pgtype.TextOID
		}
		oids = append(oids, oid)
	}
	return oids
}

// declaredTypes are the types that a client declares for its parameters; those that the engine has no word for are sent as text.
func declaredTypes(oids []uint32) []ast.Type {
	types := make([]ast.Type, len(oids))
	for i, oid := range oids {
		if types[i] = (ast.Type{Name: parameterTypes[oid]}); oid == pgtype.NumericOID {
			types[i].Args = []int{38, numericScale}
		}
	}
	return types
}

// numericScale is how many decimals a NUMERIC parameter keeps where nothing tells its scale.
const numericScale = 10

var parameterTypes = map[uint32]string{
	pgtype.BoolOID: "boolean", pgtype.Int2OID: "smallint", pgtype.Int4OID: "integer", pgtype.Int8OID: "bigint", pgtype.OIDOID: "bigint",
	pgtype.Float4OID: "real", pgtype.Float8OID: "double precision", pgtype.NumericOID: "numeric", pgtype.DateOID: "date", pgtype.TimeOID: "time",
	pgtype.TimestampOID: "timestamp", pgtype.TimestamptzOID: "timestamptz", pgtype.IntervalOID: "interval", pgtype.ByteaOID: "varbyte",
}
