create table owner (id int primary key, name varchar(20) unique);
create table pet (id bigint identity(1,1), owner int references owner(id), born date, price numeric(10,2) default 1);
create view cheap as select id, price from pet;
comment on table pet is 'animals';
create user reader password disable; create group readers with user reader;
grant select on pet to reader; grant select on cheap to group readers;
alter default privileges grant select on tables to group readers;
\d
\d+
\d pet
\d+ pet
\d owner
\d+ cheap
\dt
\dt+
\dv
\dv+
\di
\ds
\dn
\dn+
\du
\du+
\dg
\l
\dp
\z
\ddp
\df
\df+
\da
\dT
\dT+
\do
\dC
\dc
\db
\dE
\dm
\sv cheap
\conninfo
\encoding
