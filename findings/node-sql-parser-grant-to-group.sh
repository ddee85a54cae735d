#!/usr/bin/env bash
# node-sql-parser 5.4.0, dialect "Redshift": GRANT … TO GROUP raises an error of the parser's own JavaScript, not a syntax error.
#
# Valid input (GRANT, Redshift's developer guide): GRANT SELECT ON t TO GROUP g
# Seen: ReferenceError "group is not defined", without the location that its syntax errors have. Code that tells "not parsable" from "broken
# tool" by err.location or by the class of the error takes this for the latter. GRANT SELECT ON t TO g, without GROUP, parses.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund node-sql-parser@5.4.0
cat >t.js <<'JS'
const { Parser } = require('node-sql-parser')
const parser = new Parser(), dialect = { database: 'Redshift' }
const refusal = (sql) => { try { parser.astify(sql, dialect); return 'parsed' } catch (err) { return `${err.name}: ${err.message} (location ${err.location ? 'given' : 'missing'})` } }
const grouped = refusal('GRANT SELECT ON t TO GROUP g'), plain = refusal('GRANT SELECT ON t TO g')
console.log(grouped); console.log(plain)
if (grouped !== 'ReferenceError: group is not defined (location missing)' || plain !== 'parsed') { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.js
