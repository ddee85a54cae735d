package awsapi

import (
	"cmp"
	"math"
	"reflect"
	"regexp"
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

// parseTimestamp reads ISO 8601 in its extended and basic forms: a date, also by the day of its year or by its week, alone or with
// a time, minutes without seconds, fractions to the nanosecond, the midnight at a day's end, any offset; no offset means UTC.
func parseTimestamp(text string) (time.Time, bool) {
	text = withoutWeek(strings.ToUpper(strings.Replace(text, " ", "T", 1)))
	if midnight := endOfDay.FindStringSubmatch(text); midnight != nil {
		moment, ok := parseTimestamp(midnight[1] + "00" + midnight[2] + midnight[3])
		return moment.AddDate(0, 0, 1), ok
	}
	dates := []string{"2006-01-02", "20060102", "2006-002", "2006002", "2006-01"}
	clocks := []string{"15:04:05", "15:04", "150405", "1504", "15"}
	zones := []string{"Z07:00", "Z0700", "Z07", ""}
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

var (
	endOfDay = regexp.MustCompile(`^([^T]+T)24((?::?00){0,2}(?:[.,]0+)?)(Z|[+-].*)?$`)
	weekDate = regexp.MustCompile(`^(\d{4})-?W(\d\d)-?([1-7])?(T.*)?$`)
)

// withoutWeek writes a date given by its week, such as 2026-W01-4, by its month. The first week is the one with January 4th in it.
func withoutWeek(text string) string {
	found := weekDate.FindStringSubmatch(text)
	if found == nil {
		return text
	}
	year, _ := strconv.Atoi(found[1])
	week, _ := strconv.Atoi(found[2])
	day, _ := strconv.Atoi(cmp.Or(found[3], "1"))
	january4 := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	monday := january4.AddDate(0, 0, -int(january4.Weekday()+6)%7)
	date := monday.AddDate(0, 0, 7*(week-1)+day-1)
	if gotYear, gotWeek := date.ISOWeek(); gotYear != year || gotWeek != week {
		return text
	}
	return date.Format("2006-01-02") + found[4]
}
