#!/usr/bin/env bash
# node-sql-parser 5.4.0, dialect "Redshift": a name of three parts loses its last one on the way through parse and print.
#
# Valid input: SELECT s.t.a FROM s.t (a column with its schema) and SELECT c.a.b[0] FROM t c (a path into a SUPER column)
# Seen: both parse without an error and print as  SELECT "s"."t". FROM "s"."t"  and  SELECT "c"."a".[0] FROM "t" AS "c" : the column is gone, and
# what is left is no SQL. Names of two parts are whole, so a round trip of simpler statements gives no warning.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund node-sql-parser@5.4.0
cat >t.js <<'JS'
const { Parser } = require('node-sql-parser')
const parser = new Parser(), dialect = { database: 'Redshift' }
const printed = (sql) => parser.sqlify(parser.astify(sql, dialect), dialect)
const statements = ['SELECT s.t.a FROM s.t', 'SELECT c.a.b[0] FROM t c', 'SELECT c.a FROM t c'].map(printed)
console.log(statements.join('\n'))
const seen = ['SELECT "s"."t". FROM "s"."t"', 'SELECT "c"."a".[0] FROM "t" AS "c"', 'SELECT "c".a FROM "t" AS "c"']
if (statements.join() !== seen.join()) { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.js
