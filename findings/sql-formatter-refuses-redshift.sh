#!/usr/bin/env bash
# sql-formatter 15.9.0: language "redshift" refuses three things that are everyday Redshift, and formats the same text under "postgresql".
#
# Valid input: a stored procedure's body between $$ (CREATE PROCEDURE's page writes them so), the operator !~* (POSIX operators' page) and a
# backslash before a quote in an ordinary string ('it\'s').
# Seen: "Parse error: Unexpected …" for all three with "redshift"; "postgresql" formats the first two, and refuses the third too.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund sql-formatter@15.9.0
cat >t.mjs <<'JS'
import { format } from 'sql-formatter'
const taken = (sql, language) => { try { format(sql, { language }); return true } catch (err) { if (!/Parse error/.test(err.message)) throw err; return false } }
const statements = ['create procedure p() as $$ begin end; $$ language plpgsql', "select a from t where b !~* 'x'", "select 'it\\'s'"]
const seen = statements.map((sql) => [taken(sql, 'redshift'), taken(sql, 'postgresql')])
console.log(JSON.stringify(seen))
if (JSON.stringify(seen) !== '[[false,true],[false,true],[false,false]]') { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.mjs
