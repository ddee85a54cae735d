package pgwire

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	// epoch is 2000-01-01, from which the binary forms count.
	epoch      = 946_684_800
	day        = 24 * 60 * 60
	microsHour = int64(time.Hour / time.Microsecond)
	microsMin  = int64(time.Minute / time.Microsecond)
	microsSec  = int64(time.Second / time.Microsecond)

	// The range of PostgreSQL's timestamps, as microseconds from epoch: 4714-11-24 BC up to, not including, 294277.
	firstMicros = -211_813_488_000_000_000
	endMicros   = 9_223_371_331_200_000_000
)

var errOutOfRange = &Error{Code: "22008", Message: "date/time field value out of range"}

// appendTime appends a date, a timestamp or, for any other column, a timestamp with its zone, which is always UTC.
func appendTime(dst []byte, oid uint32, v time.Time) []byte {
	if oid != pgtype.DateOID && oid != pgtype.TimestampOID {
		v = v.UTC()
	}
	return appendMoment(dst, oid, v)
}

// appendMoment is appendTime with the zone that the value has.
func appendMoment(dst []byte, oid uint32, v time.Time) []byte {
	year, month, dayOfMonth := v.Date()
	bc := year <= 0
	if bc {
		year = 1 - year
	}
	dst = appendPadded(dst, year, 4)
	dst = append(dst, '-')
	dst = appendPadded(dst, int(month), 2)
	dst = append(dst, '-')
	dst = appendPadded(dst, dayOfMonth, 2)
	if oid != pgtype.DateOID {
		hour, minute, second := v.Clock()
		dst = append(dst, ' ')
		dst = appendHMS(dst, hour, minute, second, v.Nanosecond()/1000)
		if oid != pgtype.TimestampOID {
			_, offset := v.Zone()
			dst = appendOffset(dst, offset)
		}
	}
	if bc {
		dst = append(dst, " BC"...)
	}
	return dst
}

// appendOffset appends a distance from UTC in seconds, with minutes and seconds only where there are any.
func appendOffset(dst []byte, seconds int) []byte {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	dst = appendPadded(append(dst, sign), seconds/3600, 2)
	if seconds%3600 != 0 {
		dst = appendPadded(append(dst, ':'), seconds/60%60, 2)
	}
	if seconds%60 != 0 {
		dst = appendPadded(append(dst, ':'), seconds%60, 2)
	}
	return dst
}

// appendZonedClock appends the binary form of a time of day with its offset, given as text: microseconds, then how many
// seconds west.
func appendZonedClock(dst []byte, text string) ([]byte, error) {
	v, err := time.Parse("15:04:05.999999Z07:00:00", text)
	if err != nil {
		if v, err = time.Parse("15:04:05.999999Z07:00", text); err != nil {
			if v, err = time.Parse("15:04:05.999999Z07", text); err != nil {
				return nil, &Error{Code: "22007", Message: "invalid time with time zone"}
			}
		}
	}
	_, offset := v.Zone()
	hour, minute, second := v.Clock()
	micros := (int64(hour)*3600+int64(minute)*60+int64(second))*microsSec + int64(v.Nanosecond()/1000)
	dst = binary.BigEndian.AppendUint64(dst, uint64(micros))
	return binary.BigEndian.AppendUint32(dst, uint32(int32(-offset))), nil
}

func appendClock(dst []byte, v pgtype.Time) []byte {
	if !v.Valid {
		return nil
	}
	return appendMicros(dst, v.Microseconds)
}

// appendMicros appends a length of time, not negative, as hours, minutes and seconds.
func appendMicros(dst []byte, micros int64) []byte {
	return appendHMS(dst, int(micros/microsHour), int(micros/microsMin%60), int(micros/microsSec%60), int(micros%microsSec))
}

