create table lines (a int, b varchar(10))
=> CREATE TABLE
CREATE TABLE lines (a INTEGER, b VARCHAR CHECK (strlen(b) <= 10))

begin
=> BEGIN
BEGIN TRANSACTION

declare c cursor for select * from lines
=> DECLARE CURSOR [c 0]
SELECT * FROM lines

declare d cursor for select a, dateadd(day, 1, '2026-01-01'::date) from lines where a > $1
=> DECLARE CURSOR [d 0]
SELECT a, CAST('2026-01-01' AS DATE) + to_days(1) AS dateadd FROM lines WHERE a > $1

-- psycopg2 writes WITHOUT HOLD out
declare "Named" no scroll cursor without hold for with x as (select 1 as a) select a from x
=> DECLARE CURSOR [Named 0]
WITH x AS (SELECT 1 AS a) SELECT a FROM x

declare c cursor with hold for select 1
=> error 0A000 at 0: DECLARE CURSOR WITH HOLD is not supported yet

declare c cursor for delete from lines
=> error 42601 at 22: syntax error at or near "delete"

declare c cursor for select a into other from lines
=> error 0A000 at 0: DECLARE CURSOR cannot have SELECT INTO

fetch from c
=> FETCH [c 1]

fetch next from c
=> FETCH [c 1]

fetch 10 from c
=> FETCH [c 10]

fetch forward 50 from "Named"
=> FETCH [Named 50]

fetch forward all from c
=> FETCH [c -1]

fetch all in c
=> FETCH [c -1]

fetch backward 1 from c
=> error 42601 at 7: syntax error at or near "backward"

close c
=> CLOSE CURSOR [c 0]

close all
=> CLOSE CURSOR [ 0]

commit
=> COMMIT
COMMIT
