// Package secretsmanager is the vocabulary of Secrets Manager, as far as the owners of managed secrets call it.
// Everything but this comment is generated from the model by internal/api/gen.
package secretsmanager
