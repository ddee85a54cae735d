package bind

import (
	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
	"slipher/internal/sql/types"
)

// framed are the aggregates that need a frame where they go with an order.
var framed = keyword.Words("sum avg count min max stddev stddev_samp stddev_pop variance var_samp var_pop")

// aggregates bind those of one argument.
var aggregates = map[string]func(*binder, *ast.Call, types.Type, *scope) (ast.Expr, types.Type){
	"sum": (*binder).sum, "avg": (*binder).avg,
	"min": (*binder).one, "max": (*binder).one, "any_value": (*binder).one, "first_value": (*binder).one,
	"last_value": (*binder).one, "count": (*binder).count,
}

func (b *binder) one(c *ast.Call, t types.Type, _ *scope) (ast.Expr, types.Type) { return c, t }

func (b *binder) count(c *ast.Call, _ types.Type, _ *scope) (ast.Expr, types.Type) {
	if c.Approximate && c.Distinct { // the engine's sketch is up to a quarter off; the count itself is within any error
		exact := *c
		exact.Approximate = false
		return &ast.Rewritten{Original: c, Engine: &exact}, types.Type{Kind: types.Bigint}
	}
	return c, types.Type{Kind: types.Bigint}
}

// sum of integers is a BIGINT, and overflows as one.
func (b *binder) sum(c *ast.Call, t types.Type, s *scope) (ast.Expr, types.Type) {
	summed := types.Summed(t)
	switch {
	case t.IsInteger():
		return &ast.Rewritten{Original: c, Engine: nativeCast(asEngine(c), summed.Named())}, summed
	case t.Kind == types.Numeric:
		return &ast.Rewritten{Original: c, Engine: b.summed(c, s)}, summed
	}
	return c, summed
}

// avg cuts off what is behind the last decimal of its argument.
func (b *binder) avg(c *ast.Call, t types.Type, s *scope) (ast.Expr, types.Type) {
	if !t.IsExact() {
		return c, types.Summed(t)
	}
	result := types.Summed(t)
	if !b.twice(c) {
		return c, result
	}
	count := asEngine(c)
	count.Name = ast.Name{"count"}
	adding := asEngine(c)
	adding.Name = ast.Name{"sum"}
	sum := b.summed(adding, s)
	rows := native("nullif", count, &ast.Number{Text: "0"})
	digits := native("decimal_quotient", whole(sum, t.Scale), rows, power(0))
	return &ast.Rewritten{Original: c, Engine: scaled(digits, result)}, result
}

// asEngine is a call of the engine's function of the same name.
func asEngine(c *ast.Call) *ast.Call {
	out := *c
	out.Native = true
	return &out
}

// maxWritten bounds the text that is written more than once, which calls inside one another would double at each level.
const maxWritten = 1 << 18

// twice tells whether an expression may be written once more; the statement is refused if not.
func (b *binder) twice(x ast.Expr) bool {
	b.written += len(ast.Render(func(p *ast.Printer) { p.Expr(x) }))
	if b.written > maxWritten {
		b.refuse(sqlstate.TooComplex, "the statement has too many function calls inside one another")
	}
	return b.written <= maxWritten
}

// aggregateNames are the functions whose arguments are of the rows of a group.
var aggregateNames = keyword.Words(`sum avg count min max any_value listagg median percentile_cont percentile_disc stddev stddev_samp
	stddev_pop variance var_samp var_pop bool_and bool_or bit_and bit_or`)

// widerInEngine are the functions that answer INTEGER in Redshift and BIGINT in the engine.
var widerInEngine = keyword.Words(`len length char_length character_length textlen octet_length bit_length charindex position
	strpos regexp_count regexp_instr levenshtein`)

// results are the types that functions answer.
var results = gather(map[types.Kind]string{
	types.Integer: `len length char_length character_length textlen octet_length bit_length charindex position strpos ascii
		regexp_count regexp_instr sign months_between_int date_part_year date_cmp timestamp_cmp json_array_length levenshtein
		pg_backend_pid`,
	types.Bigint:      "datediff date_diff row_number rank dense_rank ntile strtol get_array_length",
	types.Double:      "sqrt cbrt exp dexp ln dlog1 log dlog10 pow power dpow sin cos tan asin acos atan atan2 cot degrees radians pi random ratio_to_report percent_rank cume_dist date_part pgdate_part months_between median_double",
	types.Varchar:     "trim btrim ltrim rtrim left right substring substr reverse chr md5 sha sha1 func_sha1 sha2 to_char to_hex split_part regexp_substr listagg json_extract_path_text json_extract_array_element_text json_serialize json_typeof version current_database current_schema current_user user",
	types.Date:        "last_day next_day to_date",
	types.Timestamp:   "getdate dateadd date_add add_months date_trunc_timestamp convert_timezone",
	types.TimestampTZ: "to_timestamp now",
	types.Boolean:     "can_json_parse is_valid_json is_valid_json_array is_array is_object is_varchar is_boolean bool_and bool_or",
	types.Super:       "json_parse array object array_concat subarray split_to_array",
	types.Varbyte:     "to_varbyte from_hex",
})

type result func([]types.Type) types.Type

func gather(kinds map[types.Kind]string) map[string]result {
	all := map[string]result{
		"coalesce": common, "nvl": common, "isnull": common, "greatest": common, "least": common,
		"nullif": first, "abs": first, "lag": first, "lead": first, "nth_value": first,
		"ceil": roundedUp, "ceiling": roundedUp, "floor": roundedUp,
	}
	for kind, names := range kinds {
		for name := range keyword.Words(names) {
			all[name] = func([]types.Type) types.Type { return types.Type{Kind: kind} }
		}
	}
	return all
}

func first(args []types.Type) types.Type {
	if len(args) == 0 || !args[0].IsKnown() {
		return types.Type{}
	}
	return args[0]
}

func common(args []types.Type) types.Type {
	t := types.Type{Kind: types.Untyped}
	for _, arg := range args {
		t = types.Common(t, arg)
	}
	return t
}

func roundedUp(args []types.Type) types.Type { return types.Type{} }
