package schedule

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// cron is the seconds of a week at which it is due, in order.
type cron []int

func parseCron(fields []string) (rule, error) {
	if len(fields) != 3 {
		return nil, fmt.Errorf("a cron expression of a snapshot schedule has three fields, Minutes, Hours and Day-of-week, not %d", len(fields))
	}
	minute, err := strconv.Atoi(fields[0])
	if err != nil || minute < 0 || minute > 59 {
		return nil, errors.New("Minutes is one number between 0 and 59, since two snapshots are an hour apart at least")
	}
	hours, err := field{name: "Hours", first: 0, last: 23}.parse(fields[1])
	if err != nil {
		return nil, err
	}
	days, err := field{name: "Day-of-week", first: 1, last: 7, names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}}.parse(fields[2])
	if err != nil {
		return nil, err
	}
	var due cron
	for weekday := range 7 {
		for at := range 24 {
			if days[weekday+1] && hours[at] {
				due = append(due, weekday*day+at*hour+minute*60)
			}
		}
	}
	return due, nil
}

func (c cron) next(after time.Time) time.Time {
	sunday := after.Truncate(24*time.Hour).AddDate(0, 0, -int(after.Weekday()))
	for _, offset := range c {
		if at := sunday.Add(time.Duration(offset) * time.Second); at.After(after) {
			return at
		}
	}
	return sunday.Add(time.Duration(week+c[0]) * time.Second)
}

func (c cron) offsets() []int { return c }

// field is one of an expression's: its items are separated by commas, and each is a value, a range or *, perhaps with /step.
type field struct {
	name        string
	first, last int
	names       []string // of the values from first on
}

const mostItems = 24

// parse answers which values are meant. There is always one.
func (f field) parse(text string) (map[int]bool, error) {
	items := strings.Split(text, ",")
	if len(items) > mostItems {
		return nil, fmt.Errorf("%s has %d values; there can be %d", f.name, len(items), mostItems)
	}
	meant := map[int]bool{}
	for _, item := range items {
		span, step, err := f.parseItem(item)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", f.name, item, err)
		}
		for at := 0; at <= span.length; at += step {
			meant[f.first+(span.from-f.first+at)%f.size()] = true
		}
	}
	return meant, nil
}

func (f field) size() int { return f.last - f.first + 1 }

// span is a range of values; one whose end comes before its beginning goes around.
type span struct{ from, length int }

func (f field) parseItem(item string) (span, int, error) {
	base, stepText, stepped := strings.Cut(item, "/")
	between, err := f.parseSpan(base, stepped)
	if err != nil || !stepped {
		return between, 1, err
	}
	step, err := strconv.Atoi(stepText)
	if err != nil || step < 1 || step > f.size() {
		return between, 1, fmt.Errorf("the step behind / is between 1 and %d", f.size())
	}
	return between, step, nil
}

// parseSpan reads what stands before the step: with one, a single value begins a range to the last value.
func (f field) parseSpan(text string, stepped bool) (span, error) {
	if text == "*" {
		return span{f.first, f.last - f.first}, nil
	}
	fromText, toText, ranged := strings.Cut(text, "-")
	from, err := f.value(fromText)
	switch {
	case err != nil:
		return span{}, err
	case !ranged && stepped:
		return span{from, f.last - from}, nil
	case !ranged:
		return span{from, 0}, nil
	}
	to, err := f.value(toText)
	return span{from, (to - from + f.size()) % f.size()}, err
}

func (f field) value(text string) (int, error) {
	for i, name := range f.names {
		if strings.EqualFold(text, name) {
			return f.first + i, nil
		}
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < f.first || number > f.last {
		return 0, f.unknown()
	}
	return number, nil
}

func (f field) unknown() error {
	if f.names == nil {
		return fmt.Errorf("values are %d to %d", f.first, f.last)
	}
	return fmt.Errorf("values are %d to %d or %s to %s", f.first, f.last, f.names[0], f.names[len(f.names)-1])
}
