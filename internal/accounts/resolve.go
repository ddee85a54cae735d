package accounts

import (
	"fmt"
	"maps"
	"slices"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// PoliciesOf answers what an identity's own account lets it do: its policies, those of its groups, and its boundary. A policy that
// cannot be read is trouble, and never passed over.
func PoliciesOf(tx *meta.Tx, kind Kind, record meta.Record[Identity]) (policy.Policies, error) {
	return (&reading{}).policiesOf(tx, kind, record)
}

// reading is one look at the store, which began in a generation. What it makes ready is remembered, so that all
// sessions of a role share its policies.
type reading struct {
	directory  *Directory // nil remembers nothing
	generation int64
}

func (r *reading) policiesOf(tx *meta.Tx, kind Kind, record meta.Record[Identity]) (policy.Policies, error) {
	return remembered(r, kind.Name+" "+record.Body.ID, func() (policy.Policies, error) { return r.readPolicies(tx, kind, record) })
}

func (r *reading) readPolicies(tx *meta.Tx, kind Kind, record meta.Record[Identity]) (policy.Policies, error) {
	var made policy.Policies
	if err := r.appendPolicies(tx, &made, kind, record); err != nil {
		return policy.Policies{}, err
	}
	for _, name := range record.Body.Groups {
		group, err := Groups.Find(tx, record.Account, name)
		if err != nil {
			return policy.Policies{}, err
		}
		if err := r.appendPolicies(tx, &made, Groups, group); err != nil {
			return policy.Policies{}, err
		}
	}
	if record.Body.Boundary == "" {
		return made, nil
	}
	boundary, err := r.managed(tx, record.Body.Boundary)
	made.Boundary = boundary
	return made, err
}

func (r *reading) appendPolicies(tx *meta.Tx, into *policy.Policies, kind Kind, record meta.Record[Identity]) error {
	for _, name := range slices.Sorted(maps.Keys(record.Body.Inline)) {
		parsed, err := policy.Parse(policy.InlinePolicy, InlineName(kind, record.Body.Name, name), record.Body.Inline[name])
		if err != nil {
			return fmt.Errorf("policy %s of %s: %w", name, kind.ARNOf(record), err)
		}
		into.Identity = append(into.Identity, parsed)
	}
	for _, arn := range record.Body.Attached {
		parsed, err := r.managed(tx, arn)
		if err != nil {
			return err
		}
		into.Identity = append(into.Identity, parsed)
	}
	return nil
}

// InlineName is what decisions call an inline policy: user_ada_read, as the policy simulator does.
func InlineName(kind Kind, identity, name string) string {
	return kind.Name + "_" + identity + "_" + name
}

// managed reads the default version of a managed policy.
func (r *reading) managed(tx *meta.Tx, arn string) (*policy.Policy, error) {
	return remembered(r, arn, func() (*policy.Policy, error) { return readManaged(tx, arn) })
}

func readManaged(tx *meta.Tx, arn string) (*policy.Policy, error) {
	record, err := FindPolicy(tx, arn)
	if err != nil {
		return nil, err
	}
	parsed, err := policy.Parse(policy.ManagedPolicy, arn, record.Body.Document())
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", arn, err)
	}
	return parsed, nil
}

// remembered answers what an earlier reading has made ready, or makes it.
func remembered[T any](r *reading, name string, read func() (T, error)) (T, error) {
	if r.directory == nil {
		return read()
	}
	if found, known := r.directory.recall(name, r.generation).(T); known {
		return found, nil
	}
	made, err := read()
	if err == nil {
		r.directory.remember(name, made, r.generation)
	}
	return made, err
}
