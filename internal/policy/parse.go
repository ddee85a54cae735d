package policy

import (
	"fmt"
	"slices"
	"strings"
)

const (
	newest = "2012-10-17" // the version of documents with variables
	oldest = "2008-10-17" // what a document without a version is
)

// Parse reads a document of a kind and makes it ready. What it cannot understand it refuses with a MalformedError, what is too
// long with a SizeError. The name is what decisions call the policy.
func Parse(kind Kind, name, document string) (*Policy, error) {
	if err := checkText(kind, document); err != nil {
		return nil, err
	}
	read, err := readJSON(document)
	if err != nil {
		return nil, err
	}
	parser := parser{policy: &Policy{Name: name, Kind: kind}, rules: rulesOf[kind], sids: map[string]bool{}}
	if err := parser.document(read); err != nil {
		return nil, err
	}
	return parser.policy, nil
}

type parser struct {
	policy    *Policy
	rules     rules
	variables bool
	sids      map[string]bool
}

// elements picks the members of an object that has no others.
func elements(read value, known ...string) (map[string]value, error) {
	if err := read.once(); err != nil {
		return nil, err
	}
	found := map[string]value{}
	for _, member := range read.members {
		if !slices.Contains(known, member.name) {
			return nil, malformed("has an unknown element %q%s", member.name, suggestion(member.name, known))
		}
		found[member.name] = member.value
	}
	return found, nil
}

func suggestion(name string, known []string) string {
	for _, right := range known {
		if strings.EqualFold(name, right) {
			return "; it is spelled " + right
		}
	}
	return ""
}

