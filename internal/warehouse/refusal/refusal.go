// Package refusal holds the answers of the warehouse to what it does not do: a reason that a service can tell its callers in its own way, and the words
// that name the thing. It promises that a refused decision has changed nothing that is kept, and refuses to know the faults of any API.
package refusal

import "fmt"

// Reason is why something is refused.
type Reason string

// Refusal is the error of a decision that was not made.
type Refusal struct {
	Reason  Reason
	Message string // names the thing, for the caller
}

func (r *Refusal) Error() string { return string(r.Reason) + ": " + r.Message }

// Because refuses for the reason, in the words of the format.
func (r Reason) Because(format string, args ...any) *Refusal {
	return &Refusal{Reason: r, Message: fmt.Sprintf(format, args...)}
}
