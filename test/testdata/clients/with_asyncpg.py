import asyncio, datetime, decimal, asyncpg

async def main():
    async with asyncpg.create_pool(min_size=1, max_size=1, ssl=False) as pool:
        async with pool.acquire() as conn:
            await conn.execute("create table apg (id int primary key, name varchar(10), price numeric(8,2), at timestamp)")
            await conn.executemany("insert into apg values ($1, $2, $3, $4)", [(n, "n%d" % n, decimal.Decimal("1.25"), datetime.datetime(2024, 1, n)) for n in range(1, 6)])
            row = await conn.fetchrow("select *, $1::varchar as given from apg where id = $2", "x", 3)
            assert tuple(row) == (3, "n3", decimal.Decimal("1.25"), datetime.datetime(2024, 1, 3), "x"), row
        async with pool.acquire() as conn:  # after the first was reset
            async with conn.transaction():
                seen = [r["id"] async for r in conn.cursor("select id from apg order by id", prefetch=2)]
            assert seen == [1, 2, 3, 4, 5], seen
            assert await conn.fetchval("select conname from pg_constraint where conname = 'apg_pkey'") == "apg_pkey"
            try:
                await conn.fetch("select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c", timeout=0.5)
                raise SystemExit("the statement was not cancelled")
            except asyncio.TimeoutError:
                pass
            assert await conn.fetchval("select 1") == 1
    print("ok")

asyncio.run(main())
