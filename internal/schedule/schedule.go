// Package schedule reads the definitions of Redshift's snapshot schedules, rate(N hours) and cron(Minutes Hours Day-of-week), and tells their times,
// which are in UTC. It promises that two times of a schedule are an hour apart at least, and knows neither clocks nor clusters.
package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrUnsupported is wrapped by Parse's error about a definition that is neither a rate nor a cron expression.
var ErrUnsupported = errors.New("a definition is rate(N hours) or cron(Minutes Hours Day-of-week)")

// Schedule is when snapshots are due. It has no time without a definition.
type Schedule struct{ rules []rule }

// rule is the times of one definition. All of them repeat after a week, if not earlier.
type rule interface {
	next(after time.Time) time.Time
	// offsets are the seconds since the beginning of the week, which is Sunday 00:00, at which the rule may be due in some week.
	offsets() []int
}

const (
	hour = 60 * 60
	day  = 24 * hour
	week = 7 * day
)

// Parse reads the definitions of a schedule. Rates count from began. The errors are for whoever wrote the definitions.
func Parse(definitions []string, began time.Time) (Schedule, error) {
	var parsed Schedule
	if len(definitions) == 0 {
		return parsed, errors.New("a schedule needs at least one definition")
	}
	for _, definition := range definitions {
		rule, err := parse(definition, began)
		if err != nil {
			return Schedule{}, fmt.Errorf("%q: %w", definition, err)
		}
		parsed.rules = append(parsed.rules, rule)
	}
	return parsed, parsed.checkDistances()
}

// Next is the schedule's first time after the given one.
func (s Schedule) Next(after time.Time) time.Time {
	var next time.Time
	for _, rule := range s.rules {
		if at := rule.next(after.UTC()); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// checkDistances refuses definitions that together ask for two snapshots within an hour.
func (s Schedule) checkDistances() error {
	var all []int
	for _, rule := range s.rules {
		all = append(all, rule.offsets()...)
	}
	slices.Sort(all)
	for i := range all {
		following := all[0] + week
		if i+1 < len(all) {
			following = all[i+1]
		}
		if following-all[i] < hour {
			return fmt.Errorf("the definitions ask for two snapshots within one hour, at %s and at %s", clock(all[i]), clock(following))
		}
	}
	return nil
}

func clock(offset int) string {
	return time.Date(2023, 1, 1, 0, 0, offset, 0, time.UTC).Format("Mon 15:04") // that was a Sunday
}

var form = regexp.MustCompile(`^\s*([a-zA-Z]+)\s*\(([^()]*)\)\s*$`)

func parse(definition string, began time.Time) (rule, error) {
	parts := form.FindStringSubmatch(definition)
	if parts == nil {
		return nil, ErrUnsupported
	}
	switch strings.ToLower(parts[1]) {
	case "rate":
		return parseRate(parts[2], began)
	case "cron":
		return parseCron(strings.Fields(parts[2]))
	}
	return nil, ErrUnsupported
}

// rate is due every so many hours since began.
type rate struct {
	began time.Time
	hours int
}

func parseRate(text string, began time.Time) (rule, error) {
	parts := strings.Fields(strings.ToLower(text))
	if len(parts) != 2 || parts[1] != "hour" && parts[1] != "hours" {
		return nil, errors.New("a rate has a number of hours, such as rate(12 hours)")
	}
	hours, err := strconv.Atoi(parts[0])
	if err != nil || hours < 1 || hours > 24 {
		return nil, errors.New("a rate is between 1 and 24 hours")
	}
	return rate{began.UTC().Truncate(time.Second), hours}, nil
}

func (r rate) next(after time.Time) time.Time {
	every := time.Duration(r.hours) * time.Hour
	if after.Before(r.began) {
		return r.began.Add(every)
	}
	return after.Add(every - after.Sub(r.began)%every)
}

func (r rate) offsets() []int {
	step := divisor(r.hours*hour, week)
	var offsets []int
	for at := secondOfWeek(r.began) % step; at < week; at += step {
		offsets = append(offsets, at)
	}
	return offsets
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func secondOfWeek(at time.Time) int {
	return int(at.Weekday())*day + at.Hour()*hour + at.Minute()*60 + at.Second()
}
