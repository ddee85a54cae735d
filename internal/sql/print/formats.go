package print

import (
	"slices"
	"strconv"
	"strings"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/sqlstate"
)

// datePatterns are the date patterns of TO_CHAR, TO_DATE and TO_TIMESTAMP and what strftime and strptime call them.
// Longer patterns stand before those they begin with.
var datePatterns = []struct{ pattern, directive string }{
	{"YYYY", "%Y"}, {"YY", "%y"}, {"IYYY", "%G"}, {"MONTH", "%B"}, {"MON", "%b"}, {"MM", "%m"}, {"MI", "%M"}, {"MS", "%g"},
	{"DAY", "%A"}, {"DY", "%a"}, {"DDD", "%j"}, {"DD", "%d"}, {"HH24", "%H"}, {"HH12", "%I"}, {"HH", "%I"},
	{"SS", "%S"}, {"US", "%f"}, {"IW", "%V"}, {"AM", "%p"}, {"PM", "%p"}, {"A.M.", "%p"}, {"P.M.", "%p"}, {"TZ", "%Z"}, {"OF", "%z"},
}

// wordyPatterns are the ones whose letter case and padding follow the pattern's.
var wordyPatterns = []string{"%B", "%b", "%A", "%a", "%p"}

// computed are the patterns of TO_CHAR that strftime lacks.
var computed = []struct{ pattern, template string }{
	{"Q", "CAST(quarter({1}) AS VARCHAR)"},
	{"WW", "lpad(CAST((dayofyear({1}) - 1) / 7 + 1 AS VARCHAR), 2, '0')"},
	{"CC", "CAST(century({1}) AS VARCHAR)"},
	{"D", "CAST(dayofweek({1}) + 1 AS VARCHAR)"},
	{"J", "CAST(CAST(julian({1}) AS BIGINT) AS VARCHAR)"},
}

// piece is a part of a date format: a directive, a template, or text.
type piece struct {
	directive string
	template  string
	literal   string
	pattern   string // as written, for its letter case
	fill      bool   // not behind FM
}

// datePieces cuts a date format into its pieces. Text in double quotes, and what is no pattern, stands for itself.
func datePieces(format string) []piece {
	var pieces []piece
	fill := true
	for format != "" {
		next, size := datePiece(format)
		if strings.HasPrefix(strings.ToUpper(format), "FM") {
			fill, format = false, format[2:]
			continue
		}
		next.fill = fill
		pieces = append(pieces, next)
		format = format[size:]
	}
	return pieces
}

func datePiece(format string) (next piece, size int) {
	upper := strings.ToUpper(format)
	if format[0] == '"' {
		if end := strings.IndexByte(format[1:], '"'); end >= 0 {
			return piece{literal: format[1 : 1+end]}, end + 2
		}
	}
	for _, known := range datePatterns {
		if strings.HasPrefix(upper, known.pattern) {
			return piece{directive: known.directive, pattern: format[:len(known.pattern)]}, len(known.pattern)
		}
	}
	for _, known := range computed {
		if strings.HasPrefix(upper, known.pattern) {
			return piece{template: known.template, pattern: format[:len(known.pattern)]}, len(known.pattern)
		}
	}
	return piece{literal: format[:1]}, 1
}

// toChar formats a number or a moment; the format tells which.
func toChar(t *translator, c *ast.Call) ast.Expr {
	if len(c.Args) != 2 {
		return nil
	}
	format, ok := constant(c.Args[1])
	switch {
	case !ok:
		t.refuse(sqlstate.Unsupported(c.Pos, "TO_CHAR is supported with a constant format only"))
		return nil
	case isNumberFormat(format):
		return t.formatNumber(c, format)
	}
	return t.formatMoment(t.repeatable(t.time(c.Args[0])), datePieces(format))
}

// formatMoment joins what strftime makes of the directives with what has to be made by other means.
func (t *translator) formatMoment(moment ast.Expr, pieces []piece) ast.Expr {
	var parts []ast.Expr
	pending := ""
	flush := func() {
		if pending != "" {
			parts = append(parts, native("strftime", moment, &ast.String{Value: pending}))
			pending = ""
		}
	}
	for _, next := range pieces {
		switch {
		case next.template != "":
			flush()
			parts = append(parts, t.sql(next.template, moment))
		case slices.Contains(wordyPatterns, next.directive):
			if part := wordy(moment, next); part != nil {
				flush()
				parts = append(parts, part)
			} else {
				pending += next.directive
			}
		default:
			pending += next.directive + strings.ReplaceAll(next.literal, "%", "%%")
		}
	}
	flush()
	if len(parts) == 0 {
		return &ast.String{}
	}
	joined := parts[0]
	for _, part := range parts[1:] {
		joined = &ast.Binary{Op: "||", L: joined, R: part}
	}
	return joined
}

// wordy writes a name in the letter case of its pattern, and pads the long names to nine characters; nil where that
// is what strftime does anyway.
func wordy(moment ast.Expr, next piece) ast.Expr {
	name := ast.Expr(native("strftime", moment, &ast.String{Value: next.directive}))
	plain := true
	switch {
	case strings.Contains(next.pattern, "."):
		return nil // A.M.: strftime's AM comes close
	case next.pattern == strings.ToLower(next.pattern):
		name, plain = native("lower", name), false
	case next.pattern == strings.ToUpper(next.pattern) && next.directive != "%p":
		name, plain = native("upper", name), false
	}
	if next.fill && (next.directive == "%B" || next.directive == "%A") {
		return native("rpad", name, &ast.Number{Text: "9"}, &ast.String{Value: " "})
	}
	if plain {
		return nil
	}
	return name
}

