package pgwire

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// appendInterval appends an interval in PostgreSQL's own style: 1 year 2 mons -3 days +04:05:06. A plus stands only behind a
// part that was negative.
func appendInterval(dst []byte, v pgtype.Interval) []byte {
	if !v.Valid {
		return nil
	}
	w := intervalWriter{dst: dst, first: true}
	w.part(int64(v.Months/12), "year")
	w.part(int64(v.Months%12), "mon")
	w.part(int64(v.Days), "day")
	if v.Microseconds != 0 || w.first {
		w.clock(v.Microseconds)
	}
	return w.dst
}

type intervalWriter struct {
	dst      []byte
	first    bool
	negative bool // the part before was
}

func (w *intervalWriter) part(value int64, unit string) {
	if value == 0 {
		return
	}
	w.sign(value)
	w.dst = strconv.AppendInt(w.dst, value, 10)
	w.dst = append(w.dst, ' ')
	w.dst = append(w.dst, unit...)
	if value != 1 {
		w.dst = append(w.dst, 's')
	}
}

func (w *intervalWriter) clock(micros int64) {
	w.sign(micros)
	if micros < 0 {
		w.dst = append(w.dst, '-')
		micros = -max(micros, -math.MaxInt64)
	}
	w.dst = appendMicros(w.dst, micros)
}

func (w *intervalWriter) sign(value int64) {
	if !w.first {
		w.dst = append(w.dst, ' ')
	}
	if w.negative && value > 0 {
		w.dst = append(w.dst, '+')
	}
	w.first, w.negative = false, value < 0
}

// parseInterval reads what drivers write: numbers with units, a time of hours, minutes and seconds, "ago", or ISO 8601's PnYnMnDTnHnMnS.
func parseInterval(text string) (any, error) {
	fields := strings.Fields(strings.ToLower(text))
	if len(fields) == 1 && strings.HasPrefix(fields[0], "p") {
		fields = designated(fields[0][1:])
	}
	if len(fields) == 0 {
		return nil, errSyntax
	}
	fields, ago := cutAgo(fields)
	var sum intervalSum
	for len(fields) > 0 {
		used, err := sum.take(fields)
		if err != nil {
			return nil, err
		}
		fields = fields[used:]
	}
	if ago {
		sum = intervalSum{-sum.months, -sum.days, -sum.micros}
	}
	return sum.interval()
}

func cutAgo(fields []string) (rest []string, ago bool) {
	last := len(fields) - 1
	if last > 0 && fields[last] == "ago" {
		return fields[:last], true
	}
	return fields, false
}

// designated splits 1y2m3dt4h5m6s into numbers and units.
func designated(text string) (fields []string) {
	units := map[byte]string{'y': "year", 'm': "month", 'w': "week", 'd': "day"}
	start := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c == 't' && start == i:
			units = map[byte]string{'h': "hour", 'm': "minute", 's': "second"}
			start = i + 1
		case units[c] != "":
			fields = append(fields, text[start:i], units[c])
			start = i + 1
		}
	}
	if start != len(text) {
		return nil
	}
	return fields
}

// parseSpan reads a signed time of any number of hours.
func parseSpan(field string) (int64, error) {
	in := scanner{text: field}
	negative := in.accept('-')
	if !negative {
		in.accept('+')
	}
	hours := in.number(1, 9)
	in.expect(':')
	minutes := in.number(1, 2)
	micros := int64(hours)*microsHour + int64(minutes)*microsMin
	if in.accept(':') {
		micros += int64(in.number(1, 2)) * microsSec
		if in.accept('.') {
			micros += int64(in.fraction())
		}
	}
	if !in.finished() || minutes > 59 {
		return 0, errSyntax
	}
	if negative {
		micros = -micros
	}
	return micros, nil
}

// intervalSum adds up the parts of an interval.
type intervalSum struct{ months, days, micros int64 }

// intervalUnit is what one of a unit counts for in one of the three parts.
type intervalUnit struct {
	months, days float64
	span         time.Duration
}

func unitOf(name string) (intervalUnit, bool) {
	switch name {
	case "millennium", "millennia", "millenniums":
		return intervalUnit{months: 12000}, true
	case "century", "centuries":
		return intervalUnit{months: 1200}, true
	case "decade", "decades":
		return intervalUnit{months: 120}, true
	case "year", "years", "yr", "yrs", "y":
		return intervalUnit{months: 12}, true
	case "month", "months", "mon", "mons":
		return intervalUnit{months: 1}, true
	case "week", "weeks", "w":
		return intervalUnit{days: 7}, true
	case "day", "days", "d":
		return intervalUnit{days: 1}, true
	case "hour", "hours", "hr", "hrs", "h":
		return intervalUnit{span: time.Hour}, true
	case "minute", "minutes", "min", "mins", "m":
		return intervalUnit{span: time.Minute}, true
	case "second", "seconds", "sec", "secs", "s":
		return intervalUnit{span: time.Second}, true
	case "millisecond", "milliseconds", "msec", "msecs", "ms":
		return intervalUnit{span: time.Millisecond}, true
	case "microsecond", "microseconds", "usec", "usecs", "us":
		return intervalUnit{span: time.Microsecond}, true
	}
	return intervalUnit{}, false
}

// take adds the first part of an interval and tells how many fields it has. A bare number at the end counts seconds.
func (s *intervalSum) take(fields []string) (used int, err error) {
	switch {
	case strings.Contains(fields[0], ":"):
		micros, err := parseSpan(fields[0])
		if err != nil {
			return 0, err
		}
		return 1, s.addMicros(micros)
	case len(fields) == 1:
		return 1, s.add(fields[0], "seconds")
	}
	return 2, s.add(fields[0], fields[1])
}

// add adds that many of a unit. What is not a whole month counts as days of a month of 30, and what is not a whole day as time.
func (s *intervalSum) add(number, name string) error {
	value, err := parseFloat(number, 64)
	unit, known := unitOf(name)
	if err != nil || !known || math.IsNaN(value) || math.IsInf(value, 0) {
		return errSyntax
	}
	months, partOfMonth := math.Modf(value * unit.months)
	days, partOfDay := math.Modf(value*unit.days + partOfMonth*30)
	micros := math.Round(value*float64(unit.span.Microseconds()) + partOfDay*day*float64(microsSec))
	if math.Abs(months) > 1<<31 || math.Abs(days) > 1<<31 || math.Abs(micros) > maxSpan {
		return errOutOfRange
	}
	s.months += int64(months)
	s.days += int64(days)
	return s.addMicros(int64(micros))
}

// maxSpan leaves room to add two of them.
const maxSpan = math.MaxInt64 / 2

func (s *intervalSum) addMicros(micros int64) error {
	s.micros += micros
	if s.micros > maxSpan || s.micros < -maxSpan {
		return errOutOfRange
	}
	return nil
}

func (s *intervalSum) interval() (any, error) {
	if s.months != int64(int32(s.months)) || s.days != int64(int32(s.days)) {
		return nil, errOutOfRange
	}
	return pgtype.Interval{Months: int32(s.months), Days: int32(s.days), Microseconds: s.micros, Valid: true}, nil
}
