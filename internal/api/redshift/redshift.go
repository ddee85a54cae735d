// Package redshift is the vocabulary of the Redshift management API: its shapes, enumerations, faults,
// operation table and descriptors of the operations. Everything but this comment is generated from the model by internal/api/gen.
package redshift
