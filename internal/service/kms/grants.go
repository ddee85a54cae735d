package kms

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

// grantable are the operations of a symmetric key for encryption that a grant can allow.
var grantable = []string{
	kms.GrantOperationDecrypt, kms.GrantOperationEncrypt, kms.GrantOperationGenerateDataKey, kms.GrantOperationGenerateDataKeyWithoutPlaintext,
	kms.GrantOperationReEncryptFrom, kms.GrantOperationReEncryptTo, kms.GrantOperationCreateGrant, kms.GrantOperationRetireGrant, kms.GrantOperationDescribeKey,
}

// CreateGrant lets a principal use a key, beside what the key's policy says.
func (s *Service) CreateGrant(ctx context.Context, caller api.Caller, in *kms.CreateGrantRequest) (*kms.CreateGrantResponse, error) {
	wanted, err := wantedGrant(caller, in)
	if err != nil {
		return nil, err
	}
	if err := s.checkTokens(in.GrantTokens); err != nil {
		return nil, err
	}
	out := &kms.CreateGrantResponse{}
	err = s.config.Store.Update(ctx, func(tx *meta.Tx) error {
		key, err := s.findAllowed(tx, caller, in.KeyId, toGrant(&wanted))
		if err != nil {
			return err
		}
		if err := mustBeUsable(key); err != nil {
			return err
		}
		if err := dry(in.DryRun); err != nil {
			return err
		}
		wanted.KeyARN = key.ARN
		made, token, err := s.config.Keys.CreateGrant(tx, wanted)
		if errors.Is(err, keys.ErrGrantLimit) {
			return kms.LimitExceeded("The key %s has as many grants as it may have.", key.ARN)
		}
		out.GrantId, out.GrantToken = made.ID, token
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// toGrant has the conditions that a policy can lay upon a new grant.
func toGrant(wanted *keys.Grant) use {
	u := to("kms:CreateGrant").in(wanted.Subset).
		where("kms:GrantIsForAWSResource", "false").
		where("kms:GrantOperations", wanted.Operations...).
		where("kms:GranteePrincipal", wanted.Grantee)
	switch {
	case wanted.Equals != nil:
		u = u.in(wanted.Equals).where("kms:GrantConstraintType", "EncryptionContextEquals")
	case wanted.Subset != nil:
		u = u.where("kms:GrantConstraintType", "EncryptionContextSubset")
	}
	if wanted.Retiring != "" {
		u = u.where("kms:RetiringPrincipal", wanted.Retiring)
	}
	u.wanted = wanted
	return u
}

var grantName = regexp.MustCompile(`^[a-zA-Z0-9:/_-]*$`)

func wantedGrant(caller api.Caller, in *kms.CreateGrantRequest) (keys.Grant, error) {
	wanted := keys.Grant{Name: in.Name, Grantee: in.GranteePrincipal, Retiring: in.RetiringPrincipal, Issuer: caller.Account, Operations: in.Operations}
	if limits := in.Constraints; limits != nil {
		wanted.Equals, wanted.Subset = limits.EncryptionContextEquals, limits.EncryptionContextSubset
	}
	switch {
	case !keys.CheckPrincipal(in.GranteePrincipal):
		return wanted, kms.InvalidArn("GranteePrincipal %q is not the ARN of an account's root, a user, a role or a session.", in.GranteePrincipal)
	case in.RetiringPrincipal != "" && !keys.CheckPrincipal(in.RetiringPrincipal):
		return wanted, kms.InvalidArn("RetiringPrincipal %q is not the ARN of an account's root, a user, a role or a session.", in.RetiringPrincipal)
	case len(in.Operations) == 0:
		return wanted, validation("Operations must name at least one operation.")
	case len(in.Name) > 256 || !grantName.MatchString(in.Name):
		return wanted, validation("Name %q has more than 256 characters, or others than letters, digits and : / _ -.", in.Name)
	case wanted.Equals != nil && wanted.Subset != nil:
		return wanted, validation("Constraints must have either EncryptionContextEquals or EncryptionContextSubset.")
	}
	for _, operation := range in.Operations {
		if !slices.Contains(grantable, operation) {
			return wanted, validation("%s is not an operation of a symmetric key for encryption.", operation)
		}
	}
	return wanted, errors.Join(checkContext(wanted.Equals), checkContext(wanted.Subset))
}

// ListGrants lists the grants of a key that clients have made, of one grantee or with one id.
func (s *Service) ListGrants(ctx context.Context, caller api.Caller, in *kms.ListGrantsRequest) (*kms.ListGrantsResponse, error) {
	limit, err := pageSize(in.Limit, 50, 100)
	if err != nil {
		return nil, err
	}
	after, err := readMarker(in.Marker)
	if err != nil {
		return nil, err
	}
	if err := checkGrantID(in.GrantId); err != nil && in.GrantId != "" {
		return nil, err
	}
	out := &kms.ListGrantsResponse{Grants: []kms.GrantListEntry{}, Truncated: new(false)}
	return out, s.readKey(ctx, caller, in.KeyId, to("kms:ListGrants").where("kms:GrantIsForAWSResource", "false"), func(tx *meta.Tx, key keys.Key) error {
		all, err := s.config.Keys.Grants(tx, key.ARN)
		for _, grant := range all {
			if grant.ID <= after || in.GrantId != "" && grant.ID != in.GrantId || in.GranteePrincipal != "" && grant.Grantee != in.GranteePrincipal {
				continue
			}
			if len(out.Grants) == limit {
				*out.Truncated, out.NextMarker = true, marker(out.Grants[limit-1].GrantId)
				break
			}
			out.Grants = append(out.Grants, grantEntry(grant))
		}
		return err
	})
}

func grantEntry(grant keys.Grant) kms.GrantListEntry {
	entry := kms.GrantListEntry{
		KeyId: grant.KeyARN, GrantId: grant.ID, Name: grant.Name, CreationDate: grant.Created, GranteePrincipal: grant.Grantee,
		RetiringPrincipal: grant.Retiring, IssuingAccount: "arn:aws:iam::" + grant.Issuer + ":root", Operations: grant.Operations,
	}
	if grant.Equals != nil || grant.Subset != nil {
		entry.Constraints = &kms.GrantConstraints{EncryptionContextEquals: grant.Equals, EncryptionContextSubset: grant.Subset}
	}
	return entry
}

var grantID = regexp.MustCompile(`^[0-9a-f]{64}$`)

func checkGrantID(id string) error {
	if !grantID.MatchString(id) {
		return kms.InvalidGrantId("%q is not the id of a grant.", id)
	}
	return nil
}
