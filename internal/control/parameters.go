package control

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/redshift"
)

// The families of parameter groups. They have the same parameters and differ in a default.
const (
	firstFamily  = "redshift-1.0"
	secondFamily = "redshift-2.0"
)

var parameterFamilies = []string{firstFamily, secondFamily}

// parameter is a setting of a cluster's databases, in the words of DescribeClusterParameters.
type parameter struct {
	name        string
	standard    string // of redshift-1.0
	kind        string // its data type
	allowed     string // values and ranges of integers, separated by commas; empty is any text
	description string
}

const (
	workloads  = "wlm_json_configuration"
	requireSSL = "require_ssl"
	textual    = "string"
	integral   = "integer"
	logical    = "boolean"
	eitherWay  = "true,false"

	fixedAtStart  = "static"
	changeableNow = "dynamic"
)

// parameterTable is in the order of names. The values are those of the management guide, "Amazon Redshift parameter groups".
var parameterTable = []parameter{
	{"auto_analyze", "true", logical, eitherWay, "Whether statistics are kept up to date without ANALYZE."},
	{"auto_mv", "true", logical, eitherWay, "Whether materialized views are made without being asked for."},
	{"datestyle", "ISO, MDY", textual, "", "How dates and times are written, and which of day, month and year comes first where that is read."},
	{"enable_case_sensitive_identifier", "false", logical, eitherWay, "Whether upper and lower case differ in quoted names of databases, tables and columns."},
	{"enable_user_activity_logging", "false", logical, eitherWay, "Whether statements are in the audit log."},
	{"extra_float_digits", "0", integral, "-15-2", "How many more digits of a floating-point number are shown."},
	{"max_concurrency_scaling_clusters", "1", integral, "0-10", "How many clusters may help when many queries run at once."},
	{"max_cursor_result_set_size", "default", integral, "0-14400000", "How many megabytes the result of a cursor may have."},
	{"query_group", "default", textual, "", "The label of a session's queries."},
	{requireSSL, "false", logical, eitherWay, "Whether connections without TLS are refused."},
	{"search_path", "$user, public", textual, "", "The schemas in which a name without a schema is looked for, in this order."},
	{"statement_timeout", "0", integral, "0,100-2147483647", "After how many milliseconds a statement is stopped; 0 is never."},
	{"use_fips_ssl", "false", logical, eitherWay, "Whether TLS keeps to FIPS 140-2."},
	{workloads, `[{"auto_wlm":true}]`, textual, "", "The queues of workload management, in JSON."},
}

// standardIn is the default value in a family.
func (p parameter) standardIn(family string) string {
	if p.name == requireSSL && family == secondFamily {
		return "true"
	}
	return p.standard
}

// standardValues are the default values of a family by parameter.
func standardValues(family string) map[string]string {
	values := map[string]string{}
	for _, parameter := range parameterTable {
		values[parameter.name] = parameter.standardIn(family)
	}
	return values
}

func checkFamily(name string) error {
	if !slices.Contains(parameterFamilies, name) {
		return api.InvalidParameterValue("There is no parameter group family %q; there are %s.", name, strings.Join(parameterFamilies, " and "))
	}
	return nil
}

func findParameter(name string) (parameter, error) {
	at := slices.IndexFunc(parameterTable, func(p parameter) bool { return p.name == name })
	if at < 0 {
		return parameter{}, api.InvalidParameterValue("Could not find parameter with name: %s", name)
	}
	return parameterTable[at], nil
}

// check refuses values that the parameter cannot have.
func (p parameter) check(value string) error {
	valid := p.isText(value)
	switch {
	case p.kind == integral:
		valid = value == p.standard || inRanges(value, p.allowed)
	case p.kind == logical:
		valid = value == "true" || value == "false"
	case p.name == "datestyle":
		valid = isDateStyle(value)
	case p.name == workloads:
		valid = valid && json.Unmarshal([]byte(value), new([]map[string]any)) == nil
	}
	if valid {
		return nil
	}
	if p.allowed == "" {
		return api.InvalidParameterValue("Value %q is not valid for parameter %s.", value, p.name)
	}
	return api.InvalidParameterValue("Value %q is not valid for parameter %s. Allowed values: %s", value, p.name, p.allowed)
}

// isText takes what the reference lets a value consist of.
func (p parameter) isText(value string) bool {
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

func (p parameter) shape(value, source, applyType string) redshift.Parameter {
	return redshift.Parameter{
		ParameterName: p.name, ParameterValue: value, Description: p.description, Source: source, DataType: p.kind,
		AllowedValues: p.allowed, ApplyType: applyType, IsModifiable: true,
	}
}

// changedBetween are the names of the parameters whose values differ, in their order.
func changedBetween(before, after map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(after)), func(name string) bool { return before[name] == after[name] })
}