// isNumberFormat tells TO_CHAR's formats for numbers from those for dates: no date pattern holds a 9 or a 0.
func isNumberFormat(format string) bool {
	return strings.ContainsAny(format, "90") && strings.Trim(strings.ToUpper(format), "90.,DGSLMIPRF$ ") == ""
}

// numberFormat is a numeric format taken apart.
type numberFormat struct {
	whole, decimals int
	zeros           int // digits before the point that are written even if they are leading zeros
	grouped, fill   bool
	optional        bool // decimals that are left out behind FM when they are zero
}

// parseNumberFormat reads the formats made of 9, 0, point and comma, perhaps behind FM.
func parseNumberFormat(format string) (f numberFormat, ok bool) {
	format = strings.ToUpper(format)
	body := strings.TrimPrefix(format, "FM")
	f.fill = body == format
	body = strings.NewReplacer("D", ".", "G", ",").Replace(body)
	if strings.Trim(body, "90.,") != "" || strings.Count(body, ".") > 1 {
		return f, false
	}
	whole, decimals, _ := strings.Cut(body, ".")
	f.grouped = strings.Contains(whole, ",")
	whole = strings.ReplaceAll(whole, ",", "")
	f.whole, f.decimals = len(whole), len(decimals)
	if first := strings.IndexByte(whole, '0'); first >= 0 {
		f.zeros = len(whole) - first
	}
	f.optional = !f.fill && !strings.Contains(decimals, "0")
	return f, !(f.grouped && f.zeros > 1)
}

// formatNumber writes a number with the engine's means: a decimal's own text, or format where digits are grouped.
func (t *translator) formatNumber(c *ast.Call, format string) ast.Expr {
	f, ok := parseNumberFormat(format)
	if !ok {
		t.refuse(sqlstate.Unsupported(c.Pos, "TO_CHAR's format %q is not supported yet", format))
		return nil
	}
	decimals := strconv.Itoa(f.decimals)
	text := "CAST(CAST({1} AS DECIMAL(38," + decimals + ")) AS VARCHAR)"
	if f.grouped {
		text = "format('{:,." + decimals + "f}', CAST({1} AS DOUBLE))"
	}
	if f.zeros > 0 {
		return t.sql(f.padded(text), c.Args[0])
	}
	if f.decimals > 0 {
		text = "regexp_replace(" + text + `, '^(-?)0\.', '\1.')`
	}
	if f.optional && f.decimals > 0 {
		text = "rtrim(" + text + ", '0')"
	}
	if f.fill {
		text = "lpad(" + text + ", " + strconv.Itoa(f.width()) + ", ' ')"
	}
	return t.sql(text, c.Args[0])
}

// width is the number of characters of a filled number, the sign's included.
func (f numberFormat) width() int {
	width := 1 + f.whole
	if f.grouped {
		width += (f.whole - 1) / 3
	}
	if f.decimals > 0 {
		width += 1 + f.decimals
	}
	return width
}

// padded writes the sign apart and fills the digits with zeros.
func (f numberFormat) padded(text string) string {
	digits := f.zeros
	if f.decimals > 0 {
		digits += 1 + f.decimals
	}
	positive, filled := "''", "ltrim("+text+", '-')"
	filled = "(CASE WHEN length(" + filled + ") < " + strconv.Itoa(digits) + " THEN lpad(" + filled + ", " + strconv.Itoa(digits) +
		", '0') ELSE " + filled + " END)"
	sign := "(CASE WHEN {1} < 0 THEN '-' ELSE " + positive + " END || " + filled + ")"
	if f.fill {
		return "lpad(" + sign + ", " + strconv.Itoa(f.width()) + ", ' ')"
	}
	return sign
}

// toDate and toTimestamp read a text by a format.
func toDate(t *translator, c *ast.Call) ast.Expr {
	if x := t.parseMoment(c); x != nil {
		return nativeCast(x, "date")
	}
	return nil
}

func toTimestamp(t *translator, c *ast.Call) ast.Expr {
	if x := t.parseMoment(c); x != nil {
		return nativeCast(x, "timestamptz")
	}
	return nil
}

// parseMoment calls strptime. A third argument, which asks for strictness, changes nothing: the engine is strict.
func (t *translator) parseMoment(c *ast.Call) ast.Expr {
	if len(c.Args) < 2 || len(c.Args) > 3 {
		return nil
	}
	format, ok := constant(c.Args[1])
	if !ok {
		t.refuse(sqlstate.Unsupported(c.Pos, "%s is supported with a constant format only", strings.ToUpper(c.Name.Last())))
	}
	directives := ""
	for _, next := range datePieces(format) {
		if next.template != "" || next.directive == "%V" || next.directive == "%G" {
			t.refuse(sqlstate.Unsupported(c.Pos, "%s does not support %s in a format yet", strings.ToUpper(c.Name.Last()), next.pattern))
		}
		directives += next.directive + strings.ReplaceAll(next.literal, "%", "%%")
	}
	return native("strptime", c.Args[0], &ast.String{Value: directives})
}
