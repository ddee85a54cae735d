-- Floating point numbers have 15 digits, REAL 6, unless extra_float_digits asks for more.
select 1.0::float8 / 3 as a, 0.1::float8 + 0.2::float8 as b, cbrt(27) as c, power(2, 100) as d, 1e15::float8 as e, 0.1::real as f, (1::float8 / 3)::real as g, 'NaN'::float8 as h
=> a float8, b float8, c float8, d float8, e float8, f float4, g float4, h float8
0.333333333333333|0.3|3|1.26765060022823e+30|1e+15|0.1|0.333333|NaN|

set extra_float_digits to 3
=> SET

select 1.0::float8 / 3 as a, 0.1::float8 + 0.2::float8 as b
=> a float8, b float8
0.3333333333333333|0.30000000000000004|

-- TIMESTAMPTZ goes out in the session's time zone.
set timezone to 'America/New_York'
=> SET

select '2021-10-20 10:12:40+00'::timestamptz as a, '2021-10-20 10:12:40+00'::timestamptz::varchar as b, '2024-07-01 00:00:00'::timestamptz as c, '10:14:56+00'::timetz as d
=> a timestamptz, b varchar(256), c timestamptz, d timetz
2021-10-20 06:12:40-04|2021-10-20 06:12:40-04|2024-07-01 00:00:00-04|10:14:56+00|

set timezone to 'Asia/Kolkata'
=> SET

select x from (select '2021-10-20 10:12:40.5+00'::timestamptz as x) y
=> x timestamptz
2021-10-20 15:42:40.5+05:30|

select '10:14:56.5-08'::timetz as a, '10:14:56+05:30'::timetz as b
=> a timetz, b timetz
10:14:56.5-08|10:14:56+05:30|

set timezone to 'nowhere'
=> error 22023: invalid value for parameter "timezone": "nowhere"

reset timezone
=> RESET

select '2021-10-20 10:12:40+00'::timestamptz as a
=> a timestamptz
2021-10-20 10:12:40+00|
