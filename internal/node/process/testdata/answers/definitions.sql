create table dep (a int, b varchar(7))
=> CREATE TABLE

create view depv as select a, b from dep
=> CREATE VIEW

create view depvv as select a from depv
=> CREATE VIEW

-- DROP TABLE: what a view stands on is not dropped without CASCADE.
drop table dep
=> error 2BP01: cannot drop table dep because other objects depend on it

drop table if exists dep restrict
=> error 2BP01: cannot drop table dep because other objects depend on it

drop view depv
=> error 2BP01: cannot drop view depv because other objects depend on it

-- DROP TABLE … CASCADE drops the views too.
drop table dep cascade
=> DROP TABLE

select viewname from pg_views where schemaname = 'definitions'
=> SELECT 0

create table dep (a int); create view depv as select a from dep; drop view depv; drop table dep
=> DROP TABLE

-- CREATE VIEW … WITH NO SCHEMA BINDING: what it reads need not be there.
create view late as select a, b from definitions.notyet with no schema binding
=> CREATE VIEW

select * from late
=> error 42P01: relation "notyet" does not exist

create view unqualified as select a from notyet with no schema binding
=> error 42601: All the relation names inside should be qualified when creating VIEW WITH NO SCHEMA BINDING.

create view nowhere as select a from noschema.notyet with no schema binding
=> error 3F000: schema "noschema" does not exist

create table notyet (a int, b varchar(3))
=> CREATE TABLE

insert into notyet values (1, 'x')
=> INSERT 0 1

select * from late
=> a int4, b varchar
1|x|

drop table notyet
=> DROP TABLE

select * from late
=> error 42P01: relation "notyet" does not exist

create table notyet (b varchar(5), a bigint)
=> CREATE TABLE

select * from late
=> SELECT 0

-- PG_VIEWS: the query as it was written; of a late binding view the statement.
create view shown as select a, b from notyet where b = 'x'
=> CREATE VIEW

select viewname, definition from pg_views where schemaname = 'definitions' and viewname in ('late', 'shown') order by 1
=> viewname varchar, definition varchar
late|create view definitions.late as SELECT a, b FROM definitions.notyet with no schema binding;|
shown|SELECT a, b FROM notyet WHERE b = 'x';|

-- ALTER TABLE: the command also renames a view.
create view v1 as select 1 as fun
=> CREATE VIEW

alter table v1 rename to v2
=> ALTER TABLE

select fun from v2
=> fun int4
1|

select fun from v1
=> error 42P01: relation "v1" does not exist

begin; create view v1 as select 2 as fun; alter table v2 rename to v3; alter table v1 rename to v2; commit
=> COMMIT

select fun from v2
=> fun int4
2|

-- CREATE TABLE … LIKE: with INCLUDING DEFAULTS the defaults come along, lengths and NOT NULL always.
create table base (a int default 7, b varchar(3) default 'x' not null)
=> CREATE TABLE

create table copy1 (like base)
=> CREATE TABLE

create table copy2 (like base including defaults)
=> CREATE TABLE

insert into copy2 (b) values (default)
=> INSERT 0 1

select * from copy2
=> a int4, b varchar(3)
7|x|

insert into copy1 (b) values ('y')
=> INSERT 0 1

select * from copy1
=> a int4, b varchar(3)
NULL|y|

insert into copy1 (b) values ('long')
=> error 22001: value too long for type character varying(3)

insert into copy1 (a) values (1)
=> error 23502: null value in column "b" violates not-null constraint

select "column", type, "notnull" from pg_table_def where tablename = 'copy2'
=> column varchar, type varchar, notnull bool
a|integer|f|
b|character varying(3)|t|

create table two (a int distkey, b int distkey)
=> error 42P16: multiple distribution keys for table "two" are not allowed

create table twop (a int primary key, b int primary key)
=> error 42P16: multiple primary keys for table "twop" are not allowed

-- TRUNCATE commits the transaction in which it is run.
create table tr (a int)
=> CREATE TABLE

insert into tr values (1), (2)
=> INSERT 0 2

begin; insert into base (a) values (1); truncate tr; rollback
=> ROLLBACK

select count(*) as n from tr
=> n int8
0|

select count(*) as n from base
=> n int8
1|

-- What follows it in a block is another transaction.
begin; truncate tr; insert into tr values (3); rollback
=> ROLLBACK

select count(*) as n from tr
=> n int8
0|

-- BEGIN READ ONLY.
begin read only; insert into tr values (1)
=> error 25006: transaction is read-only

rollback
=> ROLLBACK

begin read only; create table no (a int)
=> error 25006: transaction is read-only

rollback
=> ROLLBACK

begin transaction read only; select count(*) as n from tr
=> n int8
0|

show transaction_read_only
=> transaction_read_only text
on|

rollback
=> ROLLBACK

show transaction_read_only
=> transaction_read_only text
off|

begin; set transaction read only; delete from tr
=> error 25006: transaction is read-only

rollback
=> ROLLBACK

begin read only; create temp table tmp1 (a int); insert into tmp1 values (1); commit
=> COMMIT

begin read write; insert into tr values (1); commit
=> COMMIT

-- Reserved words: identity is no column alias.
select null as identity
=> error 42601: syntax error at or near "identity"

select 1::real(8)
=> error 42601: syntax error at or near "("

select '1.5'::float(8) as a
=> a float4
1.5|

select typcategory from pg_type limit 1
=> error 42703: column "typcategory" does not exist
