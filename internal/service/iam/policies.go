package iam

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/iam"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// CreatePolicy makes a managed policy with its first version.
func (s *Service) CreatePolicy(ctx context.Context, caller api.Caller, in *iam.CreatePolicyRequest) (*iam.CreatePolicyResponse, error) {
	err := cmp.Or(checkName("PolicyName", in.PolicyName), checkPath(pathOr(in.Path), policyPathForm), checkDescription(in.Description),
		readPolicy(policy.ManagedPolicy, in.PolicyDocument))
	if err != nil {
		return nil, err
	}
	tags, err := readTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	id, err := s.directory.NewID("ANPA")
	if err != nil {
		return nil, err
	}
	now := s.now()
	made := accounts.ManagedPolicy{
		Name: in.PolicyName, Path: pathOr(in.Path), ID: id, Description: in.Description, Created: now, Updated: now, Tags: tags,
		Versions: []accounts.Version{{ID: "v1", Document: in.PolicyDocument, Created: now}}, Default: "v1", Made: 1,
	}
	out := &iam.CreatePolicyResponse{}
	return out, s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		count, err := accounts.CountPolicies(tx, caller.Account)
		if err := cmp.Or(err, room(count, mostPolicies, "policies in an account")); err != nil {
			return err
		}
		record, err := accounts.InsertPolicy(tx, caller.Account, made)
		if errors.Is(err, accounts.ErrExists) {
			return iam.EntityAlreadyExists("There is already a policy with the name %s, in upper or lower case.", in.PolicyName)
		}
		if err != nil {
			return err
		}
		out.Policy, err = policyShape(tx, caller, record)
		return err
	})
}

// policyShape counts who has the policy, in the caller's account.
func policyShape(tx *meta.Tx, caller api.Caller, record meta.Record[accounts.ManagedPolicy]) (*iam.Policy, error) {
	body, arn := record.Body, accounts.PolicyARNOf(record)
	attached, bounded, err := usesOf(tx, caller.Account, arn)
	return &iam.Policy{
		PolicyName: body.Name, PolicyId: body.ID, Arn: arn, Path: body.Path, DefaultVersionId: body.Default,
		AttachmentCount: new(len(attached)), PermissionsBoundaryUsageCount: new(len(bounded)), IsAttachable: new(true),
		Description: body.Description, CreateDate: body.Created, UpdateDate: body.Updated, Tags: tagShapes(body.Tags),
	}, err
}

// use is an identity that has a policy.
type use struct {
	kind   accounts.Kind
	record meta.Record[accounts.Identity]
}

// usesOf answers what a policy is attached to, and what it bounds.
func usesOf(tx *meta.Tx, account, arn string) (attached, bounded []use, err error) {
	for _, kind := range []accounts.Kind{accounts.Groups, accounts.Roles, accounts.Users} {
		records, err := kind.Attached(tx, account, arn)
		if err != nil {
			return nil, nil, err
		}
		for _, record := range records {
			attached = append(attached, use{kind, record})
		}
		if records, err = kind.Bounded(tx, account, arn); err != nil {
			return nil, nil, err
		}
		for _, record := range records {
			bounded = append(bounded, use{kind, record})
		}
	}
	return attached, bounded, nil
}

// GetPolicy answers a managed policy, without its document.
func (s *Service) GetPolicy(ctx context.Context, caller api.Caller, in *iam.GetPolicyRequest) (*iam.GetPolicyResponse, error) {
	out := &iam.GetPolicyResponse{}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		record, err := attachable(tx, caller, in.PolicyArn)
		if err != nil {
			return err
		}
		out.Policy, err = policyShape(tx, caller, record)
		return err
	})
}

