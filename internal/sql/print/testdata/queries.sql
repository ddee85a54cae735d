create table sales (salesid integer not null, listid integer, sellerid integer, qtysold smallint, pricepaid decimal(8,2), saletime timestamp, note varchar(100))
=> CREATE TABLE
CREATE TABLE sales (salesid INTEGER NOT NULL, listid INTEGER, sellerid INTEGER, qtysold SMALLINT, pricepaid DECIMAL(8,2), saletime TIMESTAMP, note VARCHAR CHECK (strlen(note) <= 100))

create table users (userid integer, username char(8), city varchar(30), state char(2))
=> CREATE TABLE
CREATE TABLE users (userid INTEGER, username VARCHAR CHECK (8 >= strlen(username) AND NOT suffix(username, ' ')), city VARCHAR CHECK (strlen(city) <= 30), state VARCHAR CHECK (2 >= strlen(state) AND NOT suffix(state, ' ')))

create table events (id int, body super)
=> CREATE TABLE
CREATE TABLE events (id INTEGER, body JSON)

select 1
=> SELECT
SELECT 1 AS "?column?"

SELECT
=> error 42601 at 7: syntax error at end of input

select 1;
=> SELECT
SELECT 1 AS "?column?"

select * from sales
=> SELECT
SELECT * FROM sales

select s.*, u.username from sales s join users u on s.sellerid = u.userid
=> SELECT
SELECT s.*, u.username FROM sales AS s JOIN users AS u ON s.sellerid = u.userid

select distinct city from users order by city
=> SELECT
SELECT DISTINCT city FROM users ORDER BY city

select top 10 * from sales order by pricepaid desc
=> SELECT
SELECT * FROM sales ORDER BY pricepaid DESC LIMIT 10

select top 3 salesid from sales union all (select top 2 userid from users order by userid)
=> SELECT
(SELECT salesid FROM sales LIMIT 3) UNION ALL (SELECT userid FROM users ORDER BY userid LIMIT 2)

-- A name that the engine would make up is given as Redshift gives it.
select count(*), sum(qtysold), max(pricepaid) - min(pricepaid), 'x', 1::smallint, qtysold::varchar from sales group by qtysold
=> SELECT
SELECT count(*) AS count, sum(qtysold) AS sum, max(pricepaid) - min(pricepaid) AS "?column?", 'x' AS "?column?", CAST(1 AS SMALLINT) AS int2, CAST(qtysold AS VARCHAR) AS qtysold FROM sales GROUP BY qtysold

select case when qtysold > 1 then 'many' else note end, case when true then 1 end, true, not false, -qtysold from sales
=> SELECT
SELECT CASE WHEN qtysold > 1 THEN 'many' ELSE note END AS note, CASE WHEN TRUE THEN 1 END AS "case", TRUE AS bool, NOT FALSE AS "?column?", -qtysold AS "?column?" FROM sales

select nvl(note, 'none'), upper(note), qtysold + 1 as more, more * 2 from sales
=> SELECT
SELECT coalesce(note, 'none') AS "coalesce", upper(note) AS upper, qtysold + 1 AS more, more * 2 AS "?column?" FROM sales

select a, b from (select 1, 2) t(a, b)
=> SELECT
SELECT a, b FROM (SELECT 1, 2) AS t (a, b)

select * from (select count(*) from sales) t where count > 0
=> SELECT
SELECT * FROM (SELECT count(*) AS count FROM sales) AS t WHERE count > 0

with big as (select salesid, pricepaid from sales where pricepaid > 100), n(total) as (select count(*) from big)
select * from big, n limit 5 offset 2
=> SELECT
WITH big AS (SELECT salesid, pricepaid FROM sales WHERE pricepaid > 100), n (total) AS (SELECT count(*) FROM big) SELECT * FROM big, n LIMIT 5 OFFSET 2

