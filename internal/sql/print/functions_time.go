package print

import (
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

var timeFunctions = map[string]rewrite{
	"getdate":          templated(0, "date_trunc('second', CAST(now() AS TIMESTAMP))"),
	"dateadd":          dateadd,
	"date_add":         dateadd,
	"datediff":         datediff,
	"date_diff":        datediff,
	"date_part":        datePartFunction,
	"pgdate_part":      datePartFunction,
	"date_trunc":       dateTrunc,
	"date_part_year":   templated(1, "CAST(year({1}) AS INTEGER)"),
	"add_months":       addMonths,
	"months_between":   monthsBetween,
	"last_day":         onTime(1, "last_day({1})"),
	"next_day":         nextDay,
	"date_cmp":         compare("date"),
	"timestamp_cmp":    compare("timestamp"),
	"timestamptz_cmp":  compare("timestamptz"),
	"interval_cmp":     compare("interval"),
	"timeofday":        templated(0, "strftime(now(), '%a %b %d %H:%M:%S.%f %Y %Z')"),
	"convert_timezone": convertTimezone,
	"to_char":          toChar,
	"to_date":          toDate,
	"to_timestamp":     toTimestamp,
}

// dateParts maps Redshift's date parts, with all their spellings, to the engine's.
var dateParts = spellings(map[string]string{
	"millennium":   "millennia mil mils",
	"century":      "centuries c cent cents",
	"decade":       "decades dec decs",
	"year":         "years y yr yrs",
	"quarter":      "quarters qtr qtrs",
	"month":        "months mon mons",
	"week":         "weeks w",
	"day":          "days d",
	"hour":         "hours h hr hrs",
	"minute":       "minutes m min mins",
	"second":       "seconds s sec secs",
	"milliseconds": "millisecond ms msec msecs msecond mseconds millisec millisecs millisecon",
	"microseconds": "microsecond us usec usecs usecond useconds microsec microsecs microsecon",
	"dow":          "dayofweek dw weekday",
	"doy":          "dayofyear dy yearday",
	"epoch":        "",
	"timezone":     "",
})

func spellings(parts map[string]string) map[string]string {
	all := map[string]string{}
	for part, others := range parts {
		all[part] = part
		for other := range strings.FieldsSeq(others) {
			all[other] = part
		}
	}
	return all
}

// datePart is the engine's name of a date part.
func datePart(name string) (string, bool) {
	part, ok := dateParts[keyword.Fold(name)]
	return part, ok
}

// part reads a date part given as a bare word or as a string.
func (t *translator) part(c *ast.Call) string {
	name, pos := "", c.Pos
	switch x := c.Args[0].(type) {
	case *ast.String:
		name = x.Value
	case *ast.ColumnRef:
		name, pos = strings.Join(x.Name, "."), x.Pos
	}
	part, ok := datePart(strings.TrimSpace(name))
	if !ok {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Position: pos,
			Message: strings.ToUpper(c.Name.Last()) + " does not know the date part " + strconv.Quote(name)})
	}
	return part
}

// time makes a string or a parameter, whose type nothing tells, a timestamp.
func (t *translator) time(x ast.Expr) ast.Expr {
	switch x.(type) {
	case *ast.String, *ast.Param:
		return nativeCast(x, "timestamp")
	}
	return x
}

// onTime is templated for arguments that are times.
func onTime(count int, template string) rewrite {
	return func(t *translator, c *ast.Call) ast.Expr {
		if len(c.Args) != count {
			return nil
		}
		args := make([]ast.Expr, count)
		for i, arg := range c.Args {
			args[i] = t.time(arg)
		}
		return t.sql(template, args...)
	}
}

// intervalMakers are the engine's functions that make an interval out of a number.
var intervalMakers = map[string]string{
	"millennium": "to_millennia", "century": "to_centuries", "decade": "to_decades", "year": "to_years",
	"quarter": "to_quarters", "month": "to_months", "week": "to_weeks", "day": "to_days", "hour": "to_hours",
	"minute": "to_minutes", "second": "to_seconds", "milliseconds": "to_milliseconds", "microseconds": "to_microseconds",
	"doy": "to_days", "dow": "to_days",
}

