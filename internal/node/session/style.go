package session

import (
	"strconv"
	"time"
	_ "time/tzdata" // a confined node reads no files of time zones

	"slipher/internal/pgwire"
)

// The significant digits of floating point numbers as text; extra_float_digits adds to them.
const (
	digitsOfReal   = 6
	digitsOfDouble = 15
)

// TextStyle is how the session's settings have values written: timestamps in its time zone, and floating point numbers
// with the digits that extra_float_digits asks for.
func (s *session) TextStyle() pgwire.TextStyle {
	style := pgwire.TextStyle{Zone: s.zone}
	value, _ := s.settings.get("extra_float_digits")
	if extra, err := strconv.Atoi(value); err == nil && extra <= 0 {
		style.Real, style.Double = max(1, digitsOfReal+extra), max(1, digitsOfDouble+extra)
	}
	return style
}

// setZone has the engine and the text of timestamps follow the time zone.
func (s *session) setZone(name string) error {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return &pgwire.Error{Code: "22023", Message: `invalid value for parameter "timezone": ` + strconv.Quote(name)}
	}
	s.zone = zone
	return nil
}