with recursive up(n) as (select 1 union all select n + 1 from up where n < 5) select n from up
=> SELECT
WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 5) SELECT n FROM up

select salesid from sales minus select userid from users
=> SELECT
SELECT salesid FROM sales EXCEPT SELECT userid FROM users

select 1 union select 2 intersect select 2 except select 3
=> SELECT
SELECT 1 AS "?column?" UNION SELECT 2 INTERSECT SELECT 2 EXCEPT SELECT 3

(select 1) union all (select 2 order by 1 limit 1) order by 1 desc nulls last
=> SELECT
(SELECT 1 AS "?column?") UNION ALL (SELECT 2 ORDER BY 1 LIMIT 1) ORDER BY 1 DESC NULLS LAST

select city, count(*) c from users group by 1 having count(*) > 2 order by c desc, city nulls first
=> SELECT
SELECT city, count(*) AS c FROM users GROUP BY 1 HAVING count(*) > 2 ORDER BY c DESC, city NULLS FIRST

select city, state, count(*) as n from users group by rollup(city, state)
=> SELECT
SELECT city, state, count(*) AS n FROM users GROUP BY rollup(city, state)

select city, state, count(*) as n from users group by grouping sets ((city), (state), ())
=> SELECT
SELECT city, state, count(*) AS n FROM users GROUP BY GROUPING SETS (city, state, ())

select city, count(*) as n from users group by all
=> SELECT
SELECT city, count(*) AS n FROM users GROUP BY ALL

select salesid, row_number() over (partition by sellerid order by pricepaid desc) rn from sales qualify rn = 1
=> SELECT
SELECT salesid, row_number() OVER (PARTITION BY sellerid ORDER BY pricepaid DESC) AS rn FROM sales QUALIFY rn = 1

select salesid, sum(qtysold) over (partition by sellerid order by saletime rows unbounded preceding) as running,
       lag(qtysold, 1) ignore nulls over (order by saletime) as before,
       last_value(note ignore nulls) over w as latest
from sales window w as (partition by sellerid order by saletime rows between unbounded preceding and unbounded following)
=> SELECT
SELECT salesid, sum(qtysold) OVER (PARTITION BY sellerid ORDER BY saletime ROWS UNBOUNDED PRECEDING) AS running, lag(qtysold, 1 IGNORE NULLS) OVER (ORDER BY saletime) AS before, last_value(note IGNORE NULLS) OVER w AS latest FROM sales WINDOW w AS (PARTITION BY sellerid ORDER BY saletime ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)

select * from sales s left outer join users u on s.sellerid = u.userid and u.state in ('WA', 'OR')
right join (select 1 as one) o on true full join users x using (userid) cross join events
=> SELECT
SELECT * FROM sales AS s LEFT JOIN users AS u ON s.sellerid = u.userid AND u.state IN ('WA', 'OR') RIGHT JOIN (SELECT 1 AS one) AS o ON TRUE FULL JOIN users AS x USING (userid) CROSS JOIN events

select * from sales s natural join (select salesid, 1 as one from sales) u
=> SELECT
SELECT * FROM sales AS s NATURAL JOIN (SELECT salesid, 1 AS one FROM sales) AS u

select * from sales s inner join (users u left join events e on u.userid = e.id) on s.sellerid = u.userid
=> SELECT
SELECT * FROM sales AS s JOIN (users AS u LEFT JOIN events AS e ON u.userid = e.id) ON s.sellerid = u.userid

select * from (values (1, 'a'), (2, 'b')) v(id, name)
=> SELECT
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, name)

values (1, 'one'), (2, 'two')
=> SELECT
VALUES (1, 'one'), (2, 'two')

select * from users u, lateral (select count(*) as n from sales s where s.sellerid = u.userid) c
=> SELECT
SELECT * FROM users AS u, LATERAL (SELECT count(*) AS n FROM sales AS s WHERE s.sellerid = u.userid) AS c

select * from generate_series(1, 3) g
=> SELECT
SELECT * FROM generate_series(1, 3) AS g

