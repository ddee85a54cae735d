create schema s3; create table s3.t3 (a int); create user v1 password 'Passw0rd1'; create user v2 password 'Passw0rd1'; create group g3 with user v2
=> CREATE GROUP

grant usage on schema s3 to v1; grant select on s3.t3 to v1; grant insert on s3.t3 to group g3
=> GRANT

-- HAS_TABLE_PRIVILEGE: of a table in a schema that is not on the search path.
select has_table_privilege('v1', 's3.t3', 'select') as a, has_table_privilege('v1', 's3.t3', 'insert') as b, has_table_privilege('v2', 's3.t3', 'insert') as c, has_table_privilege('v1', 'dev.s3.t3', 'select') as d, has_table_privilege('s3.t3', 'delete') as e
=> a bool, b bool, c bool, d bool, e bool
t|f|t|t|t|

select has_table_privilege('v1', 's3.none', 'select') as a
=> error 42P01: relation "s3.none" does not exist

select has_table_privilege('v1', 'pg_class', 'select') as a, has_table_privilege('v1', 'information_schema.tables', 'select') as b
=> a bool, b bool
t|t|

select relname, has_table_privilege('v1', c.oid, 'select') as a from pg_class c where relname = 't3'
=> relname varchar, a bool
t3|t|

select has_schema_privilege('v1', 's3', 'usage') as a, has_schema_privilege('v1', 's3', 'create') as b, has_database_privilege('v1', 'dev', 'temp') as c
=> a bool, b bool, c bool
t|f|t|

-- GRANT: access control lists in PostgreSQL's letters, with who gave what.
grant select on s3.t3 to v2 with grant option
=> GRANT

select relacl from pg_class where relname = 't3'
=> relacl _aclitem
{awsuser=arwdRxt/awsuser,"group g3=a/awsuser",v1=r/awsuser,v2=r*/awsuser}|

select array_to_string(relacl, '|') as a from pg_class where relname = 't3'
=> a varchar
awsuser=arwdRxt/awsuser|group g3=a/awsuser|v1=r/awsuser|v2=r*/awsuser|

select charindex('a', split_part(split_part(array_to_string(relacl, '|'), 'group g3=', 2), '/', 1)) as a from pg_class where relname = 't3'
=> a int4
1|

select nspacl from pg_namespace where nspname = 's3'
=> nspacl _aclitem
{awsuser=UC/awsuser,v1=U/awsuser}|
