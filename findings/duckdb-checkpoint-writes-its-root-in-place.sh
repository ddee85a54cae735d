#!/usr/bin/env bash
# DuckDB 1.5.6 (npm @duckdb/node-api 1.5.6-r.1): a checkpoint is not copy on write: it writes over the block in which the last one has its root.
#
# A database file has two headers that take turns, each with the number of its checkpoint and a pointer to the root of the catalogue, as a store
# has that switches from one whole state to the next. Guessed: the new root goes to a free block, and the old one stays until the header has moved on.
# Seen: the pointer is a block and one of 64 parts of it; the root goes to a free part of the *same* block (parts 0 and 3 in turns), so that each
# checkpoint writes block 0 anew, 256 KiB and its one checksum, while the last good header still points into it. Blocks of tables are not written
# over. Whoever copies or protects the file by its headers has to count block 0 as changing in place.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
cat >t.cjs <<'JS'
const { DuckDBInstance } = require('@duckdb/node-api')
const fs = require('fs')
const headers = 3 * 4096, block = 256 * 1024
const look = () => {
  const content = fs.readFileSync('x.duckdb')
  const [a, b] = [4096, 8192].map((at) => ({ checkpoint: content.readBigUInt64LE(at + 8), root: content.readBigUInt64LE(at + 16) }))
  const last = a.checkpoint > b.checkpoint ? a : b
  return { checkpoint: Number(last.checkpoint), block: Number(last.root & 0xffffffffffffffn), part: Number(last.root >> 56n), first: content.subarray(headers, headers + block) }
}
async function main() {
  const connection = await (await DuckDBInstance.create('x.duckdb')).connect()
  await connection.run('create table t as select range as i from range(1000)')
  await connection.run('checkpoint')
  const seen = []
  for (let i = 0; i < 4; i++) {
    await connection.run(`insert into t values (${i})`)
    const before = look()
    await connection.run('checkpoint')
    const after = look()
    seen.push(`checkpoint ${before.checkpoint}: root in block ${before.block}, part ${before.part}; checkpoint ${after.checkpoint}: block ${after.block}, part ${after.part}; block 0 ${before.first.equals(after.first) ? 'as it was' : 'written anew'}`)
  }
  console.log(seen.join('\n'))
  if (!seen.every((line) => /root in block 0, part [03]; .*block 0, part [03]; block 0 written anew$/.test(line))) throw new Error('the behaviour has changed')
}
main()
JS
node t.cjs
