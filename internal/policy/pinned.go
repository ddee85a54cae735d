package policy

// Principals are the ARNs of the users, roles and sessions that the document names, each once for every statement.
func (p *Policy) Principals() []string {
	var named []string
	for _, principals := range p.principals {
		named = append(named, principals.aws...)
	}
	return named
}

// ParsePinned is Parse, with the unique ids of users and roles in place of their ARNs: whoever is made anew under an old name is somebody
// else.
func ParsePinned(kind Kind, name, document string, ids map[string]string) (*Policy, error) {
	parsed, err := Parse(kind, name, document)
	if err != nil {
		return nil, err
	}
	for _, principals := range parsed.principals {
		for i, arn := range principals.aws {
			if id, pinned := ids[arn]; pinned {
				principals.aws[i] = id
			}
		}
	}
	return parsed, nil
}
