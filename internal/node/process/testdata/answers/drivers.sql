-- What drivers and tools ask of the catalogs, in our words: PostgreSQL's JDBC driver, SQLAlchemy and its Redshift dialect, Amazon's drivers, dbt, DBeaver, Metabase.
create table owner (id int primary key, b varchar(20) encode zstd unique)
=> CREATE TABLE

create table pet (id bigint identity(1,1) distkey, owner int references owner(id), name char(5) not null default 'x', price numeric(10,2), sortkey_is date sortkey)
=> CREATE TABLE

create view cheap as select id, price from pet
=> CREATE VIEW

create view later as select id, name from drivers.pet with no schema binding
=> CREATE VIEW

-- JDBC: getPrimaryKeys, getBestRowIdentifier and getTypeInfo.
select ct.relname, a.attname, (i.keys).n as key_seq, ci.relname as pk_name from pg_catalog.pg_class ct join pg_catalog.pg_attribute a on ct.oid = a.attrelid join pg_catalog.pg_namespace n on ct.relnamespace = n.oid join (select i.indexrelid, i.indrelid, i.indisprimary, information_schema._pg_expandarray(i.indkey) as keys from pg_catalog.pg_index i) i on a.attnum = (i.keys).x and a.attrelid = i.indrelid join pg_catalog.pg_class ci on ci.oid = i.indexrelid where n.nspname = 'drivers' and i.indisprimary order by 1, 3
=> relname varchar, attname varchar, key_seq int4, pk_name varchar
owner|id|1|owner_pkey|

select t1.typlen / t2.typlen as n from pg_catalog.pg_namespace n, pg_catalog.pg_type t1, pg_catalog.pg_type t2 where t1.typnamespace = n.oid and n.nspname = 'pg_catalog' and t1.typelem = t2.oid and t1.typname = 'oidvector'
=> n int2
32|

select typcategory from pg_type limit 1
=> error 42703: column "typcategory" does not exist

select array_upper(current_schemas(false), 1) as n, (current_schemas(false))[1] as first
=> n int4, first varchar
2|drivers|

select a.attname, dsc.description, t.typtype from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid left join pg_description dsc on c.oid = dsc.objoid and a.attnum = dsc.objsubid left join pg_class dc on dc.oid = dsc.classoid and dc.relname = 'pg_class' where c.relname like 'owner' and c.relkind in ('r', 'v') and not a.attisdropped order by a.attnum
=> attname varchar, description varchar, typtype varchar
id|NULL|b|
b|NULL|b|

select * from (select n.nspname, c.relname, a.attnotnull or (t.typtype = 'd' and t.typnotnull) as attnotnull, t.typbasetype, t.typtype from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid join pg_type t on a.atttypid = t.oid where n.nspname like 'drivers' and c.relname like 'owner') c where true order by nspname, c.relname
=> nspname varchar, relname varchar, attnotnull bool, typbasetype int8, typtype varchar
drivers|owner|t|0|b|
drivers|owner|f|0|b|

-- Indexes of keys.
select c.relname, i.indisprimary, i.indisunique, i.indkey, pg_get_indexdef(i.indexrelid, 0, true) as def, pg_get_constraintdef(k.oid, true) as con from pg_index i join pg_class c on c.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid where c.relnamespace = (select oid from pg_namespace where nspname = 'drivers') order by 1
=> relname varchar, indisprimary bool, indisunique bool, indkey 22, def varchar, con varchar
owner_b_key|f|t|2|CREATE UNIQUE INDEX owner_b_key ON drivers.owner USING btree (b)|UNIQUE (b)|
owner_pkey|t|t|1|CREATE UNIQUE INDEX owner_pkey ON drivers.owner USING btree (id)|PRIMARY KEY (id)|

select conname, conkey, confkey from pg_constraint where connamespace = (select oid from pg_namespace where nspname = 'drivers') order by 1
=> conname varchar, conkey _int2, confkey _int2
owner_b_key|{2}|NULL|
owner_pkey|{1}|NULL|
pet_owner_fkey|{2}|{1}|

grant select on pet to public
=> GRANT

