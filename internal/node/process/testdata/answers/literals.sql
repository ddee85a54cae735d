-- REGEXP_REPLACE and LIKE of the guide: a backslash escapes in ordinary literals.
select length('\\') = 1 as a, 'it\'s' as b, regexp_replace('ann@site.org', '@.*\\.(org|gov)$') as c, 'a_b' like '%\\_%' as d, 'ab' like '%\\_%' as e
=> a bool, b varchar, c varchar, d bool, e bool
t|it's|ann|t|f|

select regexp_substr('foo.bar', '\\.[a-z]+') as a, 'a_c' like 'a\\_c' as b, 'abc' like 'a\\_c' as c, 'a_c' like 'a\\_c' escape '\\' as d, 'a\tb' = E'a\tb' as e
=> a varchar, b bool, c bool, d bool, e bool
.bar|t|f|t|t|

show standard_conforming_strings
=> standard_conforming_strings text
off|

set standard_conforming_strings to on
=> error 55P02: parameter "standard_conforming_strings" cannot be changed
