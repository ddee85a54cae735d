select octet_length('abc'::varbyte) as a, length('abc'::varbyte) as b, len('abc'::varbyte) as c, substring('abcdef'::varbyte, 2, 3) as d
=> a int4, b int4, c int4, d bytea
3|3|3|\x626364|
