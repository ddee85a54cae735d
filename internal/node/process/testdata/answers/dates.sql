-- Date and time literals in the forms of the guide.
select 'January 8, 1999'::date as a, '1/8/1999'::date as b, date '01/02/00' as c, '2000-Jan-31'::date as d, 'Jan-31-2000'::date as e, '31-Jan-2000'::date as f, '20080215'::date as g, '080215'::date as h, '2008.366'::date as i, '1999-01-08'::date as j
=> a date, b date, c date, d date, e date, f date, g date, h date, i date, j date
1999-01-08|1999-01-08|2000-01-02|2000-01-31|2000-01-31|2000-01-31|2008-02-15|2008-02-15|2008-12-31|1999-01-08|

select timestamp '20080215 04:05:06.789' as a, '20200430 04:05'::timestamp as b, 'Jan-31-2000 04:05 PM'::timestamp as c, '2024-01-01 12:00:00'::timestamp as d, '040506'::time as e, '04:05 PM'::time as f
=> a timestamp, b timestamp, c timestamp, d timestamp, e time, f time
2008-02-15 04:05:06.789|2020-04-30 04:05:00|2000-01-31 16:05:00|2024-01-01 12:00:00|04:05:06|16:05:00|

create table t (d date, ts timestamp)
=> CREATE TABLE

insert into t values ('1/8/1999', '20080215 04:05:06'), ('01-Jun-2008', 'January 8, 1999')
=> INSERT 0 2

select d, ts from t where d in ('1/8/1999', '20080601') and ts between '1/1/1999' and '20080216' order by d
=> d date, ts timestamp
1999-01-08|2008-02-15 04:05:06|
2008-06-01|1999-01-08 00:00:00|

select d from t where d > '20080101'
=> d date
2008-06-01|