func (p *parser) document(read value) error {
	if read.shape != object {
		return malformed("is %s, not an object", read.shape)
	}
	found, err := elements(read, "Version", "Id", "Statement")
	if err != nil {
		return err
	}
	if err := p.version(found); err != nil {
		return err
	}
	if id, there := found["Id"]; there {
		if id.shape != text {
			return malformed("has %s as its Id, not a string", id.shape)
		}
		p.policy.ID = id.text
	}
	statements, there := found["Statement"]
	if statements.shape != array {
		statements = value{items: []value{statements}}
	}
	if !there || len(statements.items) == 0 {
		return malformed("has no Statement")
	}
	for i, read := range statements.items {
		if err := p.statement(i+1, read); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) version(found map[string]value) error {
	version, there := found["Version"]
	if !there {
		version.text = oldest
	}
	if version.text != newest && version.text != oldest {
		return malformed("has the Version %q; there are %s and %s", version.text, newest, oldest)
	}
	if p.rules.newestOnly && version.text != newest {
		return malformed("must have the Version %s, as every managed policy", newest)
	}
	p.variables = version.text == newest
	return nil
}

func (p *parser) statement(number int, read value) error {
	place := fmt.Sprintf("statement %d", number)
	if read.shape != object {
		return within(place, malformed("is %s, not an object", read.shape))
	}
	for _, member := range read.members {
		if member.name == "Sid" && member.text != "" {
			place = fmt.Sprintf("statement %d (Sid %s)", number, member.text)
		}
	}
	found, err := elements(read, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if err != nil {
		return within(place, err)
	}
	made := &statement{policy: p.policy, label: fmt.Sprintf("statement %d", number)}
	for _, step := range []func(map[string]value, *statement) error{p.sid, p.effect, p.principals, p.resources, p.conditions, p.actions} {
		if err := step(found, made); err != nil {
			return within(place, err)
		}
	}
	return nil
}

func (p *parser) sid(found map[string]value, made *statement) error {
	sid := found["Sid"]
	if sid.shape != text && sid.shape != "" {
		return malformed("has %s as its Sid, not a string", sid.shape)
	}
	if sid.text == "" {
		return nil
	}
	if p.rules.plainSid && strings.ContainsFunc(sid.text, notAlphanumeric) {
		return malformed("has a Sid with other characters than A-Z, a-z and 0-9")
	}
	if p.sids[sid.text] {
		return malformed("has the Sid of an earlier statement")
	}
	p.sids[sid.text] = true
	made.label = sid.text
	return nil
}

func notAlphanumeric(character rune) bool {
	return (character < '0' || character > '9') && (character < 'A' || character > 'Z') && (character < 'a' || character > 'z')
}

func (p *parser) effect(found map[string]value, made *statement) error {
	read, there := found["Effect"]
	if !there {
		return malformed("has no Effect")
	}
	made.effect = effect(read.text)
	if made.effect != allow && made.effect != deny {
		return malformed("has the Effect %q; it takes Allow or Deny", read.text)
	}
	return nil
}

// either answers the one element of the two that is there.
func either(found map[string]value, element string) (name string, read value, err error) {
	read, plain := found[element]
	negated, not := found["Not"+element]
	switch {
	case plain && not:
		return "", value{}, malformed("has both %s and Not%s", element, element)
	case not:
		return "Not" + element, negated, nil
	case plain:
		return element, read, nil
	}
	return "", value{}, nil
}

func (p *parser) resources(found map[string]value, made *statement) error {
	name, read, err := either(found, "Resource")
	if err != nil {
		return err
	}
	if p.rules.resource == forbidden {
		if name != "" {
			return malformed("has %s, which %s cannot have", name, p.rules.name)
		}
		return nil
	}
	if name == "" {
		return malformed("has neither Resource nor NotResource")
	}
	resources, err := read.strings(name)
	if err != nil {
		return err
	}
	if len(resources) == 0 {
		return malformed("has an empty %s", name)
	}
	made.notResource = name == "NotResource"
	for _, resource := range resources {
		compiled, err := compileResource(resource, p.variables)
		if err != nil {
			return err
		}
		made.resources = append(made.resources, compiled)
	}
	return nil
}

// actions is the last step: it enters the statement into the index of its policy, which goes by the action.
func (p *parser) actions(found map[string]value, made *statement) error {
	name, read, err := either(found, "Action")
	if err != nil {
		return err
	}
	if name == "" {
		return malformed("has neither Action nor NotAction")
	}
	actions, err := read.strings(name)
	if err != nil {
		return err
	}
	if len(actions) == 0 {
		return malformed("has an empty %s", name)
	}
	index := &p.policy.allow
	if made.effect == deny {
		index = &p.policy.deny
	}
	for _, action := range actions {
		if err := p.checkAction(action); err != nil {
			return err
		}
		if name == "NotAction" {
			made.notActions = append(made.notActions, compileAction(action))
			continue
		}
		index.add(action, made)
	}
	if name == "NotAction" {
		index.add("*", made)
	}
	return nil
}

func (p *parser) checkAction(action string) error {
	service, operation, separated := strings.Cut(action, ":")
	switch {
	case action == "*" || action == "*:*":
		if p.rules.onlyService != "" {
			return malformed("names the action %s; %s names actions of %s only", action, p.rules.name, p.rules.onlyService)
		}
		return nil
	case !separated || service == "" || operation == "" || strings.Contains(operation, ":"):
		return malformed("has the action %q; an action is a service, a colon and an operation, or *", action)
	case strings.ContainsAny(service, "*?") || strings.ContainsFunc(service, notServiceName):
		return malformed("has the action %q, whose service is no name; wildcards are for the operation", action)
	case strings.ContainsFunc(operation, notOperationName):
		return malformed("has the action %q, whose operation is no name", action)
	case p.rules.onlyService != "" && !strings.EqualFold(service, p.rules.onlyService):
		return malformed("names the action %s; %s names actions of %s only", action, p.rules.name, p.rules.onlyService)
	}
	return nil
}

func notServiceName(character rune) bool { return character != '-' && notAlphanumeric(character) }

func notOperationName(character rune) bool {
	return !strings.ContainsRune("*?-_", character) && notAlphanumeric(character)
}
