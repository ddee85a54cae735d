package bind

import (
	"strings"
	"time"

	"slipher/internal/sql/ast"
	"slipher/internal/sql/types"
)

// dateForms are the forms of date literals that the guide lists beside the ISO form, which the engine reads by itself.
// Years of two digits are those from 1970 to 2069.
var dateForms = []string{
	"January 2, 2006", "Jan 2, 2006", "1/2/2006", "1/2/06", "2006-Jan-2", "Jan-2-2006", "2-Jan-2006", "20060102", "060102", "2006.002",
}

// clockForms are those of a time of day.
var clockForms = []string{"15:04:05", "15:04", "150405", "3:04 PM", "3:04:05 PM", "1504"}

// asDate reads a quoted date or timestamp beside a value of that type, and leaves anything else as it is.
func asDate(x ast.Expr, beside types.Type) ast.Expr {
	quoted, ok := x.(*ast.String)
	if !ok {
		return x
	}
	if iso := isoForm(strings.TrimSpace(quoted.Value), beside.Kind); iso != "" {
		return &ast.Rewritten{Original: x, Engine: &ast.String{Value: iso}}
	}
	return x
}

// isoForm is a literal in the ISO form; "" for one that has it already, or that is none.
func isoForm(text string, kind types.Kind) string {
	switch kind {
	case types.Date:
		return firstForm(text, dateForms, "2006-01-02")
	case types.Time:
		return firstForm(text, clockForms[2:], "15:04:05.999999")
	case types.Timestamp, types.TimestampTZ:
		return isoTimestamp(text)
	}
	return ""
}

func isoTimestamp(text string) string {
	if date := firstForm(text, dateForms, "2006-01-02"); date != "" {
		return date + " 00:00:00"
	}
	for at := strings.IndexByte(text, ' '); at >= 0; {
		date, clock := firstForm(text[:at], append(dateForms[:len(dateForms):len(dateForms)], "2006-01-02"), "2006-01-02"), ""
		if date != "" {
			clock = firstForm(strings.TrimSpace(text[at:]), clockForms, "15:04:05.999999")
		}
		if clock != "" && date+" "+clock != text {
			return date + " " + clock
		}
		next := strings.IndexByte(text[at+1:], ' ')
		if next < 0 {
			return ""
		}
		at += 1 + next
	}
	return ""
}

func firstForm(text string, forms []string, to string) string {
	for _, form := range forms {
		if v, err := time.Parse(form, text); err == nil {
			return v.Format(to)
		}
	}
	return ""
}
