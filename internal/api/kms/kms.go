// Package kms is the vocabulary of the Key Management Service, as far as Redshift's users call it.
// Everything but this comment is generated from the model by internal/api/gen.
package kms
