create table hs (acc int, d date, score int)
=> CREATE TABLE

insert into hs values (1, '2024-01-01', 5), (1, '2024-01-02', 6)
=> INSERT 0 2

-- An aggregate over a window with an order needs a frame, and a frame counts rows.
select sum(score) over (partition by acc order by d) from hs
=> error 0A000: Aggregate window functions with an ORDER BY clause require a frame clause

select count(*) over (order by d), avg(score) over (order by d) from hs
=> error 0A000: Aggregate window functions with an ORDER BY clause require a frame clause

select sum(acc) over (order by d range between unbounded preceding and current row) from hs
=> error 0A000: RANGE clause of window functions not yet implemented

select sum(score) over (order by d rows unbounded preceding) as a, row_number() over (order by d) as b, lag(score) over (order by d) as c, sum(score) over () as d from hs
=> a int8, b int8, c int4, d int8
5|1|NULL|11|
11|2|5|11|
