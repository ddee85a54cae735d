create table lines (a int, b varchar(10))
=> CREATE TABLE
CREATE TABLE lines (a INTEGER, b VARCHAR CHECK (strlen(b) <= 10))

begin transaction isolation level serializable read only
=> BEGIN [isolation="serializable" access="read only"]
BEGIN TRANSACTION

rollback
=> ROLLBACK
ROLLBACK

start transaction read write
=> START TRANSACTION [isolation="" access="read write"]
BEGIN TRANSACTION

abort work
=> ROLLBACK
ROLLBACK

begin work
=> BEGIN
BEGIN TRANSACTION

commit work
=> COMMIT
COMMIT

begin
=> BEGIN
BEGIN TRANSACTION

end transaction
=> COMMIT
COMMIT

set search_path to '$user', public, analytics
=> SET [search_path = "$user, public, analytics" local=false default=false]

set search_path = "$user", public
=> SET [search_path = "$user, public" local=false default=false]

set client_encoding to 'UTF8'
=> SET [client_encoding = "UTF8" local=false default=false]

set extra_float_digits = 3
=> SET [extra_float_digits = "3" local=false default=false]

set application_name to 'psql'
=> SET [application_name = "psql" local=false default=false]

set session datestyle to iso, mdy
=> SET [datestyle = "iso, mdy" local=false default=false]

set local statement_timeout to 1000
=> SET [statement_timeout = "1000" local=true default=false]

set timezone to default
=> SET [timezone = "" local=false default=true]

set time zone 'America/New_York'
=> SET [timezone = "America/New_York" local=false default=false]

set names 'utf8'
=> SET [client_encoding = "utf8" local=false default=false]

set query_group to batch
=> SET [query_group = "batch" local=false default=false]

set wlm_query_slot_count = 2
=> SET [wlm_query_slot_count = "2" local=false default=false]

set transaction isolation level serializable
=> SET [transaction_isolation = "serializable" local=true default=false]

set session characteristics as transaction read only
=> SET [transaction_read_only = "on" local=false default=false]

set session authorization admin
=> SET [session_authorization = "admin" local=false default=false]

set my.setting = on
=> SET [my.setting = "on" local=false default=false]

reset all
=> RESET [all = "" local=false default=true]

reset search_path
=> RESET [search_path = "" local=false default=true]

reset session authorization
=> RESET [session_authorization = "" local=false default=true]

show search_path
=> SHOW [search_path]

show all
=> SHOW [all]

show transaction isolation level
=> SHOW [transaction_isolation]

show time zone
=> SHOW [timezone]

analyze
=> ANALYZE
ANALYZE

analyze lines
=> ANALYZE
ANALYZE lines

analyze verbose lines (a, b)
=> ANALYZE
ANALYZE lines

analyze lines predicate columns
=> ANALYZE
ANALYZE lines

vacuum
=> VACUUM

vacuum full lines to 99 percent boost
=> VACUUM

vacuum delete only lines
=> VACUUM

vacuum reindex lines
=> VACUUM

copy lines from stdin
=> COPY [text  header=false delimiter="\t" null="\\N" quote="" escape=""]

copy lines (a, b) from stdin csv header
=> COPY [csv a,b header=true delimiter="," null="" quote="\"" escape="\""]

copy lines from stdin with (format csv, header true, delimiter ';', null 'NULL', quote '"', escape '\\')
=> COPY [csv  header=true delimiter=";" null="NULL" quote="\"" escape="\\"]

copy lines from stdin with delimiter as '|' null as ''
=> COPY [text  header=false delimiter="|" null="" quote="" escape=""]

copy "lines" ( "a", "b" ) from stdin binary
=> COPY [binary a,b header=false delimiter="\t" null="\\N" quote="" escape=""]

copy lines to stdout
=> COPY [text  header=false delimiter="\t" null="\\N" quote="" escape=""]
SELECT * FROM lines

copy lines (b) to stdout with csv
=> COPY [csv b header=false delimiter="," null="" quote="\"" escape="\""]
SELECT b FROM lines

copy (select top 1 * from lines) to stdout csv header
=> COPY [csv  header=true delimiter="," null="" quote="\"" escape="\""]
SELECT * FROM lines LIMIT 1

copy lines from stdin header
=> error 0A000 at 0: COPY's HEADER, QUOTE and ESCAPE are for the CSV format only

copy lines from stdin delimiter '||'
=> error 22023 at 0: COPY's delimiter, quote and escape are one single-byte character each

copy lines from 's3://bucket/key' iam_role default csv gzip
=> error 0A000 at 0: COPY from Amazon S3 is not supported yet

copy lines from 'dynamodb://table' credentials 'x'
=> error 0A000 at 0: COPY from DynamoDB is not supported yet

unload ('select * from lines') to 's3://bucket/key' iam_role default
=> error 0A000 at 0: UNLOAD is not supported yet

prepare p (int) as select * from lines where a = $1
=> PREPARE
PREPARE p AS SELECT * FROM lines WHERE a = $1

execute p (1 + 1)
=> SELECT
EXECUTE p(1 + 1)

deallocate p
=> DEALLOCATE
DEALLOCATE p

deallocate all
=> DEALLOCATE ALL

lock table lines, other
=> LOCK TABLE

grant select on lines to public
=> GRANT [GRANT SELECT ON TABLE lines TO PUBLIC]

revoke all on lines from somebody
=> REVOKE [REVOKE ALL ON TABLE lines FROM somebody]

create user anybody password 'Secret123'
=> CREATE USER [CREATE USER anybody PASSWORD '********']

create or replace procedure p() as $$ begin null; end; $$ language plpgsql
=> error 0A000 at 0: CREATE OR REPLACE PROCEDURE is not supported yet

create materialized view m as select 1
=> error 0A000 at 0: CREATE MATERIALIZED VIEW is not supported yet

create external schema e from data catalog
=> error 0A000 at 0: CREATE EXTERNAL SCHEMA is not supported yet

call p(1, 2)
=> error 0A000 at 0: CALL is not supported yet

show databases like 'a%' limit 3
=> SHOW

show tables from schema dev.public
=> SHOW

show columns from table $1.$2.$3 like $4 limit $5
=> SHOW [5 parameters]

show grants for somebody from database dev
=> SHOW

show tables
=> error 42601 at 12: syntax error at end of input

show grants for public
=> error 42601 at 23: syntax error at end of input

show datashares
=> error 0A000 at 0: SHOW DATASHARES is not supported yet

refresh materialized view m
=> error 0A000 at 0: REFRESH MATERIALIZED VIEW is not supported yet

alter user admin password 'Secret123'
=> ALTER USER [ALTER USER admin PASSWORD '********']