select * exclude (note) from sales
=> SELECT
SELECT * EXCLUDE (note) FROM sales

select (select max(pricepaid) from sales), exists (select 1 from users)
=> SELECT
SELECT (SELECT max(pricepaid) FROM sales) AS "?column?", EXISTS (SELECT 1 FROM users) AS "?column?"

select salesid from sales where sellerid in (select userid from users) and exists (select 1 from users) and not qtysold = 1
=> SELECT
SELECT salesid FROM sales WHERE sellerid IN (SELECT userid FROM users) AND EXISTS (SELECT 1 FROM users) AND NOT qtysold = 1

select salesid from sales where (sellerid, qtysold) in ((1, 2), (3, 4)) or pricepaid >= all (select pricepaid from sales) or qtysold = any (array[1, 2])
=> SELECT
SELECT salesid FROM sales WHERE (sellerid, qtysold) IN ((1, 2), (3, 4)) OR pricepaid >= ALL (SELECT pricepaid FROM sales) OR qtysold = ANY (ARRAY[1, 2])

-- Parentheses that begin with a query are not always a subquery.
select ((select 1) + 1), ((select 2)), (select 3) * 2
=> SELECT
SELECT (SELECT 1) + 1 AS "?column?", (SELECT 2) AS "?column?", (SELECT 3) * 2 AS "?column?"

select * from ((select 1 as a) x join (select 2 as b) y on true)
=> SELECT
SELECT * FROM (SELECT 1 AS a) AS x JOIN (SELECT 2 AS b) AS y ON TRUE

select e.body.items[0].name, e.body[1], (e.body).kind from events e
=> SELECT
SELECT (e.body.items[0]).name AS name, e.body[1] AS body, (e.body).kind AS kind FROM events AS e

select u.city from sales s, users u, sales t where s.sellerid = u.userid and t.salesid = s.salesid
=> SELECT
SELECT u.city FROM sales AS s, users AS u, sales AS t WHERE s.sellerid = u.userid AND t.salesid = s.salesid

select e.id from events e, e.body.items i
=> error 0A000 at 28: navigating a SUPER column in FROM is not supported yet

select salesid from sales limit all
=> SELECT
SELECT salesid FROM sales

select salesid from sales offset 1 rows limit $1
=> SELECT [1 parameters]
SELECT salesid FROM sales LIMIT $1 OFFSET 1

select * from dev.public.sales
=> SELECT
SELECT * FROM public.sales

select "Mixed Case" from (select 1 as "Mixed Case") "T"
=> SELECT
SELECT "Mixed Case" FROM (SELECT 1 AS "Mixed Case") AS "T"

select /* a /* nested */ comment */ 1 -- and a line
=> SELECT
SELECT 1 AS "?column?"

select salesid into temp kept from sales where qtysold > 1
=> SELECT
CREATE TEMP TABLE kept AS SELECT salesid FROM sales WHERE qtysold > 1

select salesid into #kept from sales
=> SELECT
CREATE TEMP TABLE "#kept" AS SELECT salesid FROM sales

select * from #kept
=> SELECT
SELECT * FROM "#kept"

select 1 union select 2 into x
=> error 42P16 at 0: INTO is only allowed in the first SELECT of a statement

select id from events start with id = 1 connect by prior id = id
=> error 0A000 at 23: CONNECT BY is not supported yet

select * from sales pivot (sum(qtysold) for sellerid in (1, 2))
=> error 0A000 at 21: PIVOT and UNPIVOT are not supported yet

explain select * from sales where salesid = 1
=> EXPLAIN
EXPLAIN SELECT * FROM sales WHERE salesid = 1

explain verbose select top 2 * from sales
=> EXPLAIN
EXPLAIN SELECT * FROM sales LIMIT 2

explain set x to 1
=> error 0A000 at 0: EXPLAIN takes a statement that has a plan