func dateadd(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 3 {
		return nil
	}
	part := t.part(c)
	maker, ok := intervalMakers[part]
	if !ok && part != "" {
		t.refuse(&sqlstate.Error{Code: sqlstate.InvalidParameter, Message: "DATEADD cannot add the date part " + strconv.Quote(part), Position: c.Pos})
	}
	count := c.Args[1]
	if !isInteger(count) {
		count = nativeCast(count, "integer")
	}
	return &ast.Binary{Op: "+", L: t.time(c.Args[2]), R: native(maker, count)}
}

func datediff(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 3 {
		return nil
	}
	return native("date_diff", &ast.String{Value: t.part(c)}, t.time(c.Args[1]), t.time(c.Args[2]))
}

// datePartFunction is DATE_PART, which answers double precision in Redshift.
func datePartFunction(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	return nativeCast(native("date_part", &ast.String{Value: t.part(c)}, t.time(c.Args[1])), "double precision")
}

func dateTrunc(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	return native("date_trunc", &ast.String{Value: t.part(c)}, t.time(c.Args[1]))
}

// addMonths keeps the last day of a month the last day, and otherwise the day.
func addMonths(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	count := c.Args[1]
	if !isInteger(count) {
		count = nativeCast(count, "integer")
	}
	moment := nativeCast(c.Args[0], "timestamp")
	return t.sql("(CASE WHEN CAST({1} AS DATE) = last_day({1}) "+
		"THEN CAST(last_day({1} + to_months({2})) AS TIMESTAMP) + ({1} - date_trunc('day', {1})) ELSE {1} + to_months({2}) END)",
		moment, count)
}

// monthsBetween counts whole months between same days and between last days, and 31sts of a month otherwise.
func monthsBetween(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	return t.sql("(CASE WHEN day({1}) = day({2}) OR CAST({1} AS DATE) = last_day({1}) AND CAST({2} AS DATE) = last_day({2}) "+
		"THEN CAST(date_diff('month', {2}, {1}) AS DOUBLE) ELSE date_diff('month', {2}, {1}) "+
		"+ (epoch({1} - date_trunc('month', {1})) - epoch({2} - date_trunc('month', {2}))) / (31 * 86400.0) END)",
		nativeCast(c.Args[0], "timestamp"), nativeCast(c.Args[1], "timestamp"))
}

// nextDay finds the first such weekday after a date; the day is known by its first two letters.
func nextDay(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	return t.sql("(CAST({1} AS DATE) + CAST(((strpos('sumotuwethfrsa', lower(left({2}, 2))) - 1) / 2 "+
		"- dayofweek({1}) + 6) % 7 + 1 AS INTEGER))", nativeCast(c.Args[0], "date"), c.Args[1])
}

// compare answers -1, 0 or 1.
func compare(typeName string) rewrite {
	return func(t *translator, c *ast.Call) ast.Expr {
		if len(c.Args) != 2 {
			return nil
		}
		return t.sql("(CASE WHEN {1} < {2} THEN -1 WHEN {1} > {2} THEN 1 WHEN {1} = {2} THEN 0 END)",
			nativeCast(c.Args[0], typeName), nativeCast(c.Args[1], typeName))
	}
}

// convertTimezone is CONVERT_TIMEZONE([from,] to, timestamp); from is UTC when it is left out.
func convertTimezone(t *translator, c *ast.Call) ast.Expr {
	from, rest := ast.Expr(&ast.String{Value: "UTC"}), c.Args
	switch len(c.Args) {
	case 2:
	case 3:
		from, rest = c.Args[0], c.Args[1:]
	default:
		return nil
	}
	return native("timezone", rest[0], native("timezone", from, nativeCast(rest[1], "timestamp")))
}
