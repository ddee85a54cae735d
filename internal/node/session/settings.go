package session

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipher/internal/pgwire"
)

// settings are one session's variables. Those of the start-up are remembered whether Redshift knows them or not: drivers send what
// they like.
type settings struct {
	initial map[string]string
	now     map[string]string
	changed map[string]string // of those that clients follow, what was not reported yet
	local   map[string]string // what SET LOCAL hides until the transaction ends
}

// displayName maps the settings whose changes the server reports to how it spells them.
var displayName = map[string]string{
	"application_name": "application_name", "client_encoding": "client_encoding", "datestyle": "DateStyle", "timezone": "TimeZone",
	"session_authorization": "session_authorization", "standard_conforming_strings": "standard_conforming_strings",
}

// notSettings are start-up parameters that are no variables.
var notSettings = []string{"user", "database", "replication", "options", "standard_conforming_strings"}

// showDiscovery tells Amazon's drivers how much of the SHOW family there is: from 4 on the keys, grants, functions and procedures too.
const showDiscovery = "4"

func newSettings(startup pgwire.Startup, defaults map[string]string) *settings {
	s := &settings{changed: map[string]string{}, initial: map[string]string{
		"application_name": "", "client_encoding": "UTF8", "datestyle": "ISO, MDY", "timezone": "UTC", "search_path": "$user, public",
		"statement_timeout": "0", "server_version": "8.0.2", "server_encoding": "UTF8", "standard_conforming_strings": "off", "integer_datetimes": "on",
		"extra_float_digits": "0", "query_group": "default", "enable_result_cache_for_session": "on", "enable_case_sensitive_identifier": "off",
		"transaction_isolation": "serializable", "transaction_read_only": "off", "default_transaction_isolation": "serializable",
		"default_transaction_read_only": "off", "max_identifier_length": "127", "max_index_keys": "32", "intervalstyle": "postgres",
		"session_authorization": startup.User, "is_superuser": "on", "show_discovery": showDiscovery, "lc_collate": "en_US.utf8", "lc_ctype": "en_US.utf8", "bytea_output": "hex",
		"client_min_messages": "notice", "describe_field_name_in_uppercase": "off", "downcase_delimited_identifier": "on",
		"analyze_threshold_percent": "10", "wlm_query_slot_count": "1", "max_cursor_result_set_size": "0",
		"cast_super_null_on_error": "on", "navigate_super_null_on_error": "on", "parse_super_null_on_error": "off",
		"enable_case_sensitive_super_attribute": "on", "enable_numeric_rounding": "off", "json_parse_dedup_attributes": "off",
		"json_serialization_enable": "off", "json_serialization_parse_nested_strings": "off", "interval_forbid_composite_literals": "off",
	}}
	for name, value := range defaults {
		if shown, reported := displayName[name]; reported && value != s.initial[name] {
			s.changed[shown] = value
		}
		s.initial[name] = value
	}
	for name, value := range startup.Parameters {
		if !slices.Contains(notSettings, strings.ToLower(name)) {
			s.initial[strings.ToLower(name)] = value
		}
	}
	s.now = maps.Clone(s.initial)
	return s
}

func (s *settings) get(name string) (string, bool) {
	value, known := s.now[strings.ToLower(name)]
	return value, known
}

func (s *settings) set(name, value string) {
	name = strings.ToLower(name)
	if shown, reported := displayName[name]; reported && s.now[name] != value {
		s.changed[shown] = value
	}
	s.now[name] = value
}

// setLocal sets a variable until the transaction ends.
func (s *settings) setLocal(name, value string) {
	name = strings.ToLower(name)
	if s.local == nil {
		s.local = map[string]string{}
	}
	if _, hidden := s.local[name]; !hidden {
		s.local[name] = s.now[name]
	}
	s.set(name, value)
}

// begin sets what the session begins with.
func (s *settings) begin(name, value string) {
	name = strings.ToLower(name)
	s.initial[name] = value
	s.set(name, value)
}

// endLocal brings back what SET LOCAL hid, and says whether there was anything.
func (s *settings) endLocal() bool {
	for name, value := range s.local {
		s.set(name, value)
	}
	ended := len(s.local) > 0
	s.local = nil
	return ended
}

func (s *settings) reset(name string) string {
	name = strings.ToLower(name)
	value, known := s.initial[name]
	if !known {
		delete(s.now, name)
		return ""
	}
	s.set(name, value)
	return value
}

// takeChanged returns what clients have to be told of.
func (s *settings) takeChanged() map[string]string {
	changed := s.changed
	s.changed = map[string]string{}
	return changed
}

// restore brings back the settings that a transaction began with.
func (s *settings) restore(before map[string]string) {
	s.local = nil
	for name := range s.now {
		if value, known := before[name]; !known {
			delete(s.now, name)
		} else {
			s.set(name, value)
		}
	}
}

// searchPath is the schemas of search_path as far as they can be looked in. The user's own schema is only looked in when it exists.
func searchPath(value string) []string {
	var schemas []string
	for schema := range strings.SplitSeq(value, ",") {
		schema = strings.TrimSpace(schema)
		if unquoted, quoted := strings.CutPrefix(schema, `"`); quoted {
			schema = strings.ReplaceAll(strings.TrimSuffix(unquoted, `"`), `""`, `"`)
		} else {
			schema = strings.ToLower(strings.Trim(schema, "'"))
		}
		if schema != "" && schema != "pg_catalog" {
			schemas = append(schemas, schema)
		}
	}
	return schemas
}

// timeout reads statement_timeout: a number of milliseconds, or one with a unit.
func timeout(value string) (time.Duration, error) {
	value = strings.TrimSpace(value)
	number := strings.TrimRight(value, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseInt(number, 10, 64)
	units := map[string]time.Duration{
		"": time.Millisecond, "ms": time.Millisecond, "s": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	unit, known := units[strings.TrimSpace(value[len(number):])]
	if err != nil || n < 0 || !known {
		return 0, &pgwire.Error{Code: "22023", Message: `invalid value for parameter "statement_timeout": "` + value + `"`}
	}
	return time.Duration(n) * unit, nil
}
