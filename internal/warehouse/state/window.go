package state

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipher/internal/api"
)

// MaintenanceWindow is a span of every week, in minutes since Monday 00:00 UTC.
type MaintenanceWindow struct{ begin, end int }

const week = 7 * 24 * 60

var (
	windowForm = regexp.MustCompile(`^([a-z]{3}):([0-9]{2}):([0-9]{2})-([a-z]{3}):([0-9]{2}):([0-9]{2})$`)
	weekdays   = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)

// ParseWindow reads PreferredMaintenanceWindow. It may go on over the end of the week.
func ParseWindow(text string) (MaintenanceWindow, error) {
	invalid := api.InvalidParameterValue("%q is not a valid PreferredMaintenanceWindow: it has the form ddd:hh24:mi-ddd:hh24:mi in UTC, such as sun:23:15-mon:03:15, and lasts from 30 minutes to 24 hours.", text)
	parts := windowForm.FindStringSubmatch(strings.ToLower(text))
	if parts == nil {
		return MaintenanceWindow{}, invalid
	}
	begin, ok := minuteOfWeek(parts[1:4])
	end, alsoOK := minuteOfWeek(parts[4:7])
	length := (end - begin + week) % week
	if !ok || !alsoOK || length < 30 || length > 24*60 {
		return MaintenanceWindow{}, invalid
	}
	return MaintenanceWindow{begin, end}, nil
}

func minuteOfWeek(parts []string) (minute int, ok bool) {
	day := slices.Index(weekdays, parts[0])
	hour, hourErr := strconv.Atoi(parts[1])
	within, minuteErr := strconv.Atoi(parts[2])
	return (day*24+hour)*60 + within, day >= 0 && hourErr == nil && minuteErr == nil && hour < 24 && within < 60
}

func (w MaintenanceWindow) String() string { return clock(w.begin) + "-" + clock(w.end) }

func clock(minute int) string {
	return fmt.Sprintf("%s:%02d:%02d", weekdays[minute/(24*60)], minute/60%24, minute%60)
}

// Next is the window's first beginning after now.
func (w MaintenanceWindow) Next(now time.Time) time.Time {
	sinceMonday := (int(now.Weekday()) + 6) % 7
	monday := time.Date(now.Year(), now.Month(), now.Day()-sinceMonday, 0, 0, 0, 0, time.UTC)
	begin := monday.Add(time.Duration(w.begin) * time.Minute)
	if !begin.After(now) {
		begin = begin.AddDate(0, 0, 7)
	}
	return begin
}

// blockBegins is the UTC hour at which a region's eight hours for maintenance begin.
var blockBegins = map[string]int{
	"us-east-1": 3, "us-east-2": 3, "us-west-1": 6, "us-west-2": 6, "ca-central-1": 3, "eu-west-1": 22, "eu-west-2": 22,
	"eu-central-1": 6, "ap-northeast-1": 13, "ap-southeast-1": 14, "ap-southeast-2": 12,
}

// RandomWindow is half an hour on a random day within the region's block.
func RandomWindow(region string, random io.Reader) (MaintenanceWindow, error) {
	var drawn [2]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return MaintenanceWindow{}, fmt.Errorf("draw a maintenance window: %w", err)
	}
	hour, known := blockBegins[region]
	if !known {
		hour = 3
	}
	day, half := int(drawn[0])%7, int(drawn[1])%16
	begin := (day*24*60 + hour*60 + half*30) % week
	return MaintenanceWindow{begin, (begin + 30) % week}, nil
}

// WindowOrRandom is the window asked for in Redshift's lower-case form, or a random one of the region.
func WindowOrRandom(region, preferred string, random io.Reader) (string, error) {
	if preferred == "" {
		window, err := RandomWindow(region, random)
		return window.String(), err
	}
	window, err := ParseWindow(preferred)
	if err != nil {
		return "", err
	}
	return window.String(), nil
}