func appendHMS(dst []byte, hour, minute, second, micros int) []byte {
	dst = appendPadded(dst, hour, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, minute, 2)
	dst = append(dst, ':')
	dst = appendPadded(dst, second, 2)
	if micros == 0 {
		return dst
	}
	dst = append(dst, '.')
	dst = appendPadded(dst, micros, 6)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func appendPadded(dst []byte, v, width int) []byte {
	for limit := 10; width > 1; width, limit = width-1, limit*10 {
		if v < limit {
			dst = appendZeros(dst, width-1)
			break
		}
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

func appendTimeBinary(dst []byte, oid uint32, v time.Time) ([]byte, error) {
	if oid != pgtype.TimestamptzOID {
		// The other types have no zone: what the clock showed is the value.
		_, offset := v.Zone()
		v = v.Add(time.Duration(offset) * time.Second)
	}
	seconds := v.Unix() - epoch
	if seconds < firstMicros/microsSec || seconds >= endMicros/microsSec {
		return nil, errOutOfRange
	}
	if oid == pgtype.DateOID {
		return binary.BigEndian.AppendUint32(dst, uint32(floorDiv(seconds, day))), nil
	}
	micros := seconds*microsSec + int64(v.Nanosecond()/1000)
	return binary.BigEndian.AppendUint64(dst, uint64(micros)), nil
}

func appendInfinityBinary(dst []byte, oid uint32, v pgtype.InfinityModifier) []byte {
	switch {
	case oid == pgtype.DateOID && v == pgtype.Infinity:
		return binary.BigEndian.AppendUint32(dst, math.MaxInt32)
	case oid == pgtype.DateOID:
		return binary.BigEndian.AppendUint32(dst, 1<<31)
	case v == pgtype.Infinity:
		return binary.BigEndian.AppendUint64(dst, math.MaxInt64)
	}
	return binary.BigEndian.AppendUint64(dst, 1<<63)
}

func dateFromBinary(days int32) (any, error) {
	switch days {
	case math.MaxInt32:
		return pgtype.Infinity, nil
	case math.MinInt32:
		return pgtype.NegativeInfinity, nil
	}
	return timeFromSeconds(int64(days)*day, 0)
}

func timestampFromBinary(micros int64) (any, error) {
	switch micros {
	case math.MaxInt64:
		return pgtype.Infinity, nil
	case math.MinInt64:
		return pgtype.NegativeInfinity, nil
	}
	seconds := floorDiv(micros, microsSec)
	return timeFromSeconds(seconds, micros-seconds*microsSec)
}

func timeFromSeconds(seconds, micros int64) (any, error) {
	if seconds < firstMicros/microsSec || seconds >= endMicros/microsSec {
		return nil, errOutOfRange
	}
	return time.Unix(epoch+seconds, micros*1000).UTC(), nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

var errSyntax = errors.New("invalid syntax")

// parseTime reads a date or a timestamp in ISO 8601 order, as every driver writes them: a date, then perhaps a time, a zone and
// an era. Only a timestamp with time zone heeds the zone.
func parseTime(text string, oid uint32) (any, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "infinity":
		return pgtype.Infinity, nil
	case "-infinity":
		return pgtype.NegativeInfinity, nil
	}
	text, bc := strings.CutSuffix(text, " BC")
	in := scanner{text: strings.TrimSuffix(text, " AD")}
	year, month, dayOfMonth := in.date()
	clock, offset := in.clockAndZone()
	if !in.finished() {
		return nil, errSyntax
	}
	if bc {
		year = 1 - year
	}
	midnight := time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC)
	if midnight.Day() != dayOfMonth || clock > 24*microsHour {
		return nil, errOutOfRange
	}
	switch oid {
	case pgtype.DateOID:
		clock, offset = 0, 0
	case pgtype.TimestampOID:
		offset = 0
	}
	seconds := midnight.Unix() - epoch + clock/microsSec - int64(offset)
	return timeFromSeconds(seconds, clock%microsSec)
}

func parseClock(text string) (any, error) {
	in := scanner{text: strings.TrimSpace(text)}
	micros := in.clock()
	if !in.finished() {
		return nil, errSyntax
	}
	if micros > 24*microsHour {
		return nil, errOutOfRange
	}
	return pgtype.Time{Microseconds: micros, Valid: true}, nil
}
