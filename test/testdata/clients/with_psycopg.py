import datetime, decimal, threading, psycopg
conn = psycopg.connect("")
with conn.cursor(binary=True) as cur:
    cur.execute("create table py3 (id int primary key, name varchar(10), price numeric(8,2), at timestamp, yes bool)")
    cur.executemany("insert into py3 values (%s, %s, %s, %s, %s)", [(n, "n%d" % n, decimal.Decimal("1.25"), datetime.datetime(2024, 1, n), True) for n in range(1, 6)])
    cur.execute("select *, %s::varchar as given from py3 where id = %s", ("x", 3))
    assert cur.fetchone() == (3, "n3", decimal.Decimal("1.25"), datetime.datetime(2024, 1, 3), True, "x")
    assert [d.name for d in cur.description] == ["id", "name", "price", "at", "yes", "given"]
    cur.execute("select conkey, conname from pg_constraint where conname = 'py3_pkey'")
    assert cur.fetchone() == ([1], "py3_pkey")
    cur.execute("show columns from table public.py3")
    assert [r[3] for r in cur.fetchall()] == ["id", "name", "price", "at", "yes"]
conn.commit()
threading.Timer(0.5, conn.cancel).start()
try:
    conn.execute("select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c")
    raise SystemExit("the statement was not cancelled")
except psycopg.errors.QueryCanceled:
    conn.rollback()
print("ok")
