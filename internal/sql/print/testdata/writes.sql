create table t (id int, name varchar(20), n int default 7)
=> CREATE TABLE
CREATE TABLE t (id INTEGER, name VARCHAR CHECK (strlen(name) <= 20), n INTEGER DEFAULT 7)

create table s (id int, name varchar(20))
=> CREATE TABLE
CREATE TABLE s (id INTEGER, name VARCHAR CHECK (strlen(name) <= 20))

insert into t values (1, 'one', 1), (2, 'two', default)
=> INSERT 0
INSERT INTO t VALUES (1, 'one', 1), (2, 'two', DEFAULT)

insert into t (id, name) select id, name from s where id not in (select id from t)
=> INSERT 0
INSERT INTO t (id, name) SELECT id, name FROM s WHERE id NOT IN (SELECT id FROM t)

insert into t (id) (select 3)
=> INSERT 0
INSERT INTO t (id) SELECT 3

insert into s default values
=> INSERT 0
INSERT INTO s DEFAULT VALUES

insert into t (id, name) with x as (select 9 as id) select id, count(*)::varchar from x group by id
=> INSERT 0
INSERT INTO t (id, name) WITH x AS (SELECT 9 AS id) SELECT id, CAST(count(*) AS VARCHAR) FROM x GROUP BY id

insert into t (id, name) values ($1, $2)
=> INSERT 0 [2 parameters]
INSERT INTO t (id, name) VALUES ($1, $2)

update t set name = 'uno', n = default where id = 1
=> UPDATE
UPDATE t SET name = 'uno', n = DEFAULT WHERE id = 1

update t set name = s.name from s where s.id = t.id
=> UPDATE
UPDATE t SET name = s.name FROM s WHERE s.id = t.id

update t as x set n = n + 1 from s join s s2 on s.id = s2.id where x.id = s.id
=> UPDATE
UPDATE t AS x SET n = n + 1 FROM s JOIN s AS s2 ON s.id = s2.id WHERE x.id = s.id

with c as (select max(id) as id from s) update t set n = 0 from c where t.id = c.id
=> UPDATE
WITH c AS (SELECT max(id) AS id FROM s) UPDATE t SET n = 0 FROM c WHERE t.id = c.id

delete from t where id = 1
=> DELETE
DELETE FROM t WHERE id = 1

delete t where id = 2
=> DELETE
DELETE FROM t WHERE id = 2

delete from t using s where t.id = s.id
=> DELETE
DELETE FROM t USING s WHERE t.id = s.id

with gone as (select 5 as id) delete from t using gone where t.id = gone.id
=> DELETE
WITH gone AS (SELECT 5 AS id) DELETE FROM t USING gone WHERE t.id = gone.id

delete from t
=> DELETE
DELETE FROM t

merge into t using s on t.id = s.id when matched then delete
=> error 0A000 at 0: MERGE is not supported yet
