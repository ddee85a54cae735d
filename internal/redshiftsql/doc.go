// Package redshiftsql understands Amazon Redshift's SQL and says it again in the words of the engine, DuckDB.
//
// Text goes in and text comes out: [Parse] reads the first statement of a string into a syntax tree and hands back
// what follows it, and [Translate] turns the tree into engine SQL together with everything the engine has no notion
// of: distribution and sort keys, encodings, identities, session settings, COPY's options.
//
//	sql text ──lexer──► tokens ──parser──► Statement ──Translate──► Translation
//	                                           │
//	                                           └──String()──► the same statement, in one canonical spelling
//
// A statement is never changed once it is parsed. There is one printer (print*.go), which writes a tree through a
// dialect: Redshift's own, which leaves everything as it is, or the engine's (translate*.go, functions*.go), which
// may put another expression in the place of the one about to be printed.
//
// The package refuses to know what tables exist, what type a column has, or how anything is run. A function it has
// never heard of passes through unchanged, since the engine knows many of Redshift's; a statement it has never
// heard of is a [SyntaxError], and one that it knows but that is not offered is an [Error] with SQLSTATE 0A000.
package redshiftsql
