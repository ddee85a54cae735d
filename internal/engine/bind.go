package engine

import (
	"fmt"
	"math/big"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
	"github.com/jackc/pgx/v5/pgtype"
)

func (st *Statement) bind(args []any) error {
	if len(args) != len(st.params) {
		return &Error{Code: "08P01", Message: fmt.Sprintf("the statement has %d parameters, but %d values were given", len(st.params), len(args))}
	}
	bindings.ClearBindings(st.prepared)
	for i, arg := range args {
		if st.bindOne(bindings.IdxT(i+1), st.params[i], arg) == bindings.StateError {
			return &Error{Code: "22023", Message: fmt.Sprintf("parameter $%d cannot hold the given value", i+1)}
		}
	}
	return nil
}

func (st *Statement) bindOne(i bindings.IdxT, param logical, arg any) bindings.State {
	switch value := arg.(type) {
	case nil:
		return bindings.BindNull(st.prepared, i)
	case bool:
		return bindings.BindBoolean(st.prepared, i, value)
	case int16:
		return bindings.BindInt16(st.prepared, i, value)
	case int32:
		return bindings.BindInt32(st.prepared, i, value)
	case int64:
		return bindings.BindInt64(st.prepared, i, value)
	case float32:
		return bindings.BindFloat(st.prepared, i, value)
	case float64:
		return bindings.BindDouble(st.prepared, i, value)
	case string:
		return bindings.BindVarcharLength(st.prepared, i, value, bindings.IdxT(len(value)))
	case []byte:
		return bindings.BindBlob(st.prepared, i, value)
	case time.Time:
		return st.bindTime(i, param, value)
	case pgtype.Numeric:
		return st.bindNumeric(i, value)
	case pgtype.Time:
		return bindings.BindTime(st.prepared, i, bindings.NewTime(value.Microseconds))
	case pgtype.Interval:
		return bindings.BindInterval(st.prepared, i, bindings.NewInterval(value.Months, value.Days, value.Microseconds))
	default: // pgtype.InfinityModifier among others
		text := fmt.Sprint(value)
		return bindings.BindVarcharLength(st.prepared, i, text, bindings.IdxT(len(text)))
	}
}

func (st *Statement) bindTime(i bindings.IdxT, param logical, value time.Time) bindings.State {
	switch param.kind {
	case bindings.TypeDate:
		return bindings.BindDate(st.prepared, i, bindings.NewDate(int32(floorDiv(value.Unix(), 86400))))
	case bindings.TypeTimestampTZ:
		return bindings.BindTimestampTZ(st.prepared, i, bindings.NewTimestamp(value.UnixMicro()))
	default:
		return bindings.BindTimestamp(st.prepared, i, bindings.NewTimestamp(value.UnixMicro()))
	}
}

const decimalDigits = 38

func (st *Statement) bindNumeric(i bindings.IdxT, value pgtype.Numeric) bindings.State {
	if !value.Valid {
		return bindings.BindNull(st.prepared, i)
	}
	unscaled, scale, fits := decimalOf(value)
	if !fits {
		text, err := value.MarshalJSON()
		if err != nil {
			return bindings.StateError
		}
		return bindings.BindVarcharLength(st.prepared, i, string(text), bindings.IdxT(len(text)))
	}
	decimal := bindings.NewDecimal(decimalDigits, scale, hugeIntOf(unscaled))
	return bindings.BindDecimal(st.prepared, i, decimal)
}

// decimalOf returns value as an unscaled integer and a scale, if a decimal of 38 digits can hold it.
func decimalOf(value pgtype.Numeric) (*big.Int, uint8, bool) {
	if value.NaN || value.InfinityModifier != pgtype.Finite || value.Exp < -decimalDigits || value.Exp > decimalDigits {
		return nil, 0, false
	}
	unscaled := value.Int
	if value.Exp > 0 {
		unscaled = new(big.Int).Mul(value.Int, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(value.Exp)), nil))
	}
	if len(new(big.Int).Abs(unscaled).String()) > decimalDigits {
		return nil, 0, false
	}
	return unscaled, uint8(max(-value.Exp, 0)), true
}

func hugeIntOf(value *big.Int) bindings.HugeInt {
	low := new(big.Int).And(value, new(big.Int).SetUint64(^uint64(0)))
	high := new(big.Int).Rsh(value, 64)
	return bindings.NewHugeInt(low.Uint64(), high.Int64())
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}
