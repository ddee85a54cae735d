package policy

import (
	"slices"
	"strconv"
	"strings"
)

// condition is one key of a statement's Condition with its operator and the values it is compared with.
type condition struct {
	key      string // in lower case
	set      set
	ifExists bool
	negated  bool
	null     bool
	tests    []test
}

// set says how the several values that a request may have for one key count.
type set int

const (
	oneOf  set = iota // no set operator
	every             // ForAllValues
	someOf            // ForAnyValue
)

// test compares a request's value with one value of the condition.
type test interface {
	matches(value string, context Context) bool
}

func (p *parser) conditions(found map[string]value, made *statement) error {
	read, there := found["Condition"]
	if !there {
		return nil
	}
	if read.shape != object {
		return malformed("has %s as its Condition, not an object", read.shape)
	}
	if err := read.once(); err != nil {
		return err
	}
	for _, operators := range read.members {
		if err := p.operator(operators.name, operators.value, made); err != nil {
			return err
		}
	}
	return nil
}

// operator reads the keys of one operator: {"StringEquals": {"aws:username": "ada"}}.
func (p *parser) operator(name string, keys value, made *statement) error {
	set, operator, ifExists, known := readOperator(name)
	if !known {
		return malformed("has the unknown condition operator %s", name)
	}
	if keys.shape != object {
		return malformed("has %s in the condition %s, not an object of keys and values", keys.shape, name)
	}
	if err := keys.once(); err != nil {
		return err
	}
	for _, key := range keys.members {
		if service, rest, separated := strings.Cut(key.name, ":"); !separated || service == "" || rest == "" {
			return malformed("has the condition key %q; a key is a service or provider, a colon and a name", key.name)
		}
		values, err := key.strings("the condition "+name+" of "+key.name, number, boolean)
		if err != nil {
			return err
		}
		read := condition{key: strings.ToLower(key.name), set: set, ifExists: ifExists, negated: operator.negated, null: operator.isNull}
		for _, value := range values {
			test, problem := operator.compile(value, p.variables)
			if problem != nil {
				return malformed("has the value %q for the condition %s of %s: %s", value, name, key.name, problem)
			}
			read.tests = append(read.tests, test)
		}
		made.conditions = append(made.conditions, read)
	}
	return nil
}

// readOperator takes the set operator before and IfExists behind off an operator's name. Upper and lower case are the same.
func readOperator(name string) (set set, found operator, ifExists, known bool) {
	name = strings.ToLower(name)
	if rest, qualified := strings.CutPrefix(name, "forallvalues:"); qualified {
		set, name = every, rest
	} else if rest, qualified := strings.CutPrefix(name, "foranyvalue:"); qualified {
		set, name = someOf, rest
	}
	if found, known = operators[name]; known {
		return set, found, false, true
	}
	name, ifExists = strings.CutSuffix(name, "ifexists")
	found, known = operators[name]
	return set, found, ifExists, known && ifExists && !found.isNull
}

func (c *condition) holds(context Context) bool {
	values := context[c.key]
	if c.null {
		return c.matches(strconv.FormatBool(len(values) == 0), context)
	}
	if c.isAbsent(values) {
		return c.holdsWithoutValue()
	}
	switch c.set {
	case every:
		for _, value := range values {
			if c.matches(value, context) == c.negated {
				return false
			}
		}
		return true
	case someOf:
		for _, value := range values {
			if c.matches(value, context) != c.negated {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(values, func(value string) bool { return c.matches(value, context) }) != c.negated
}

// matches says whether one of the condition's values is the request's. A negated operator holds if none is.
func (c *condition) matches(value string, context Context) bool {
	for _, test := range c.tests {
		if test.matches(value, context) {
			return true
		}
	}
	return false
}

// isAbsent says whether there is nothing to compare. For the set operators an empty string is an empty set.
func (c *condition) isAbsent(values []string) bool {
	return len(values) == 0 || c.set != oneOf && len(values) == 1 && values[0] == ""
}

func (c *condition) holdsWithoutValue() bool {
	switch c.set {
	case every:
		return true
	case someOf:
		return c.ifExists
	}
	return c.ifExists || c.negated
}
