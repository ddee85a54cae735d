// Package sts is the vocabulary of the Security Token Service, as far as Redshift's clients call it.
// Everything but this comment is generated from the model by internal/api/gen.
package sts
