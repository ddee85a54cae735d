package policy

import (
	"slices"
	"strings"
)

// principals are the Principal or NotPrincipal of a statement.
type principals struct {
	not       bool
	everybody bool     // "*"
	allAWS    bool     // {"AWS": "*"}
	accounts  []string // ids
	aws       []string // ARNs of users, roles and sessions, and the unique ids of those that are gone
	services  []string
	providers []string
}

// grant says how closely a resource's policy names a principal. What the policies of the principal's account still have to say
// depends on it.
type grant int

const (
	notNamed  grant = iota
	toAccount       // leaves it to the account, whose policies must allow
	toSource        // names the role or user behind the session, which its boundary and session policies limit
	directly        // names the principal itself or everybody; only a Deny is above it
)

func (p *parser) principals(found map[string]value, made *statement) error {
	name, read, err := either(found, "Principal")
	if err != nil {
		return err
	}
	if p.rules.principal == forbidden {
		if name != "" {
			return malformed("has %s, which %s cannot have", name, p.rules.name)
		}
		return nil
	}
	switch {
	case name == "":
		return malformed("has neither Principal nor NotPrincipal")
	case name == "NotPrincipal" && (made.effect == allow || p.policy.Kind == TrustPolicy):
		return malformed("has NotPrincipal, which only goes with Deny and not in a role trust policy")
	}
	made.principals = &principals{not: name == "NotPrincipal"}
	p.policy.principals = append(p.policy.principals, made.principals)
	if read.shape == text && read.text == "*" {
		made.principals.everybody = true
		return nil
	}
	if read.shape != object || len(read.members) == 0 {
		return malformed("has a %s that is neither * nor an object with AWS, Service, Federated or CanonicalUser", name)
	}
	return made.principals.read(read)
}

func (p *principals) read(read value) error {
	found, err := elements(read, "AWS", "Service", "Federated", "CanonicalUser")
	if err != nil {
		return err
	}
	for kind, listed := range found {
		names, err := listed.strings("the principal " + kind)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return malformed("has an empty list of principals as %s", kind)
		}
		for _, name := range names {
			if err := p.add(kind, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *principals) add(kind, name string) error {
	if kind == "AWS" && name == "*" {
		p.allAWS = true
		return nil
	}
	if name == "" || strings.ContainsAny(name, "*?") {
		return malformed("has the principal %q; a wildcard can only stand for everybody: {\"AWS\": \"*\"}", name)
	}
	switch kind {
	case "AWS":
		return p.addAWS(name)
	case "Service":
		p.services = append(p.services, name)
	case "Federated":
		p.providers = append(p.providers, name)
	}
	// Nobody asks by a canonical user id, so CanonicalUser names nobody.
	return nil
}

func (p *principals) addAWS(name string) error {
	if isAccount(name) {
		p.accounts = append(p.accounts, name)
		return nil
	}
	if !strings.HasPrefix(name, "arn:") {
		if len(name) < 16 || strings.ContainsFunc(name, notAlphanumeric) {
			return malformed("has the principal %q, which is neither an account id nor an ARN", name)
		}
		p.aws = append(p.aws, name)
		return nil
	}
	segments := strings.SplitN(name, ":", 6)
	if len(segments) < 6 || segments[3] != "" || !isAccount(segments[4]) {
		return malformed("has the principal %q, whose ARN is that of no account, user, role or session", name)
	}
	kind, _, _ := strings.Cut(segments[5], "/")
	switch segments[2] + ":" + kind {
	case "iam:root":
		p.accounts = append(p.accounts, segments[4])
	case "iam:user", "iam:role", "sts:assumed-role", "sts:federated-user":
		p.aws = append(p.aws, name)
	default:
		return malformed("has the principal %q, whose ARN is that of no account, user, role or session", name)
	}
	return nil
}

// covers says whether the statement is about the principal.
func (p *principals) covers(q *query) bool {
	if p.not {
		return !p.excepts(q)
	}
	return p.grant(&q.Principal) != notNamed
}

func (p *principals) grant(asking *Principal) grant {
	switch {
	case p.everybody:
		return directly
	case asking.Type == Service:
		return p.granted(slices.Contains(p.services, asking.ARN), directly)
	case asking.Type == Provider:
		return p.granted(slices.Contains(p.providers, asking.ARN), directly)
	case p.allAWS:
		return directly
	case !asking.identity():
		return notNamed
	case slices.Contains(p.aws, asking.ARN):
		return directly
	case asking.Type == User && slices.Contains(p.aws, asking.UserID):
		return directly
	case asking.Source != "" && p.namesSource(asking):
		return toSource
	case asking.Type == Root:
		return p.granted(slices.Contains(p.accounts, asking.Account), directly)
	}
	return p.granted(slices.Contains(p.accounts, asking.Account), toAccount)
}

func (p *principals) granted(named bool, as grant) grant {
	if named {
		return as
	}
	return notNamed
}

// namesSource says whether the role or user behind a session is named, by its ARN or its unique id.
func (p *principals) namesSource(asking *Principal) bool {
	id, _, session := strings.Cut(asking.UserID, ":")
	return slices.Contains(p.aws, asking.Source) || asking.Type == RoleSession && session && slices.Contains(p.aws, id)
}

// excepts says whether NotPrincipal leaves the principal out. It must list every name that it has: its account's, that of the
// role behind a session, and its own. Whoever has a permissions boundary is never left out.
func (p *principals) excepts(q *query) bool {
	asking := &q.Principal
	switch {
	case p.everybody:
		return true
	case asking.Type == Service || asking.Type == Provider:
		return p.grant(asking) == directly
	case q.bounded:
		return false
	case p.allAWS:
		return true
	case !asking.identity() || !slices.Contains(p.accounts, asking.Account):
		return false
	case asking.Type == Root:
		return true
	case asking.Source != "" && !p.namesSource(asking):
		return false
	}
	return slices.Contains(p.aws, asking.ARN)
}
