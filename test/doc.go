// Package test holds the end-to-end tests: they build the slipher program, run it as a user does and drive it with real clients: the AWS SDK for Go,
// pgx, and the aws and psql programs where they are installed.
package test
