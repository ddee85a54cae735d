package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// SimulatePrincipalPolicy answers how requests of a user, a role or a member of a group would be decided. It is decided as requests are.
func (s *Service) SimulatePrincipalPolicy(ctx context.Context, caller api.Caller, in *iam.SimulatePrincipalPolicyRequest) (*iam.SimulatePolicyResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	var simulated simulation
	err = s.view(ctx, func(tx *meta.Tx) (err error) {
		simulated, err = simulate(tx, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	resources := in.ResourceArns
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	results := []iam.EvaluationResult{}
	for _, action := range in.ActionNames {
		if len(action) < 3 || len(action) > 128 || !strings.Contains(action, ":") {
			return nil, iam.InvalidInput("%q is not an action: that is a service, a colon and an operation.", action)
		}
		for _, resource := range resources {
			request := policy.NewRequest(simulated.principal, action, resource)
			request.Context.SetTime(s.directory.Now())
			request.Owner = ownerIn(in.ResourceOwner)
			simulated.complete(request.Context, in.ContextEntries)
			results = append(results, simulated.result(request))
		}
	}
	out := &iam.SimulatePolicyResponse{}
	out.EvaluationResults, out.IsTruncated, out.Marker = cutByPlace(results, asked)
	return out, nil
}

// simulation is who would ask, and what decides.
type simulation struct {
	principal policy.Principal
	policies  policy.Policies
	group     bool
}

func simulate(tx *meta.Tx, in *iam.SimulatePrincipalPolicyRequest) (simulation, error) {
	kind, record, err := accounts.Identified(tx, in.PolicySourceArn)
	if errors.Is(err, accounts.ErrNotFound) {
		return simulation{}, iam.NoSuchEntity("There is no user, group or role %s.", in.PolicySourceArn)
	}
	if err != nil {
		return simulation{}, err
	}
	made := simulation{principal: principalOf(kind, record), group: kind.Name == accounts.Groups.Name}
	if made.policies, err = accounts.PoliciesOf(tx, kind, record); err != nil {
		return simulation{}, iam.PolicyEvaluation("A policy of %s cannot be evaluated.", in.PolicySourceArn)
	}
	return made, made.add(in)
}

// principalOf is who asks with the policies of an identity: of a role a session, of a group a user.
func principalOf(kind accounts.Kind, record meta.Record[accounts.Identity]) policy.Principal {
	made := policy.Principal{Type: policy.User, Account: record.Account, ARN: kind.ARNOf(record), UserID: record.Body.ID, Tags: accounts.TagMap(record.Body.Tags)}
	if kind.Name == accounts.Roles.Name {
		made.Type, made.Source, made.UserID = policy.RoleSession, made.ARN, made.UserID+":simulation"
		made.ARN = accounts.SessionARN(record.Account, record.Body.Name, "simulation")
	}
	return made
}

// add takes the policies that the request brings along.
func (m *simulation) add(in *iam.SimulatePrincipalPolicyRequest) error {
	for i, document := range in.PolicyInputList {
		parsed, err := policy.Parse(policy.InlinePolicy, fmt.Sprintf("PolicyInputList.%d", i+1), document)
		if err != nil {
			return iam.InvalidInput("PolicyInputList.%d: %v.", i+1, err)
		}
		m.policies.Identity = append(m.policies.Identity, parsed)
	}
	if len(in.PermissionsBoundaryPolicyInputList) > 1 {
		return iam.InvalidInput("PermissionsBoundaryPolicyInputList has one policy at most.")
	}
	for _, document := range in.PermissionsBoundaryPolicyInputList {
		parsed, err := policy.Parse(policy.ManagedPolicy, "PermissionsBoundaryPolicyInputList.1", document)
		if err != nil {
			return iam.InvalidInput("PermissionsBoundaryPolicyInputList.1: %v.", err)
		}
		m.policies.Boundary = parsed
	}
	if in.ResourcePolicy == "" {
		return nil
	}
	parsed, err := policy.Parse(policy.ResourcePolicy, "ResourcePolicy", in.ResourcePolicy)
	if err != nil {
		return iam.InvalidInput("ResourcePolicy: %v.", err)
	}
	m.policies.Resource = parsed
	switch {
	case in.CallerArn != "" && in.CallerArn != m.principal.ARN:
		return iam.InvalidInput("CallerArn is another user than PolicySourceArn; simulate with the policies of the one who calls.")
	case m.group:
		return iam.InvalidInput("A group cannot call: simulate with the policies of a user where there is a ResourcePolicy.")
	}
	return nil
}

// complete enters the condition keys that a request gives. A group has no user name.
func (m *simulation) complete(context policy.Context, entries []iam.ContextEntry) {
	if m.group {
		for _, key := range []string{"aws:username", "aws:userid", "aws:principalarn"} {
			delete(context, key)
		}
	}
	for _, entry := range entries {
		context.Set(entry.ContextKeyName, entry.ContextKeyValues...)
	}
}

// ownerIn reads an account's id or the ARN of its root user.
func ownerIn(text string) string {
	return strings.TrimSuffix(strings.TrimPrefix(text, "arn:aws:iam::"), ":root")
}

func (m *simulation) result(request policy.Request) iam.EvaluationResult {
	decision := m.policies.Decide(request)
	made := iam.EvaluationResult{
		EvalActionName: request.Action, EvalResourceName: request.Resource, EvalDecision: iam.PolicyEvaluationDecisionTypeImplicitDeny,
		MatchedStatements: []iam.Statement{}, MissingContextValues: []string{},
	}
	switch {
	case decision.Allowed:
		made.EvalDecision = iam.PolicyEvaluationDecisionTypeAllowed
	case decision.Explicit():
		made.EvalDecision = iam.PolicyEvaluationDecisionTypeExplicitDeny
	}
	if decision.Statement != "" {
		made.MatchedStatements = append(made.MatchedStatements, iam.Statement{SourcePolicyId: decision.Policy, SourcePolicyType: sourceType(decision)})
	}
	if m.policies.Boundary != nil {
		within := policy.Policies{Identity: []*policy.Policy{m.policies.Boundary}}.Decide(request).Allowed
		made.PermissionsBoundaryDecisionDetail = &iam.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: &within}
	}
	return made
}

func sourceType(decision policy.Decision) string {
	kind, _, inline := strings.Cut(decision.Policy, "_")
	switch {
	case decision.By == policy.ByResource:
		return iam.PolicySourceTypeResource
	case strings.HasPrefix(decision.Policy, "arn:aws:iam::aws:"):
		return iam.PolicySourceTypeAwsManaged
	case strings.HasPrefix(decision.Policy, "arn:"):
		return iam.PolicySourceTypeUserManaged
	case inline:
		return kind
	}
	return iam.PolicySourceTypeNone
}
