package policy

// Policies are all that have a say in a request.
type Policies struct {
	Identity []*Policy // of the principal and its groups
	Boundary *Policy   // the principal's permissions boundary, or nil
	Session  []*Policy // what was passed when the session began; nil if nothing was
	Resource *Policy   // of the resource, or nil
}

// Decide says whether the request is allowed, and why. An explicit Deny anywhere is above everything. Without one:
//
//   - A root user may do everything in its account; policies of resources speak of it too.
//   - Within an account it is enough that either the identity policies allow, as far as boundary and session policies do too, or
//     the resource's policy does. A role trust policy and a key policy have to in any case.
//   - The resource's policy is limited by boundary and session policies where it names the role behind a session, and by all of
//     the principal's policies where it names its account. Where it names the principal itself, by nothing.
//   - In another account both sides have to allow.
func (p Policies) Decide(request Request) Decision {
	q := newQuery(request, p.Boundary != nil)
	if denied, by := p.denial(&q); by != nil {
		return refused(denied, by)
	}
	grant, by := p.grant(&q)
	if !request.Principal.identity() || request.Owner != "" && request.Owner != request.Principal.Account {
		return p.decideOutside(&q, grant, by)
	}
	switch {
	case grant == directly:
		return allowed(ByResource, by)
	case grant == toSource:
		return p.limited(&q, allowed(ByResource, by))
	case grant == notNamed && p.Resource != nil && p.Resource.Kind.governs():
		return refused(ByResource, nil)
	}
	return p.decideByAccount(&q)
}

// decideOutside decides for principals of another account than the resource's, or of none.
func (p Policies) decideOutside(q *query, grant grant, by *statement) Decision {
	if grant == notNamed {
		return refused(ByResource, nil)
	}
	if !q.Principal.identity() {
		return allowed(ByResource, by)
	}
	return p.decideByAccount(q)
}

// decideByAccount decides by what the principal's account says.
func (p Policies) decideByAccount(q *query) Decision {
	if q.Principal.Type == Root {
		return Decision{Allowed: true, By: ByRoot}
	}
	by := firstAllow(q, p.Identity...)
	if by == nil {
		return refused(ByIdentity, nil)
	}
	return p.limited(q, allowed(ByIdentity, by))
}

// limited lets a decision stand as far as the boundary and the session policies allow it too.
func (p Policies) limited(q *query, decision Decision) Decision {
	if p.Boundary != nil && firstAllow(q, p.Boundary) == nil {
		return refused(ByBoundary, nil)
	}
	// A federated user may do nothing without a session policy.
	limits := p.Session != nil || q.Principal.Type == FederatedUser
	if limits && firstAllow(q, p.Session...) == nil {
		return refused(BySession, nil)
	}
	return decision
}

func firstAllow(q *query, policies ...*Policy) *statement {
	for _, policy := range policies {
		if by := policy.allow.first(q); by != nil {
			return by
		}
	}
	return nil
}

func (p Policies) denial(q *query) (Side, *statement) {
	for _, policy := range p.Identity {
		if by := policy.deny.first(q); by != nil {
			return ByIdentity, by
		}
	}
	if p.Boundary != nil {
		if by := p.Boundary.deny.first(q); by != nil {
			return ByBoundary, by
		}
	}
	for _, policy := range p.Session {
		if by := policy.deny.first(q); by != nil {
			return BySession, by
		}
	}
	if p.Resource != nil {
		if by := p.Resource.deny.first(q); by != nil {
			return ByResource, by
		}
	}
	return ByNobody, nil
}

// grant finds the statement of the resource's policy that names the principal most closely.
func (p Policies) grant(q *query) (grant, *statement) {
	closest, by := notNamed, (*statement)(nil)
	if p.Resource == nil {
		return closest, by
	}
	for statement := range p.Resource.allow.applying(q) {
		if statement.principals == nil {
			continue // an identity policy is no policy of a resource
		}
		if grant := statement.principals.grant(&q.Principal); grant > closest {
			closest, by = grant, statement
		}
	}
	return closest, by
}
