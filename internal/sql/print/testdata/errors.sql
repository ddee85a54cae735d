selec 1
=> error 42601 at 1: syntax error at or near "selec"

select
=> error 42601 at 7: syntax error at end of input

select 1 frm t x
=> error 42601 at 14: syntax error at or near "t"

select * from
=> error 42601 at 14: syntax error at end of input

select 1 +
=> error 42601 at 11: syntax error at end of input

select (1
=> error 42601 at 10: syntax error at end of input

select 1)
=> error 42601 at 9: syntax error at or near ")"

select a from t where
=> error 42601 at 22: syntax error at end of input

select 'unterminated
=> error 42601 at 8: unterminated quoted string at or near "'unterminated"

select "unterminated
=> error 42601 at 8: unterminated quoted identifier at or near ""unterminated"

select $$unterminated
=> error 42601 at 8: unterminated dollar-quoted string at or near "$$unterminated"

select 1 /* unterminated
=> error 42601 at 10: unterminated /* comment at or near "/* unterminated"

select ""
=> error 42601 at 8: zero-length delimited identifier at or near """"

select from from t
=> error 42601 at 8: syntax error at or near "from"

-- Positions count characters, not bytes.
select 'äöü€', ~ from t
=> error 42601 at 18: syntax error at or near "from"

create table t (a int,)
=> error 42601 at 23: syntax error at or near ")"

create table t (a int primary)
=> error 42601 at 23: syntax error at or near "primary"

create table t a int
=> error 42601 at 16: syntax error at or near "a"

insert t values (1)
=> error 42601 at 8: syntax error at or near "t"

insert into t
=> error 42601 at 14: syntax error at end of input

update t name = 1
=> error 42601 at 15: syntax error at or near "="

update t set
=> error 42601 at 13: syntax error at end of input

drop thing x
=> error 42601 at 6: syntax error at or near "thing"

alter table t explode
=> error 42601 at 15: syntax error at or near "explode"

select cast(1 as)
=> error 42601 at 17: syntax error at or near ")"

select 1 in ()
=> error 42601 at 14: syntax error at or near ")"

select case end
=> error 42601 at 13: syntax error at or near "end"

select a b c
=> error 42601 at 12: syntax error at or near "c"

select $0
=> error 42601 at 8: parameter number out of range at or near "$0"

select 1 @@@ from
=> error 42601 at 14: syntax error at or near "from"

explain
=> error 42601 at 8: syntax error at end of input

set x
=> error 42601 at 6: syntax error at end of input

copy t from nowhere
=> error 42601 at 13: syntax error at or near "nowhere"

savepoint x
=> error 0A000 at 0: SAVEPOINT is not supported yet

vacuum t to 5
=> error 42601 at 14: syntax error at end of input

select * from read_csv('/etc/passwd')
=> error 42883 at 15: function read_csv does not exist or cannot stand in FROM

select size from pg_catalog."READ_BLOB"('/data/dev.duckdb')
=> error 42883 at 18: function pg_catalog.READ_BLOB does not exist or cannot stand in FROM

select 1 where exists (select * from a join query('select 1') q on true)
=> error 42883 at 45: function query does not exist or cannot stand in FROM

insert into t select * from checkpoint('dev')
=> error 42883 at 29: function checkpoint does not exist or cannot stand in FROM

select * from "/tmp/x.CSV"
=> error 42P01 at 0: relation "/tmp/x.CSV" does not exist

select * from a join "/tmp/x"."parquet" on true
=> error 42P01 at 0: relation "/tmp/x.parquet" does not exist

create view v as select * from "/tmp/*.csv.gz"
=> error 42P01 at 0: relation "/tmp/*.csv.gz" does not exist
