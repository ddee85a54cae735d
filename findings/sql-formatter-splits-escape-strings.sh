#!/usr/bin/env bash
# sql-formatter 15.9.0, language "redshift": the E of an escape string is parted from its quotes, so the formatted statement means something else.
#
# Valid input: select e'\n', b'101', x'1F'   (escape and bit strings of the PostgreSQL family)
# Seen: e '\n', b '101', x '1F' : a name followed by a string. With language "postgresql" each stays one token.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund sql-formatter@15.9.0
cat >t.mjs <<'JS'
import { format } from 'sql-formatter'
const sql = "select e'\\n', b'101', x'1F'"
const redshift = format(sql, { language: 'redshift' }), postgresql = format(sql, { language: 'postgresql' })
console.log(JSON.stringify(redshift)); console.log(JSON.stringify(postgresql))
if (!redshift.includes("e '\\n'") || !redshift.includes("x '1F'") || !postgresql.includes("e'\\n'")) { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.mjs
