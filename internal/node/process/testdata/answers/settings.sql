-- SET: names that are no parameters, and values that are none of theirs.
set no_such_parameter to 1
=> error 42704: unrecognized configuration parameter "no_such_parameter"

set app_context.user_id to 123
=> SET

show app_context.user_id
=> app_context.user_id text
123|

set wlm_query_slot_count to 100
=> error 22023: invalid value for parameter "wlm_query_slot_count": "100"

set wlm_query_slot_count to 3
=> SET

show wlm_query_slot_count
=> wlm_query_slot_count text
3|

set enable_result_cache_for_session to maybe
=> error 22023: invalid value for parameter "enable_result_cache_for_session": "maybe"

set enable_result_cache_for_session to FALSE
=> SET

show enable_result_cache_for_session
=> enable_result_cache_for_session text
off|

set client_encoding to 'latin9'
=> error 22023: invalid value for parameter "client_encoding": "latin9"

set client_encoding to 'UTF-8'
=> SET

show client_encoding
=> client_encoding text
UTF8|

set datestyle to 'SQL,DMY'
=> error 0A000: datestyle is not supported with the value "SQL,DMY"

set datestyle to iso
=> SET

show datestyle
=> datestyle text
ISO, MDY|

set json_serialization_enable to true
=> error 0A000: json_serialization_enable is not supported with the value "true"

reset no_such_parameter
=> error 42704: unrecognized configuration parameter "no_such_parameter"

show no_such_parameter
=> error 42704: unrecognized configuration parameter "no_such_parameter"

set describe_field_name_in_uppercase to on
=> SET

select 1 as fun
=> FUN int4
1|

reset describe_field_name_in_uppercase
=> RESET

select 1 as fun
=> fun int4
1|

begin; set local query_group to 'a'; rollback
=> ROLLBACK

set query_group to 'b'
=> SET

begin; commit
=> COMMIT

show query_group
=> query_group text
b|

set seed to .25
=> SET
