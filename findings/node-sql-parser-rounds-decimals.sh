#!/usr/bin/env bash
# node-sql-parser 5.4.0, dialect "Redshift": a decimal literal of more than 17 digits comes out as another number; a whole number of any length is kept.
#
# Valid input: SELECT 0.1234567890123456789 (Redshift's DECIMAL has up to 38 digits) and SELECT 12345678901234567890.
# Seen: 0.1234567890123456774 without an error, and 12345678901234567890 unchanged. So a tool that only rewrites table names through this
# parser changes the money in a statement, while its test with a large integer passes.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund node-sql-parser@5.4.0
cat >t.js <<'JS'
const { Parser } = require('node-sql-parser')
const parser = new Parser(), dialect = { database: 'Redshift' }
const printed = (sql) => parser.sqlify(parser.astify(sql, dialect), dialect)
const fraction = printed('SELECT 0.1234567890123456789'), whole = printed('SELECT 12345678901234567890')
console.log(fraction); console.log(whole)
if (fraction !== 'SELECT 0.1234567890123456774' || whole !== 'SELECT 12345678901234567890') { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.js
