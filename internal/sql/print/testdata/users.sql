create schema s
=> CREATE SCHEMA
CREATE SCHEMA s

create table s.lines (a int)
=> CREATE TABLE
CREATE TABLE s.lines (a INTEGER)

create table lines (a int)
=> CREATE TABLE
CREATE TABLE lines (a INTEGER)

create group a
=> CREATE GROUP [CREATE GROUP a]

create group b
=> CREATE GROUP [CREATE GROUP b]

create user alice password 'Secret123'
=> CREATE USER [CREATE USER alice PASSWORD '********']

create user "IAM:bob" with password disable nocreatedb createuser syslog access unrestricted valid until '2030-01-01' connection limit 5 session timeout 120 in group a, b
=> CREATE USER [CREATE USER "IAM:bob" PASSWORD DISABLE NOCREATEDB CREATEUSER SYSLOG ACCESS UNRESTRICTED VALID UNTIL '2030-01-01' CONNECTION LIMIT 5 SESSION TIMEOUT 120 IN GROUP a, b]

create user carol password 'Secret123' in group a connection limit unlimited
=> CREATE USER [CREATE USER carol PASSWORD '********' CONNECTION LIMIT UNLIMITED IN GROUP a]

create user dave password disable
=> CREATE USER [CREATE USER dave PASSWORD DISABLE]

create user dave externalid 'x'
=> error 0A000 at 18: EXTERNALID is not supported yet

alter user alice password 'Another123' valid until 'infinity'
=> ALTER USER [ALTER USER alice PASSWORD '********' VALID UNTIL 'infinity']

alter user alice createdb, nocreateuser, reset session timeout
=> ALTER USER [ALTER USER alice CREATEDB NOCREATEUSER SESSION TIMEOUT 0]

alter user alice set search_path to a, b
=> ALTER USER [ALTER USER alice SET search_path TO 'a, b']

alter user alice reset search_path
=> ALTER USER [ALTER USER alice RESET search_path]

alter user alice
=> error 42601 at 17: syntax error at end of input

create group readers with user alice, carol
=> CREATE GROUP [CREATE GROUP readers WITH USER alice, carol]

create group others
=> CREATE GROUP [CREATE GROUP others]

alter group readers add user carol, dave
=> ALTER GROUP [ALTER GROUP readers ADD USER carol, dave]

alter group readers drop user carol
=> ALTER GROUP [ALTER GROUP readers DROP USER carol]

alter group others rename to writers
=> ALTER GROUP [ALTER GROUP others RENAME TO writers]

drop group writers
=> DROP GROUP [DROP GROUP writers]

alter schema s owner to alice
=> ALTER SCHEMA

alter schema s quota 5 gb
=> ALTER SCHEMA

alter schema s rename to t
=> error 0A000 at 0: renaming a schema is not supported yet

grant select, insert on lines to alice with grant option, group readers, public
=> GRANT [GRANT SELECT, INSERT ON TABLE lines TO alice WITH GRANT OPTION, GROUP readers, PUBLIC]

grant all privileges on table s.lines, lines to alice
=> GRANT [GRANT ALL ON TABLE s.lines, lines TO alice]

grant temp, create on database dev to public
=> GRANT [GRANT TEMPORARY, CREATE ON DATABASE dev TO PUBLIC]

grant usage on schema s to group readers
=> GRANT [GRANT USAGE ON SCHEMA s TO GROUP readers]

grant all on all tables in schema s, public to alice
=> GRANT [GRANT ALL ON ALL TABLES IN SCHEMA s, public TO alice]

grant select (a) on lines to alice
=> error 0A000 at 14: privileges on single columns are not supported yet

grant readers to alice
=> error 0A000 at 7: granting roles is not supported yet

grant execute on function f(int) to alice
=> error 0A000 at 18: privileges on anything but tables, schemas and the database are not supported yet

grant select on lines to role r
=> error 0A000 at 26: roles are not supported yet

revoke grant option for select on lines from alice cascade
=> REVOKE [REVOKE GRANT OPTION FOR SELECT ON TABLE lines FROM alice CASCADE]

revoke all on schema public from public
=> REVOKE [REVOKE ALL ON SCHEMA public FROM PUBLIC]

alter default privileges for user alice in schema s grant select on tables to group readers
=> ALTER DEFAULT PRIVILEGES [ALTER DEFAULT PRIVILEGES FOR USER alice IN SCHEMA s GRANT SELECT ON TABLES TO GROUP readers]

alter default privileges revoke all on tables from alice
=> ALTER DEFAULT PRIVILEGES [ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM alice]

set session authorization alice
=> SET [session_authorization = "alice" local=false default=false]

set session authorization default
=> SET [session_authorization = "" local=false default=true]

alter user carol rename to eve
=> ALTER USER [ALTER USER carol RENAME TO eve]

drop user if exists eve, nobody
=> DROP USER [DROP USER IF EXISTS eve, nobody]

select nextval('s')
=> error 42883 at 8: function nextval does not exist

select getvariable('slipher_user')
=> error 42883 at 8: function getvariable does not exist

create view mine as select * from lines where current_user = 'alice'
=> CREATE VIEW
CREATE VIEW mine AS SELECT * FROM lines WHERE CAST(getvariable('slipher_user') AS VARCHAR) = 'alice'

create table marked (a int, who varchar(128) default current_user)
=> CREATE TABLE
CREATE TABLE marked (a INTEGER, who VARCHAR DEFAULT CAST(getvariable('slipher_user') AS VARCHAR) CHECK (strlen(who) <= 128))
