// Package iam is the vocabulary of Identity and Access Management, as far as Redshift's users and their tools call it.
// Everything but this comment is generated from the model by internal/api/gen.
package iam
