package policy

import (
	"iter"
	"strings"
)

// index finds the statements that speak of an action: those that name it, those with a pattern in the same service, and
// those that speak of everything. So a request meets few of the statements.
type index struct {
	named    map[string][]*statement // by the action in lower case
	patterns map[string][]candidate  // by the service in lower case
	always   []*statement
}

type candidate struct {
	action    *pattern
	statement *statement
}

func (ix *index) add(action string, made *statement) {
	if action == "*" || action == "*:*" {
		ix.always = append(ix.always, made)
		return
	}
	lower := strings.ToLower(action)
	if !strings.ContainsAny(action, "*?") {
		if ix.named == nil {
			ix.named = map[string][]*statement{}
		}
		ix.named[lower] = append(ix.named[lower], made)
		return
	}
	if ix.patterns == nil {
		ix.patterns = map[string][]candidate{}
	}
	service, _, _ := strings.Cut(lower, ":")
	ix.patterns[service] = append(ix.patterns[service], candidate{action: compileAction(action), statement: made})
}

// applying are the statements that apply to the request. One that names its action in several ways may come several times.
func (ix *index) applying(q *query) iter.Seq[*statement] {
	return func(yield func(*statement) bool) {
		for _, statement := range ix.named[string(q.lowerAction())] {
			if statement.applies(q) && !yield(statement) {
				return
			}
		}
		for _, candidate := range ix.patterns[string(q.lowerService())] {
			if candidate.action.match(q.Action, nil) && candidate.statement.applies(q) && !yield(candidate.statement) {
				return
			}
		}
		for _, statement := range ix.always {
			if statement.applies(q) && !yield(statement) {
				return
			}
		}
	}
}

func (ix *index) first(q *query) *statement {
	for statement := range ix.applying(q) {
		return statement
	}
	return nil
}
