package policy

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator is a condition operator without what may stand before and behind its name.
type operator struct {
	negated bool
	isNull  bool
	compile func(value string, variables bool) (test, error)
}

// operators are all there are, by their names in lower case.
var operators = map[string]operator{
	"stringequals":              {compile: compileText(spelling{})},
	"stringnotequals":           {compile: compileText(spelling{}), negated: true},
	"stringequalsignorecase":    {compile: compileText(spelling{foldCase: true})},
	"stringnotequalsignorecase": {compile: compileText(spelling{foldCase: true}), negated: true},
	"stringlike":                {compile: compileText(spelling{wildcards: true})},
	"stringnotlike":             {compile: compileText(spelling{wildcards: true}), negated: true},

	"numericequals":            {compile: compileNumber(equal)},
	"numericnotequals":         {compile: compileNumber(equal), negated: true},
	"numericlessthan":          {compile: compileNumber(less)},
	"numericlessthanequals":    {compile: compileNumber(lessOrEqual)},
	"numericgreaterthan":       {compile: compileNumber(greater)},
	"numericgreaterthanequals": {compile: compileNumber(greaterOrEqual)},

	"dateequals":            {compile: compileDate(equal)},
	"datenotequals":         {compile: compileDate(equal), negated: true},
	"datelessthan":          {compile: compileDate(less)},
	"datelessthanequals":    {compile: compileDate(lessOrEqual)},
	"dategreaterthan":       {compile: compileDate(greater)},
	"dategreaterthanequals": {compile: compileDate(greaterOrEqual)},

	"bool":         {compile: compileBool},
	"binaryequals": {compile: compileBytes},
	"null":         {compile: compileNull, isNull: true},

	"ipaddress":    {compile: compileAddress},
	"notipaddress": {compile: compileAddress, negated: true},

	"arnequals":    {compile: compileARN},
	"arnlike":      {compile: compileARN},
	"arnnotequals": {compile: compileARN, negated: true},
	"arnnotlike":   {compile: compileARN, negated: true},
}

// order says which results of a comparison match.
type order func(compared int) bool

func equal(compared int) bool          { return compared == 0 }
func less(compared int) bool           { return compared < 0 }
func lessOrEqual(compared int) bool    { return compared <= 0 }
func greater(compared int) bool        { return compared > 0 }
func greaterOrEqual(compared int) bool { return compared >= 0 }

type textTest struct{ *pattern }

func (t textTest) matches(value string, context Context) bool { return t.match(value, context) }

func compileText(spelled spelling) func(string, bool) (test, error) {
	return func(value string, variables bool) (test, error) {
		spelled := spelled
		spelled.variables = variables
		made, err := compile(value, spelled)
		return textTest{made}, err
	}
}

type arnTest struct{ *pattern }

func (t arnTest) matches(value string, context Context) bool {
	var room [256]glyph
	glyphs, resolved := t.resolve(room[:0], context)
	return resolved && matchARN(glyphs, value)
}

func compileARN(value string, variables bool) (test, error) {
	if strings.Count(value, ":") < 5 && !(variables && strings.Contains(value, "${")) {
		return nil, errors.New("an ARN has six parts, each of which may be *")
	}
	made, err := compile(value, spelling{wildcards: true, variables: variables})
	return arnTest{made}, err
}

var errVariable = errors.New("the operator takes no policy variables")

// plainly keeps variables out of the operators that take none.
func plainly(value string, variables bool) error {
	if variables && strings.Contains(value, "${") {
		return errVariable
	}
	return nil
}

type numberTest struct {
	number float64
	order  order
}

func (t numberTest) matches(value string, _ Context) bool {
	number, err := readNumber(value)
	return err == nil && t.order(compareNumbers(number, t.number))
}

func compileNumber(order order) func(string, bool) (test, error) {
	return func(value string, variables bool) (test, error) {
		if err := plainly(value, variables); err != nil {
			return nil, err
		}
		number, err := readNumber(value)
		return numberTest{number: number, order: order}, err
	}
}

var errNumber = errors.New("it is no number")

// readNumber takes decimal numbers only, of what strconv takes.
func readNumber(value string) (float64, error) {
	if strings.Trim(value, "0123456789+-.eE") != "" {
		return 0, errNumber
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0, errNumber
	}
	return number, nil
}

func compareNumbers(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

type dateTest struct {
	date  time.Time
	order order
}

func (t dateTest) matches(value string, _ Context) bool {
	date, err := readDate(value)
	return err == nil && t.order(date.Compare(t.date))
}

func compileDate(order order) func(string, bool) (test, error) {
	return func(value string, variables bool) (test, error) {
		if err := plainly(value, variables); err != nil {
			return nil, err
		}
		date, err := readDate(value)
		return dateTest{date: date, order: order}, err
	}
}

// readDate takes the W3C's forms of ISO 8601, from the year alone to fractions of a second, and seconds since 1970.
func readDate(value string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil && len(value) > len("2006") {
		return time.Unix(seconds, 0), nil
	}
	layout := "2006-01-02T15:04:05Z07:00" // also reads fractions
	switch {
	case len(value) <= 4:
		layout = "2006"
	case len(value) <= 7:
		layout = "2006-01"
	case len(value) <= 10:
		layout = "2006-01-02"
	case strings.Count(value[:min(len(value), len("2006-01-02T15:04:05"))], ":") == 1:
		layout = "2006-01-02T15:04Z07:00"
	}
	date, err := time.Parse(layout, value)
	if err != nil {
		return time.Time{}, errors.New("it is no date; write 2026-01-31, 2026-01-31T12:00:00Z or seconds since 1970")
	}
	return date, nil
}

type boolTest bool

func (t boolTest) matches(value string, _ Context) bool {
	return bool(t) && strings.EqualFold(value, "true") || !bool(t) && strings.EqualFold(value, "false")
}

// compileBool takes a variable too, whose value is then compared as text.
func compileBool(value string, variables bool) (test, error) {
	if plainly(value, variables) != nil {
		return compileText(spelling{foldCase: true})(value, variables)
	}
	return compileNull(value, variables)
}

func compileNull(value string, _ bool) (test, error) {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return nil, errors.New("it takes true or false")
	}
	return boolTest(strings.EqualFold(value, "true")), nil
}

type bytesTest string

func (t bytesTest) matches(value string, _ Context) bool { return value == string(t) }

// compileBytes reads base64; the request's value has the bytes as they are.
func compileBytes(value string, variables bool) (test, error) {
	if err := plainly(value, variables); err != nil {
		return nil, err
	}
	decoded, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return nil, errors.New("it is no base64")
	}
	return bytesTest(decoded), nil
}

type addressTest netip.Prefix

func (t addressTest) matches(value string, _ Context) bool {
	address, err := netip.ParseAddr(value)
	return err == nil && netip.Prefix(t).Contains(address.Unmap().WithZone(""))
}

func compileAddress(value string, variables bool) (test, error) {
	if err := plainly(value, variables); err != nil {
		return nil, err
	}
	if address, err := netip.ParseAddr(value); err == nil && address.Zone() == "" {
		return addressTest(netip.PrefixFrom(address, address.BitLen())), nil
	}
	network, err := netip.ParsePrefix(value)
	if err != nil {
		return nil, errors.New("it is no IP address or range; write 203.0.113.0/24 or 2001:db8::/32")
	}
	return addressTest(network), nil
}
