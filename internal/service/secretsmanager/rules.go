package secretsmanager

import (
	"regexp"
	"strconv"
	"strings"

	"slipher/internal/api/secretsmanager"
	"slipher/internal/secretstore"
)

func rulesShape(r secretstore.Rules) *secretsmanager.RotationRulesType {
	shape := &secretsmanager.RotationRulesType{ScheduleExpression: r.Expression, Duration: r.Duration}
	if r.Hours%24 == 0 {
		shape.AutomaticallyAfterDays = new(int64(r.Hours / 24))
	}
	return shape
}

var (
	rateForm     = regexp.MustCompile(`^rate\(([0-9]{1,4}) (hours?|days?)\)$`)
	durationForm = regexp.MustCompile(`^[0-9]{1,2}h$`)
)

const (
	fewestHours = 4
	mostDays    = 1000
)

// readRules reads those of a request. The errors are faults.
func readRules(in *secretsmanager.RotationRulesType) (secretstore.Rules, error) {
	read := secretstore.Rules{Expression: in.ScheduleExpression, Duration: in.Duration}
	switch {
	case in.AutomaticallyAfterDays != nil && in.ScheduleExpression != "":
		return secretstore.Rules{}, invalidParameter("Give either AutomaticallyAfterDays or ScheduleExpression, not both.")
	case in.AutomaticallyAfterDays != nil:
		read.Hours = int(min(*in.AutomaticallyAfterDays, mostDays+1)) * 24
	case in.ScheduleExpression != "":
		var err error
		if read.Hours, err = readRate(in.ScheduleExpression); err != nil {
			return secretstore.Rules{}, err
		}
	default:
		return secretstore.Rules{}, invalidParameter("RotationRules need AutomaticallyAfterDays or ScheduleExpression.")
	}
	if read.Hours < fewestHours || read.Hours > mostDays*24 {
		return secretstore.Rules{}, invalidParameter("A secret is rotated every %d hours at most and every %d days at least.", fewestHours, mostDays)
	}
	return read, checkDuration(read)
}

func readRate(expression string) (hours int, err error) {
	if strings.HasPrefix(expression, "cron(") {
		return 0, invalidParameter("ScheduleExpression %s: cron expressions are not offered; use rate(30 days) or rate(12 hours).", expression)
	}
	parts := rateForm.FindStringSubmatch(expression)
	if parts == nil {
		return 0, invalidParameter("ScheduleExpression %q is no schedule; use rate(30 days) or rate(12 hours).", expression)
	}
	hours, err = strconv.Atoi(parts[1])
	if strings.HasPrefix(parts[2], "day") {
		hours *= 24
	}
	return hours, err
}

// checkDuration holds that a window does not reach into the next one.
func checkDuration(r secretstore.Rules) error {
	if r.Duration == "" {
		return nil
	}
	hours, _ := strconv.Atoi(strings.TrimSuffix(r.Duration, "h"))
	if !durationForm.MatchString(r.Duration) || hours < 1 || hours > min(24, r.Hours) {
		return invalidParameter("Duration %q is no window of a rotation: it is a number of hours such as 3h, at most a day and at most the time between two rotations.", r.Duration)
	}
	return nil
}
