package session

import (
	"fmt"
	"strconv"
	"strings"

	"slipher/internal/pgwire"
	"slipher/internal/sql/keyword"
	"slipher/internal/sql/sqlstate"
)

// switches are the settings that are on or off and change nothing that a client can tell here: they are about plans, caches and
// services that there are none of.
var switches = keyword.Words(`enable_result_cache_for_session enable_vacuum_boost mv_enable_aqmv_for_session error_on_nondeterministic_update
	pg_federation_repeatable_read spectrum_enable_pseudo_columns use_fips_ssl datashare_break_glass_session_var enable_hashjoin enable_mergejoin
	enable_nestloop enable_seqscan enable_indexscan enable_sort enable_hashagg geqo describe_field_name_in_uppercase transaction_read_only
	default_transaction_read_only downcase_delimited_identifier`)

// numbers are the settings that are numbers, with the least and the most.
var numbers = map[string][2]float64{
	"analyze_threshold_percent": {0, 100}, "extra_float_digits": {-15, 3}, "max_concurrency_scaling_clusters": {0, 10},
	"max_cursor_result_set_size": {0, 14400000}, "spectrum_query_maxerror": {-1, 1 << 31}, "wlm_query_slot_count": {1, 50}, "seed": {0, 1},
}

// texts are the settings that take any text here, or say by themselves what they do not take.
var texts = keyword.Words(`application_name query_group search_path statement_timeout timezone session_authorization standard_conforming_strings
	query_priority`)

// choices are the settings that take some words, the first of which is what slipher does by itself.
var choices = map[string][]string{
	"client_encoding":                         {"utf8", "utf-8", "unicode"},
	"client_min_messages":                     {"notice", "debug5", "debug4", "debug3", "debug2", "debug1", "debug", "log", "info", "warning", "error"},
	"stored_proc_log_min_messages":            {"log", "info", "notice", "warning", "exception"},
	"datestyle":                               {"iso, mdy", "iso", "mdy", "iso,mdy", "us", "noneuro"},
	"intervalstyle":                           {"postgres"},
	"bytea_output":                            {"hex"},
	"default_geometry_encoding":               {"1", "2"},
	"transaction_isolation":                   isolationLevels,
	"default_transaction_isolation":           isolationLevels,
	"enable_case_sensitive_identifier":        offs,
	"enable_case_sensitive_super_attribute":   ons,
	"enable_numeric_rounding":                 offs,
	"interval_forbid_composite_literals":      offs,
	"cast_super_null_on_error":                ons,
	"navigate_super_null_on_error":            ons,
	"parse_super_null_on_error":               offs,
	"json_parse_dedup_attributes":             offs,
	"json_serialization_enable":               offs,
	"json_serialization_parse_nested_strings": offs,
}

var (
	ons             = []string{"on", "true", "yes", "1", "t", "y"}
	offs            = []string{"off", "false", "no", "0", "f", "n"}
	isolationLevels = []string{"serializable", "snapshot", "repeatable read", "read committed", "read uncommitted"}
)

// checkSetting refuses names that Redshift does not know, values that it does not take, and those that would do nothing here.
func checkSetting(name, value string) error {
	bounds, isNumber := numbers[name]
	chosen, isChoice := choices[name]
	word := strings.ToLower(strings.TrimSpace(value))
	switch {
	case strings.Count(name, ".") == 1, texts[name]:
		return nil
	case switches[name]:
		return invalidUnless(oneOf(word, ons) || oneOf(word, offs), name, value)
	case isNumber:
		number, err := strconv.ParseFloat(word, 64)
		return invalidUnless(err == nil && bounds[0] <= number && number <= bounds[1], name, value)
	case isChoice && oneOf(word, chosen):
		return nil
	case isChoice && (oneOf(word, ons) || oneOf(word, offs) || name == "datestyle"):
		return &pgwire.Error{Code: sqlstate.FeatureNotSupported, Message: fmt.Sprintf("%s is not supported with the value %q", name, value)}
	case isChoice:
		return invalidUnless(false, name, value)
	}
	return unknownSetting(name)
}

func oneOf(word string, words []string) bool {
	for _, one := range words {
		if one == word {
			return true
		}
	}
	return false
}

func invalidUnless(valid bool, name, value string) error {
	if valid {
		return nil
	}
	return &pgwire.Error{Code: sqlstate.InvalidParameter, Message: fmt.Sprintf("invalid value for parameter %q: %q", name, value)}
}

func unknownSetting(name string) error {
	return &pgwire.Error{Code: sqlstate.UndefinedObject, Message: fmt.Sprintf("unrecognized configuration parameter %q", name)}
}

// spelled is a value as SHOW shows it.
func spelled(name, value string) string {
	word := strings.ToLower(strings.TrimSpace(value))
	isSwitch := switches[name] || len(choices[name]) > 0 && (choices[name][0] == "on" || choices[name][0] == "off")
	switch {
	case isSwitch:
		return onOff(oneOf(word, ons))
	case name == "client_encoding":
		return "UTF8"
	case name == "datestyle":
		return "ISO, MDY"
	}
	return value
}
