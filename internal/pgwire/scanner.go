package pgwire

import "strings"

// scanner reads dates and times from a text. After the first thing that does not fit it reads nothing more.
type scanner struct {
	text   string
	at     int
	failed bool
}

func (in *scanner) finished() bool { return !in.failed && in.at == len(in.text) }

// peekDigit tells whether there is a digit that many places ahead.
func (in *scanner) peekDigit(ahead int) bool {
	i := in.at + ahead
	return i < len(in.text) && isDigit(in.text[i])
}

func (in *scanner) accept(c byte) bool {
	if in.failed || in.at >= len(in.text) || in.text[in.at] != c {
		return false
	}
	in.at++
	return true
}

func (in *scanner) expect(c byte) {
	if !in.accept(c) {
		in.failed = true
	}
}

func (in *scanner) skipSpaces() {
	for in.accept(' ') {
	}
}

// number reads between least and most digits.
func (in *scanner) number(least, most int) (value int) {
	start := in.at
	for in.at-start < most && in.peekDigit(0) {
		value = value*10 + int(in.text[in.at]-'0')
		in.at++
	}
	if in.at-start < least {
		in.failed = true
	}
	return value
}

func (in *scanner) date() (year, month, day int) {
	year = in.number(4, 6)
	in.expect('-')
	month = in.number(1, 2)
	in.expect('-')
	day = in.number(1, 2)
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 31 {
		in.failed = true
	}
	return year, month, day
}

// clock reads hours and minutes, seconds if there are any, and gives microseconds. A leap second and 24:00:00 are let through as
// the moment they stand for.
func (in *scanner) clock() int64 {
	hour := in.number(1, 2)
	in.expect(':')
	minute := in.number(2, 2)
	second, micros := 0, 0
	if in.accept(':') {
		second = in.number(2, 2)
		if in.accept('.') {
			micros = in.fraction()
		}
	}
	if hour > 24 || minute > 59 || second > 60 {
		in.failed = true
	}
	return int64(hour)*microsHour + int64(minute)*microsMin + int64(second)*microsSec + int64(micros)
}

// clockAndZone reads what may follow a date.
func (in *scanner) clockAndZone() (micros int64, offset int) {
	if in.accept('T') || in.peekDigit(1) && in.accept(' ') {
		micros = in.clock()
	}
	in.skipSpaces()
	return micros, in.zone()
}

// fraction reads the digits behind the point, rounded to microseconds; it can be a whole second.
func (in *scanner) fraction() (micros int) {
	start := in.at
	for ; in.peekDigit(0); in.at++ {
		digit := int(in.text[in.at] - '0')
		switch place := in.at - start; {
		case place < 6:
			micros = micros*10 + digit
		case place == 6 && digit >= 5:
			micros++
		}
	}
	if in.at == start {
		in.failed = true
	}
	for place := in.at - start; place < 6; place++ {
		micros *= 10
	}
	return micros
}

// zone reads what follows a time: nothing, Z or UTC, or an offset such as +02, +0530, +05:30 or +05:30:15. It gives seconds.
func (in *scanner) zone() int {
	for _, utc := range []string{"Z", "UTC", "GMT"} {
		if strings.EqualFold(in.text[in.at:], utc) {
			in.at = len(in.text)
			return 0
		}
	}
	sign := 1
	switch {
	case in.accept('-'):
		sign = -1
	case in.accept('+'):
	default:
		return 0
	}
	hour, minute, second := in.number(1, 2), 0, 0
	if in.accept(':') || in.peekDigit(0) {
		minute = in.number(2, 2)
	}
	if in.accept(':') {
		second = in.number(2, 2)
	}
	if hour > 15 || minute > 59 || second > 59 {
		in.failed = true
	}
	return sign * (hour*3600 + minute*60 + second)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
