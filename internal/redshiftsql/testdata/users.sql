create user alice password 'Secret123'
=> CREATE USER [CREATE USER alice PASSWORD '********']

create user "IAM:bob" with password disable nocreatedb createuser syslog access unrestricted valid until '2030-01-01' connection limit 5 session timeout 120 in group a, b
=> CREATE USER [CREATE USER "IAM:bob" PASSWORD DISABLE NOCREATEDB CREATEUSER SYSLOG ACCESS UNRESTRICTED VALID UNTIL '2030-01-01' CONNECTION LIMIT 5 SESSION TIMEOUT 120 IN GROUP a, b]

create user carol password 'x' in group a connection limit unlimited
=> CREATE USER [CREATE USER carol PASSWORD '********' CONNECTION LIMIT UNLIMITED IN GROUP a]

create user dave
=> CREATE USER [CREATE USER dave]

create user dave externalid 'x'
=> error 0A000 at 18: EXTERNALID is not supported yet

alter user alice password 'another one' valid until 'infinity'
=> ALTER USER [ALTER USER alice PASSWORD '********' VALID UNTIL 'infinity']

alter user alice rename to eve
=> ALTER USER [ALTER USER alice RENAME TO eve]

alter user alice createdb, nocreateuser, reset session timeout
=> ALTER USER [ALTER USER alice CREATEDB NOCREATEUSER SESSION TIMEOUT 0]

alter user alice set search_path to a, b
=> ALTER USER [ALTER USER alice SET search_path TO 'a, b']

alter user alice reset search_path
=> ALTER USER [ALTER USER alice RESET search_path]

alter user alice
=> error 42601 at 17: syntax error at end of input

drop user if exists alice, bob
=> DROP USER [DROP USER IF EXISTS alice, bob]

create group readers with user alice, bob
=> CREATE GROUP [CREATE GROUP readers WITH USER alice, bob]

create group readers
=> CREATE GROUP [CREATE GROUP readers]

alter group readers add user carol
=> ALTER GROUP [ALTER GROUP readers ADD USER carol]

alter group readers drop user carol, dave
=> ALTER GROUP [ALTER GROUP readers DROP USER carol, dave]

alter group readers rename to writers
=> ALTER GROUP [ALTER GROUP readers RENAME TO writers]

drop group readers
=> DROP GROUP [DROP GROUP readers]

alter schema s owner to alice
=> ALTER SCHEMA [ALTER SCHEMA s OWNER TO alice]

alter schema s quota 5 gb
=> ALTER SCHEMA [ALTER SCHEMA s QUOTA 5 GB]

alter schema s rename to t
=> error 0A000 at 0: renaming a schema is not supported yet

grant select, insert on lines to alice with grant option, group readers, public
=> GRANT [GRANT SELECT, INSERT ON TABLE lines TO alice WITH GRANT OPTION, GROUP readers, PUBLIC]

grant all privileges on table s.lines, other to alice
=> GRANT [GRANT ALL ON TABLE s.lines, other TO alice]

grant temp, create on database dev to public
=> GRANT [GRANT TEMPORARY, CREATE ON DATABASE dev TO PUBLIC]

grant usage on schema s to group readers
=> GRANT [GRANT USAGE ON SCHEMA s TO GROUP readers]

grant all on all tables in schema s, t to alice
=> GRANT [GRANT ALL ON ALL TABLES IN SCHEMA s, t TO alice]

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

select nextval('s')
=> error 42883 at 8: function nextval does not exist

select system.main.getvariable('slipher_user')
=> error 42601 at 8: syntax error at or near "system"
