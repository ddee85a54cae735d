package main

import (
	"fmt"
	"strings"
)

// table makes rows of one table. Every value follows from the row's number by the engine's hash function, so two runs make the same rows.
type table struct {
	name   string
	create string
	fill   string // INSERT … SELECT, with the first row's number and the one behind the last
}

// prelude defines what the rows are made of: chance(row, column, n) is a number below n, pick one of a list, word one of the words.
var prelude = []string{
	"CREATE MACRO slipher.main.chance(i, seed, n) AS (hash(i * 1000 + seed) % n)::BIGINT",
	"CREATE MACRO slipher.main.pick(i, seed, list) AS list[chance(i, seed, len(list)) + 1]",
	"CREATE MACRO slipher.main.word(i, seed) AS rtrim(substr('" + paddedWords() + "', chance(i, seed, 144) * 8 + 1, 8))",
}

func paddedWords() string {
	var padded strings.Builder
	for _, word := range strings.Fields(words) {
		fmt.Fprintf(&padded, "%-8s", word)
	}
	return padded.String()
}

const words = `able account amber autumn bread bridge brown candle careful carpet chair cheese church circle clear cloud coffee copper corner
	cotton cover cream dance delivery desk dinner doctor early east engine evening famous farmer father feather field finger fish floor flower
	forest forty friend fruit garden gentle glass gold grand green ground guest hammer happy harbour heart heavy hill honey house iron island
	jacket kitchen ladder lake lamp large leather lemon letter light linen little market meadow metal middle milk mirror modern morning mother
	mountain narrow needle night north ocean office orange oven paper pencil pepper picture pillow plain plate pocket potter quiet rain red
	return river road round salt school season seven shelf silver simple small soft spring square stone street strong sugar summer table tea
	thunder tower travel valley velvet village wagon walnut warm water weather west wheat white window winter wooden yellow`

// tables are a shop's: what visitors did, what they bought, and who they are. Between them they have what columns usually hold: keys in
// order and out of order, times, few distinct words, prices and measurements, tokens that nothing compresses, links, sentences, documents.
var tables = []table{
	{
		name: "visits",
		create: `CREATE TABLE visits (visit_id BIGINT, seen TIMESTAMP, customer_id INTEGER, session VARCHAR, page VARCHAR, referrer VARCHAR,
			country VARCHAR, browser VARCHAR, seconds DOUBLE, scrolled REAL, bought BOOLEAN, details VARCHAR)`,
		fill: `INSERT INTO visits SELECT i, TIMESTAMP '2024-01-01' + to_microseconds(i * 700000 + chance(i, 1, 600000)),
			(pow(chance(i, 2, 1000000)::DOUBLE / 1000000, 3) * 2000000)::INTEGER,
			md5((i // 6)::VARCHAR),
			'/' || pick(i, 3, ['shop', 'offers', 'search', 'cart', 'help']) || '/' || word(i, 4) || '-' || word(i, 5) || '/' || chance(i, 6, 40000),
			CASE WHEN chance(i, 7, 3) > 0 THEN 'https://www.' || word(i, 8) || '.example/' || word(i, 9) END,
			pick(i, 10, ['DE', 'DE', 'DE', 'FR', 'FR', 'US', 'US', 'BR', 'IN', 'JP', 'PL', 'GB', 'ES', 'NG']),
			pick(i, 11, ['Firefox', 'Chrome', 'Chrome', 'Safari', 'Edge']),
			round(-ln((chance(i, 12, 1000000)::DOUBLE + 1) / 1000001) * 40, 3), chance(i, 13, 1001)::REAL / 1000, chance(i, 14, 20) = 0,
			CASE WHEN chance(i, 19, 5) = 0 THEN '{"width":' || (320 + chance(i, 15, 24) * 80) || ',"language":"' || pick(i, 16, ['de', 'fr', 'en', 'pt', 'hi', 'ja']) ||
			'","experiment":"' || word(i, 17) || '","clicks":' || chance(i, 18, 30) || ',"trace":"' || substr(md5((i * 3)::VARCHAR), 1, 12) || '"}' END
			FROM range(%d, %d) numbers(i)`,
	},
	{
		name: "order_lines",
		create: `CREATE TABLE order_lines (order_id BIGINT, line INTEGER, product_id INTEGER, quantity INTEGER, price DECIMAL(12,2),
			discount DECIMAL(4,2), tax DOUBLE, ordered DATE, shipped DATE, status VARCHAR, comment VARCHAR)`,
		fill: `INSERT INTO order_lines SELECT i // 4, i %% 4 + 1, chance(i, 21, 40000), chance(i, 22, 50) + 1,
			chance(i, 23, 10000000)::DOUBLE / 100, chance(i, 24, 11)::DOUBLE / 100, chance(i, 23, 10000000)::DOUBLE / 100 * 0.19,
			DATE '2024-01-01' + (i // 50000)::INTEGER, DATE '2024-01-01' + (i // 50000 + chance(i, 25, 90))::INTEGER,
			pick(i, 26, ['open', 'shipped', 'returned', 'closed']),
			word(i, 27) || ' ' || word(i, 28) || ' ' || word(i, 29) || CASE WHEN chance(i, 30, 2) = 0 THEN '' ELSE ', ' || word(i, 31) || ' ' || word(i, 32) END
			FROM range(%d, %d) numbers(i)`,
	},
	{
		name: "customers",
		create: `CREATE TABLE customers (customer_id BIGINT, name VARCHAR, email VARCHAR, phone VARCHAR, street VARCHAR,
			latitude DOUBLE, longitude DOUBLE, since TIMESTAMP, balance DECIMAL(18,4), token VARCHAR)`,
		fill: `INSERT INTO customers SELECT i, word(i, 41) || ' ' || word(i, 42), word(i, 41) || '.' || word(i, 42) || chance(i, 43, 1000) || '@' || word(i, 44) || '.example',
			'+49 ' || (chance(i, 45, 900) + 100) || ' ' || (chance(i, 46, 9000000) + 1000000), word(i, 47) || ' street ' || chance(i, 48, 200),
			47 + chance(i, 49, 8000000)::DOUBLE / 1000000, 6 + chance(i, 50, 9000000)::DOUBLE / 1000000,
			TIMESTAMP '2020-01-01' + to_seconds(chance(i, 51, 126144000)), chance(i, 52, 100000000)::DOUBLE / 10000, md5(chance(i, 53, 1000000000)::VARCHAR)
			FROM range(%d // 8, %d // 8) numbers(i)`,
	},
}

// correction changes the prices of orders that lie side by side.
const correction = `UPDATE order_lines SET price = price + 1 WHERE order_id BETWEEN %d AND %d`
