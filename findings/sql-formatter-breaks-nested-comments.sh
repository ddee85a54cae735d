#!/usr/bin/env bash
# sql-formatter 15.9.0, language "redshift": formatting a valid statement with a comment inside a comment makes a statement that no longer parses.
#
# Valid input: select /* a /* b */ c */ 1   (block comments nest in PostgreSQL, from which Redshift's lexer comes)
# Seen: the comment ends at the first "*/", and the second one is spaced out to "* /": the text of the comment becomes SQL, and the end of the
# outer comment is destroyed. With language "postgresql" the same text comes out whole.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund sql-formatter@15.9.0
cat >t.mjs <<'JS'
import { format } from 'sql-formatter'
const sql = 'select /* a /* b */ c */ 1'
const redshift = format(sql, { language: 'redshift' }), postgresql = format(sql, { language: 'postgresql' })
console.log(JSON.stringify(redshift)); console.log(JSON.stringify(postgresql))
if (!redshift.includes('c * / 1') || !postgresql.includes('/* a /* b */ c */')) { console.error('the behaviour has changed'); process.exit(1) }
JS
node t.mjs