// ListPolicies lists the account's own policies, then those of AWS, without descriptions and tags.
func (s *Service) ListPolicies(ctx context.Context, caller api.Caller, in *iam.ListPoliciesRequest) (*iam.ListPoliciesResponse, error) {
	asked, err := readPage(in.Marker, in.MaxItems)
	if err := cmp.Or(err, checkPrefix(in.PathPrefix)); err != nil {
		return nil, err
	}
	out := &iam.ListPoliciesResponse{Policies: []iam.Policy{}}
	return out, s.view(ctx, func(tx *meta.Tx) error {
		all, err := policiesIn(tx, caller, in.Scope)
		if err != nil {
			return err
		}
		var shown []iam.Policy
		for _, record := range all {
			shape, err := policyShape(tx, caller, record)
			if err != nil {
				return err
			}
			shape.Description, shape.Tags = "", nil
			if strings.HasPrefix(shape.Path, in.PathPrefix) && usedAs(shape, in) {
				shown = append(shown, *shape)
			}
		}
		out.Policies, out.IsTruncated, out.Marker = cut(shown, func(policy iam.Policy) string { return policyOrder(policy.Arn) }, asked)
		return nil
	})
}

// policyOrder has the account's own policies before those of AWS.
func policyOrder(arn string) string {
	return strings.TrimPrefix(arn, "arn:aws:iam::")
}

func policiesIn(tx *meta.Tx, caller api.Caller, scope string) ([]meta.Record[accounts.ManagedPolicy], error) {
	var all []meta.Record[accounts.ManagedPolicy]
	if scope != iam.PolicyScopeTypeAws {
		own, err := accounts.ListPolicies(tx, caller.Account, "", 0)
		if err != nil {
			return nil, err
		}
		all = own
	}
	if scope != iam.PolicyScopeTypeLocal {
		all = append(all, accounts.AWSPolicies()...)
	}
	slices.SortFunc(all, func(a, b meta.Record[accounts.ManagedPolicy]) int {
		return strings.Compare(policyOrder(accounts.PolicyARNOf(a)), policyOrder(accounts.PolicyARNOf(b)))
	})
	return all, nil
}

func usedAs(shape *iam.Policy, in *iam.ListPoliciesRequest) bool {
	switch {
	case in.OnlyAttached != nil && *in.OnlyAttached && *shape.AttachmentCount+*shape.PermissionsBoundaryUsageCount == 0:
		return false
	case in.PolicyUsageFilter == iam.PolicyUsageTypePermissionsPolicy:
		return *shape.AttachmentCount > 0
	case in.PolicyUsageFilter == iam.PolicyUsageTypePermissionsBoundary:
		return *shape.PermissionsBoundaryUsageCount > 0
	}
	return true
}

// DeletePolicy removes a policy that nobody has and that has its default version only.
func (s *Service) DeletePolicy(ctx context.Context, caller api.Caller, in *iam.DeletePolicyRequest) (*api.None, error) {
	err := s.directory.Store.Update(ctx, func(tx *meta.Tx) error {
		record, err := ownPolicy(tx, caller, in.PolicyArn)
		if err != nil {
			return err
		}
		attached, bounded, err := usesOf(tx, caller.Account, in.PolicyArn)
		switch {
		case err != nil:
			return err
		case len(attached) > 0:
			return iam.DeleteConflict("The policy is attached to %s: detach it first.", attached[0].kind.ARNOf(attached[0].record))
		case len(bounded) > 0:
			return iam.DeleteConflict("The policy is the permissions boundary of %s: give that another one first.", bounded[0].kind.ARNOf(bounded[0].record))
		case len(record.Body.Versions) > 1:
			return iam.DeleteConflict("The policy has %d versions: delete all but the default one first.", len(record.Body.Versions))
		}
		return accounts.DeletePolicy(tx, record)
	})
	return &api.None{}, err
}

// ownPolicy is attachable for a policy that shall be changed.
func ownPolicy(tx *meta.Tx, caller api.Caller, arn string) (meta.Record[accounts.ManagedPolicy], error) {
	record, err := attachable(tx, caller, arn)
	if err == nil && ofAWS(record) {
		err = denied("The policy %s is AWS's own and cannot be changed.", arn)
	}
	return record, err
}

func denied(format string, args ...any) error {
	return api.NewFault("AccessDenied", 403, format, args...)
}
