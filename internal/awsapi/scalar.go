package awsapi

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"slipher/internal/api"
)

// scalar reads one value. Refusals repeat what was given only for numbers, booleans, times and enumerations:
// a string may be a password.
func scalar(path, text string, enum []string, into reflect.Value) error {
	switch into.Kind() {
	case reflect.String:
		return readString(path, text, enum, into)
	case reflect.Bool:
		switch strings.ToLower(text) {
		case "true", "false":
			into.SetBool(strings.EqualFold(text, "true"))
			return nil
		}
		return api.InvalidParameterValue("%s is %q; it must be true or false", path, clip(text))
	case reflect.Int, reflect.Int64:
		return readInteger(path, text, into)
	case reflect.Float64:
		number, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			return api.InvalidParameterValue("%s is %q; it must be a number", path, clip(text))
		}
		into.SetFloat(number)
	default:
		moment, ok := parseTimestamp(text)
		if !ok {
			return api.InvalidParameterValue("%s is %q; it must be an ISO 8601 time such as 2026-01-02T15:04:05Z", path, clip(text))
		}
		into.Set(reflect.ValueOf(moment))
	}
	return nil
}

// readString refuses what no XML answer could carry back.
func readString(path, text string, enum []string, into reflect.Value) error {
	if !utf8.ValidString(text) {
		return api.InvalidParameterValue("%s is not valid UTF-8", path)
	}
	for _, r := range text {
		if !isXMLCharacter(r) {
			return api.InvalidParameterValue("%s holds the character %U, which is not allowed", path, r)
		}
	}
	if enum != nil && !slices.Contains(enum, text) {
		return api.InvalidParameterValue("%s is %q; it must be one of %s", path, clip(text), strings.Join(enum, ", "))
	}
	into.SetString(text)
	return nil
}

// isXMLCharacter is the Char production of XML 1.0.
func isXMLCharacter(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

func readInteger(path, text string, into reflect.Value) error {
	least, most := int64(math.MinInt32), int64(math.MaxInt32) // the models' integer, whatever Go's int is
	if into.Kind() == reflect.Int64 {
		least, most = math.MinInt64, math.MaxInt64
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < least || number > most {
		return api.InvalidParameterValue("%s is %q; it must be a whole number from %d to %d", path, clip(text), least, most)
	}
	into.SetInt(number)
	return nil
}

// parseTimestamp reads ISO 8601 in its extended and basic forms: a date alone, minutes without seconds,
// fractions to the nanosecond, any offset; no offset means UTC.
func parseTimestamp(text string) (time.Time, bool) {
	dates := []string{"2006-01-02", "20060102"}
	clocks := []string{"15:04:05", "15:04", "150405", "1504", "15"}
	zones := []string{"Z07:00", "Z0700", "Z07", ""}
	text = strings.ToUpper(strings.Replace(text, " ", "T", 1))
	for _, date := range dates {
		if moment, err := time.Parse(date, text); err == nil {
			return moment, true
		}
		for _, clock := range clocks {
			for _, zone := range zones {
				if moment, err := time.Parse(date+"T"+clock+zone, text); err == nil {
					return moment.UTC(), true
				}
			}
		}
	}
	return time.Time{}, false
}
