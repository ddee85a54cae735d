package state

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipher/internal/api"
)

// The families of parameter groups. They have the same parameters and differ in a default.
const (
	firstFamily  = "redshift-1.0"
	secondFamily = "redshift-2.0"
)

var parameterFamilies = []string{firstFamily, secondFamily}

// Parameter is a setting of a cluster's databases, in the words of DescribeClusterParameters.
type Parameter struct {
	Name        string
	standard    string // of redshift-1.0
	Kind        string // its data type
	Allowed     string // values and ranges of integers, separated by commas; empty is any text
	Description string
}

// Parameters that have a meaning for us, then the data types and apply types of DescribeClusterParameters.
const (
	Workloads  = "wlm_json_configuration"
	requireSSL = "require_ssl"
	Textual    = "string"
	Integral   = "integer"
	Logical    = "boolean"
	eitherWay  = "true,false"

	FixedAtStart  = "static"
	ChangeableNow = "dynamic"
)

// ParameterTable is in the order of names. The values are those of the management guide, "Amazon Redshift parameter groups".
var ParameterTable = []Parameter{
	{"auto_analyze", "true", Logical, eitherWay, "Whether statistics are kept up to date without ANALYZE."},
	{"auto_mv", "true", Logical, eitherWay, "Whether materialized views are made without being asked for."},
	{"datestyle", "ISO, MDY", Textual, "", "How dates and times are written, and which of day, month and year comes first where that is read."},
	{"enable_case_sensitive_identifier", "false", Logical, eitherWay, "Whether upper and lower case differ in quoted names of databases, tables and columns."},
	{"enable_user_activity_logging", "false", Logical, eitherWay, "Whether statements are in the audit log."},
	{"extra_float_digits", "0", Integral, "-15-2", "How many more digits of a floating-point number are shown."},
	{"max_concurrency_scaling_clusters", "1", Integral, "0-10", "How many clusters may help when many queries run at once."},
	{"max_cursor_result_set_size", "default", Integral, "0-14400000", "How many megabytes the result of a cursor may have."},
	{"query_group", "default", Textual, "", "The label of a session's queries."},
	{requireSSL, "false", Logical, eitherWay, "Whether connections without TLS are refused."},
	{"search_path", "$user, public", Textual, "", "The schemas in which a name without a schema is looked for, in this order."},
	{"statement_timeout", "0", Integral, "0,100-2147483647", "After how many milliseconds a statement is stopped; 0 is never."},
	{"use_fips_ssl", "false", Logical, eitherWay, "Whether TLS keeps to FIPS 140-2."},
	{Workloads, `[{"auto_wlm":true}]`, Textual, "", "The queues of workload management, in JSON."},
}

// standardIn is the default value in a family.
func (p Parameter) standardIn(family string) string {
	if p.Name == requireSSL && family == secondFamily {
		return "true"
	}
	return p.standard
}

// StandardValues are the default values of a family by parameter.
func StandardValues(family string) map[string]string {
	values := map[string]string{}
	for _, parameter := range ParameterTable {
		values[parameter.Name] = parameter.standardIn(family)
	}
	return values
}

// CheckFamily refuses families that Redshift does not have, and names those that it has.
func CheckFamily(name string) error {
	if !slices.Contains(parameterFamilies, name) {
		return api.InvalidParameterValue("There is no parameter group family %q; there are %s.", name, strings.Join(parameterFamilies, " and "))
	}
	return nil
}

// FindParameter answers the line of ParameterTable, or InvalidParameterValue. Names are in lower case.
func FindParameter(name string) (Parameter, error) {
	at := slices.IndexFunc(ParameterTable, func(p Parameter) bool { return p.Name == name })
	if at < 0 {
		return Parameter{}, api.InvalidParameterValue("Could not find parameter with name: %s", name)
	}
	return ParameterTable[at], nil
}

// Check refuses values that the parameter cannot have.
func (p Parameter) Check(value string) error {
	valid := p.isText(value)
	switch {
	case p.Kind == Integral:
		valid = value == p.standard || inRanges(value, p.Allowed)
	case p.Kind == Logical:
		valid = value == "true" || value == "false"
	case p.Name == "datestyle":
		valid = isDateStyle(value)
	case p.Name == Workloads:
		valid = valid && json.Unmarshal([]byte(value), new([]map[string]any)) == nil
	}
	if valid {
		return nil
	}
	if p.Allowed == "" {
		return api.InvalidParameterValue("Value %q is not valid for parameter %s.", value, p.Name)
	}
	return api.InvalidParameterValue("Value %q is not valid for parameter %s. Allowed values: %s", value, p.Name, p.Allowed)
}

// isText takes what the reference lets a value consist of.
func (p Parameter) isText(value string) bool {
	return value != "" && !strings.ContainsFunc(value, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' && r != '\t' && r != '\r' })
}

// inRanges says whether a number is in one of the ranges, as in "0,100-2147483647" or "-15-2".
func inRanges(value, ranges string) bool {
	number, err := strconv.Atoi(value)
	if err != nil {
		return false
	}
	for _, allowed := range strings.Split(ranges, ",") {
		low, high := allowed, allowed
		if dash := strings.LastIndexByte(allowed, '-'); dash > 0 {
			low, high = allowed[:dash], allowed[dash+1:]
		}
		least, _ := strconv.Atoi(low)
		most, _ := strconv.Atoi(high)
		if least <= number && number <= most {
			return true
		}
	}
	return false
}

var dateStyles = []string{"ISO", "POSTGRES", "SQL", "GERMAN", "MDY", "DMY", "YMD"}

func isDateStyle(value string) bool {
	words := strings.Split(value, ",")
	for _, word := range words {
		if !slices.Contains(dateStyles, strings.ToUpper(strings.TrimSpace(word))) {
			return false
		}
	}
	return len(words) <= 2
}

// ChangedBetween are the names of the parameters whose values differ, in their order.
func ChangedBetween(before, after map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(after)), func(name string) bool { return before[name] == after[name] })
}
