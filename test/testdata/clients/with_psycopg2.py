import threading, psycopg2
conn = psycopg2.connect("")
cur = conn.cursor()
cur.execute("create table py2 (id int primary key, name varchar(10), price numeric(8,2), at timestamp, yes bool)")
cur.executemany("insert into py2 values (%s, %s, %s, %s, %s)", [(n, "n'%d" % n, n + 0.5, "2024-01-0%d 12:00" % n, n % 2 == 0) for n in range(1, 6)])
cur.execute("select id, name, price, at, yes from py2 where id = %s and name like %s", (2, "n%"))
row = cur.fetchone()
assert row[0] == 2 and row[1] == "n'2" and str(row[2]) == "2.50" and row[3].hour == 12 and row[4] is True, row
assert [d.name for d in cur.description] == ["id", "name", "price", "at", "yes"]
conn.commit()
named = conn.cursor("walk")
named.itersize = 2
named.execute("select id from py2 order by id")
assert [r[0] for r in named] == [1, 2, 3, 4, 5]
named.close()
cur.execute("select c.relname, k.conkey, c.relacl from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'p' and c.relname = 'py2'")
assert cur.fetchone() == ("py2", [1], None)
conn.commit()
threading.Timer(0.5, conn.cancel).start()
try:
    cur.execute("select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c")
    raise SystemExit("the statement was not cancelled")
except psycopg2.errors.QueryCanceled:
    conn.rollback()
print("ok")
