package print

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// engineTypes maps types to DuckDB's. What neither it nor engineType knows is refused.
var engineTypes = map[string]string{
	"smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "real": "FLOAT", "double precision": "DOUBLE",
	"boolean": "BOOLEAN", "char": "VARCHAR", "varchar": "VARCHAR", "text": "VARCHAR", "bpchar": "VARCHAR",
	"date": "DATE", "time": "TIME", "timetz": "TIMETZ", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ",
	"interval": "INTERVAL", "interval year to month": "INTERVAL", "interval day to second": "INTERVAL",
	"super": "JSON", "varbyte": "BLOB", "uuid": "UUID",
	"oid": "BIGINT", "name": "VARCHAR", `"char"`: "VARCHAR", "regproc": "VARCHAR", "xid": "BIGINT", "cid": "BIGINT",
	"unknown": "VARCHAR", "cstring": "VARCHAR", "int2vector": "VARCHAR", "oidvector": "VARCHAR", "aclitem": "VARCHAR",
}

// engineType is the type in DuckDB's words.
func engineType(t ast.Type) (string, error) {
	name, ok := engineTypes[t.Name]
	switch {
	case t.Name == "numeric":
		precision, scale := t.Decimal()
		if precision < 1 || precision > 38 || scale < 0 || scale > precision {
			return "", &sqlstate.Error{Code: sqlstate.InvalidParameter, Message: "NUMERIC precision " + strconv.Itoa(precision) +
				" must be between 1 and 38, and its scale between 0 and the precision", Position: t.Pos}
		}
		name = "DECIMAL(" + strconv.Itoa(precision) + "," + strconv.Itoa(scale) + ")"
	case !ok:
		return "", sqlstate.Unsupported(t.Pos, "the data type %s is not supported yet", t.Name)
	}
	return name + strings.Repeat("[]", t.Array), nil
}