select relacl from pg_class where relname = 'pet'
=> relacl _aclitem
{awsuser=arwdRxt/awsuser,=r/awsuser}|

select relname, relkind, reldiststyle, relhaspkey from pg_class where relnamespace = (select oid from pg_namespace where nspname = 'drivers') order by 1
=> relname varchar, relkind varchar, reldiststyle int4, relhaspkey bool
cheap|v|0|f|
later|v|0|f|
owner|r|10|t|
owner_b_key|i|0|f|
owner_pkey|i|0|f|
pet|r|1|f|

select a.attname, format_type(a.atttypid, a.atttypmod) as type, format_encoding(a.attencodingtype::integer) as encoding, a.attisdistkey, a.attsortkeyord, a.attnotnull from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relname = 'pet' and a.attnum > 0 order by a.attnum
=> attname varchar, type varchar, encoding varchar, attisdistkey bool, attsortkeyord int4, attnotnull bool
id|bigint|az64|t|0|t|
owner|integer|az64|f|0|f|
name|character(5)|lzo|f|0|t|
price|numeric(10,2)|az64|f|0|f|
sortkey_is|date|none|f|1|f|

-- sqlalchemy-redshift and dbt: columns of views WITH NO SCHEMA BINDING, and external columns beside them.
select view_schema, view_name, col_name, col_type, col_num from pg_get_late_binding_view_cols() cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int) where view_schema = 'drivers' order by 5
=> view_schema varchar, view_name varchar, col_name varchar, col_type varchar, col_num int4
drivers|later|id|bigint|1|
drivers|later|name|character varying|2|

select * from pg_get_cols('drivers.cheap') cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int)
=> view_schema varchar, view_name varchar, col_name varchar, col_type varchar, col_num int4
drivers|cheap|id|bigint|1|
drivers|cheap|price|numeric(10,2)|2|

select schemaname, tablename, columnname, external_type, columnnum from svv_external_columns union all select view_schema, view_name, col_name, col_type, col_num from pg_get_late_binding_view_cols() lbv(view_schema name, view_name name, col_name name, col_type varchar, col_num int) where view_name = 'later' order by 5
=> schemaname varchar, tablename varchar, columnname varchar, external_type varchar, columnnum int4
drivers|later|id|bigint|1|
drivers|later|name|character varying|2|

select count(*) from svv_external_schemas
=> count int8
0|

select count(*) from svv_external_tables where schemaname = 'drivers'
=> count int8
0|

-- Amazon's JDBC driver: functions and procedures.
select proname, prokind from pg_catalog.pg_proc_info
=> SELECT 0

select routine_name from information_schema.routines
=> SELECT 0

select function_name from svv_redshift_functions
=> SELECT 0

select role_name from svv_roles
=> SELECT 0

-- DBeaver: languages, access methods, tablespaces.
select lanname from pg_language order by 1
=> lanname varchar
c|
internal|
plpgsql|
sql|

select amname from pg_am
=> amname varchar
btree|

select description from pg_description d join pg_class c on c.oid = d.objoid where c.relname = 'pet'
=> SELECT 0

-- asyncpg gives a connection back.
select pg_advisory_unlock_all()
=> pg_advisory_unlock_all int4
NULL|

select grantee, privilege_type, is_grantable from information_schema.table_privileges where table_schema = 'drivers'
=> grantee varchar, privilege_type varchar, is_grantable varchar
public|SELECT|NO|

-- Nothing of slipher's own is there.
select count(*) from visible_relations
=> error 42P01: relation "visible_relations" does not exist

select count(*) from slipher.slipher_own.visible_relations
=> error 0A000: cross-database references are not supported: "slipher.slipher_own.visible_relations"

select count(*) from slipher.main.pg_class
=> error 0A000: cross-database references are not supported: "slipher.main.pg_class"

select count(*) from slipher_catalog.users
=> error 42501: permission denied for schema slipher_catalog

select relname from pg_class where relname like '%slipher%' union all select nspname from pg_namespace where nspname like '%slipher%' or nspname in ('main', 'own') union all select proname from pg_proc union all select table_name from information_schema.tables where table_schema not in (select nspname from pg_namespace) union all select attname from pg_attribute where attname like '% unbound'
=> SELECT 0
