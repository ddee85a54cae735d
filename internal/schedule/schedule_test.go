package schedule

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

const form14 = "Mon 2006-01-02 15:04:05"

func at(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(form14, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNext(t *testing.T) {
	t.Parallel()
	const began = "Mon 2026-01-05 10:20:30"
	for name, test := range map[string]struct {
		definitions []string
		after       string
		want        []string
	}{
		"daily":            {[]string{"cron(30 12 *)"}, "Mon 2026-01-05 10:00:00", []string{"Mon 2026-01-05 12:30:00", "Tue 2026-01-06 12:30:00"}},
		"not_the_same":     {[]string{"cron(30 12 *)"}, "Mon 2026-01-05 12:30:00", []string{"Tue 2026-01-06 12:30:00"}},
		"leap_day":         {[]string{"cron(0 0 *)"}, "Mon 2028-02-28 00:00:00", []string{"Tue 2028-02-29 00:00:00", "Wed 2028-03-01 00:00:00"}},
		"no_leap_day":      {[]string{"cron(0 0 *)"}, "Sun 2027-02-28 00:00:00", []string{"Mon 2027-03-01 00:00:00"}},
		"century":          {[]string{"cron(59 23 *)"}, "Sun 2100-02-28 23:59:00", []string{"Mon 2100-03-01 23:59:00"}},
		"end_of_month":     {[]string{"cron(0 9 *)"}, "Thu 2026-04-30 09:00:00", []string{"Fri 2026-05-01 09:00:00"}},
		"end_of_year":      {[]string{"cron(0 23 THU)"}, "Thu 2026-12-31 23:00:00", []string{"Thu 2027-01-07 23:00:00"}},
		"weekdays":         {[]string{"cron(0 17 MON-FRI)"}, "Fri 2026-01-09 17:00:00", []string{"Mon 2026-01-12 17:00:00"}},
		"weekend":          {[]string{"cron(0 17 SAT,SUN)"}, "Mon 2026-01-05 00:00:00", []string{"Sat 2026-01-10 17:00:00", "Sun 2026-01-11 17:00:00", "Sat 2026-01-17 17:00:00"}},
		"around_the_week":  {[]string{"cron(0 17 fri-mon)"}, "Fri 2026-01-09 18:00:00", []string{"Sat 2026-01-10 17:00:00", "Sun 2026-01-11 17:00:00", "Mon 2026-01-12 17:00:00", "Fri 2026-01-16 17:00:00"}},
		"numbered_days":    {[]string{"cron(0 17 1,3)"}, "Sun 2026-01-11 17:00:00", []string{"Tue 2026-01-13 17:00:00", "Sun 2026-01-18 17:00:00"}},
		"hours_from_on":    {[]string{"cron(15 15/2 *)"}, "Mon 2026-01-05 00:00:00", []string{"Mon 2026-01-05 15:15:00", "Mon 2026-01-05 17:15:00", "Mon 2026-01-05 19:15:00", "Mon 2026-01-05 21:15:00", "Mon 2026-01-05 23:15:00", "Tue 2026-01-06 15:15:00"}},
		"every_eighth":     {[]string{"cron(5 */8 *)"}, "Mon 2026-01-05 00:00:00", []string{"Mon 2026-01-05 00:05:00", "Mon 2026-01-05 08:05:00", "Mon 2026-01-05 16:05:00", "Tue 2026-01-06 00:05:00"}},
		"some_hours":       {[]string{"cron(0 14-17/2,20 MON)"}, "Mon 2026-01-05 00:00:00", []string{"Mon 2026-01-05 14:00:00", "Mon 2026-01-05 16:00:00", "Mon 2026-01-05 20:00:00", "Mon 2026-01-12 14:00:00"}},
		"around_midnight":  {[]string{"cron(0 22-1 MON)"}, "Mon 2026-01-05 00:30:00", []string{"Mon 2026-01-05 01:00:00", "Mon 2026-01-05 22:00:00", "Mon 2026-01-05 23:00:00", "Mon 2026-01-12 00:00:00"}},
		"rate":             {[]string{"rate(12 hours)"}, began, []string{"Mon 2026-01-05 22:20:30", "Tue 2026-01-06 10:20:30"}},
		"rate_of_one":      {[]string{" Rate( 1 hour ) "}, "Mon 2026-01-05 11:20:29", []string{"Mon 2026-01-05 11:20:30", "Mon 2026-01-05 12:20:30"}},
		"rate_before":      {[]string{"rate(5 hours)"}, "Sun 2026-01-04 00:00:00", []string{"Mon 2026-01-05 15:20:30"}},
		"rate_over_months": {[]string{"rate(24 hours)"}, "Mon 2028-02-28 12:00:00", []string{"Tue 2028-02-29 10:20:30", "Wed 2028-03-01 10:20:30"}},
		"several":          {[]string{"cron(0 6 MON-FRI)", "cron(0 12 SAT,SUN)", "cron(30 18 *)"}, "Fri 2026-01-09 05:00:00", []string{"Fri 2026-01-09 06:00:00", "Fri 2026-01-09 18:30:00", "Sat 2026-01-10 12:00:00", "Sat 2026-01-10 18:30:00"}},
		"rate_and_cron":    {[]string{"rate(12 hours)", "cron(0 4 *)"}, began, []string{"Mon 2026-01-05 22:20:30", "Tue 2026-01-06 04:00:00", "Tue 2026-01-06 10:20:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schedule, err := Parse(test.definitions, at(t, began))
			if err != nil {
				t.Fatal(err)
			}
			next := at(t, test.after)
			var got []string
			for range test.want {
				next = schedule.Next(next)
				got = append(got, next.Format(form14))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		definitions []string
		want        string
		unsupported bool
	}{
		{nil, "at least one", false},
		{[]string{""}, "rate(N hours)", true},
		{[]string{"at(2026-01-05T10:00:00)"}, "rate(N hours)", true},
		{[]string{"30 12 *"}, "rate(N hours)", true},
		{[]string{"cron(30 12 *"}, "rate(N hours)", true},
		{[]string{"cron(30 12 * * ? *)"}, "three fields", false},
		{[]string{"cron()"}, "three fields", false},
		{[]string{"cron(* 12 *)"}, "Minutes", false},
		{[]string{"cron(0,30 12 *)"}, "Minutes", false},
		{[]string{"cron(60 12 *)"}, "Minutes", false},
		{[]string{"cron(0 24 *)"}, "values are 0 to 23", false},
		{[]string{"cron(0 1- *)"}, "values are 0 to 23", false},
		{[]string{"cron(0 1, *)"}, "values are 0 to 23", false},
		{[]string{"cron(0 */0 *)"}, "between 1 and 24", false},
		{[]string{"cron(0 */x *)"}, "between 1 and 24", false},
		{[]string{"cron(0 1 0)"}, "1 to 7 or SUN to SAT", false},
		{[]string{"cron(0 1 SUNDAY)"}, "1 to 7 or SUN to SAT", false},
		{[]string{"cron(0 1 2#1)"}, "1 to 7 or SUN to SAT", false},
		{[]string{"cron(0 " + strings.Repeat("1,", 24) + "1 *)"}, "25 values", false},
		{[]string{"rate(0 hours)"}, "between 1 and 24", false},
		{[]string{"rate(25 hours)"}, "between 1 and 24", false},
		{[]string{"rate(-1 hours)"}, "between 1 and 24", false},
		{[]string{"rate(30 minutes)"}, "number of hours", false},
		{[]string{"rate(hours)"}, "number of hours", false},
		{[]string{"cron(0 12 *)", "cron(30 12 MON)"}, "at Mon 12:00 and at Mon 12:30", false},
		{[]string{"cron(0 12 *)", "cron(0 12 *)"}, "within one hour", false},
		{[]string{"cron(30 23 SAT)", "cron(0 0 SUN)"}, "at Sat 23:30 and at Sun 00:00", false},
		{[]string{"rate(12 hours)", "rate(8 hours)"}, "within one hour", false},
		{[]string{"rate(5 hours)", "cron(0 1 *)"}, "within one hour", false},
	} {
		_, err := Parse(test.definitions, time.Date(2026, 1, 5, 10, 20, 30, 0, time.UTC))
		if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, ErrUnsupported) != test.unsupported {
			t.Errorf("%q: got %v, want something with %q", test.definitions, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"cron(30 12 *)", "rate(12 hours)", "cron(15 15/2 *)", "cron(0 17 SAT,SUN)", "cron(0 14-20/1 fri-mon)", "at()"} {
		f.Add(seed, "cron(0 3 *)", int64(1767607200))
	}
	f.Fuzz(func(t *testing.T, one, other string, seconds int64) {
		began := time.Date(2026, 1, 5, 10, 20, 30, 0, time.UTC)
		schedule, err := Parse([]string{one, other}, began)
		if err != nil {
			return
		}
		after := time.Unix(seconds%(1<<33), 0)
		first := schedule.Next(after)
		second := schedule.Next(first)
		if !first.After(after) || second.Sub(first) < time.Hour || second.Sub(first) > 7*24*time.Hour {
			t.Errorf("%q and %q: after %v come %v and %v", one, other, after, first, second)
		}
		if between := first.Add(-time.Nanosecond); !between.Before(after) && schedule.Next(between) != first {
			t.Errorf("%q and %q: just before %v comes %v", one, other, first, schedule.Next(between))
		}
	})
}
