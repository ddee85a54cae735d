package kms

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/keys"
	"slipher/internal/meta"
)

var aliasForm = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]+$`)

func isAliasName(name string) bool { return len(name) <= 256 && aliasForm.MatchString(name) }

func checkAliasName(name string) error {
	switch {
	case !isAliasName(name):
		return kms.InvalidAliasName("%q is not the name of an alias: it is alias/ and letters, digits, slashes, hyphens and underscores.", name)
	case strings.HasPrefix(name, keys.AliasPrefix+"aws/"):
		return accessDenied("The name %s is reserved: names that begin with alias/aws/ are of keys that are managed for the account.", name)
	}
	return nil
}

// CreateAlias gives a key of the caller's account another name.
func (s *Service) CreateAlias(ctx context.Context, caller api.Caller, in *kms.CreateAliasRequest) (*api.None, error) {
	if err := checkAliasName(in.AliasName); err != nil {
		return nil, err
	}
	if err := mayAsk(caller, to("kms:CreateAlias"), aliasARN(caller, in.AliasName)); err != nil {
		return nil, err
	}
	return s.nameKey(ctx, caller, in.TargetKeyId, to("kms:CreateAlias"), func(tx *meta.Tx, key keys.Key) error {
		err := s.config.Keys.CreateAlias(tx, in.AliasName, key.ARN)
		if errors.Is(err, keys.ErrExists) {
			return kms.AlreadyExists("An alias with the name %s already exists.", in.AliasName)
		}
		return err
	})
}

// UpdateAlias gives the name to another key.
func (s *Service) UpdateAlias(ctx context.Context, caller api.Caller, in *kms.UpdateAliasRequest) (*api.None, error) {
	if !isAliasName(in.AliasName) {
		return nil, noAlias(in.AliasName)
	}
	if err := mayAsk(caller, to("kms:UpdateAlias"), aliasARN(caller, in.AliasName)); err != nil {
		return nil, err
	}
	return s.nameKey(ctx, caller, in.TargetKeyId, to("kms:UpdateAlias"), func(tx *meta.Tx, key keys.Key) error {
		if _, err := s.config.Keys.Resolve(tx, caller.Account, caller.Region, in.AliasName); errors.Is(err, keys.ErrNotFound) {
			return noAlias(in.AliasName)
		}
		if _, err := s.findAllowed(tx, caller, in.AliasName, to("kms:UpdateAlias")); err != nil {
			return err
		}
		err := s.config.Keys.UpdateAlias(tx, in.AliasName, key.ARN)
		if errors.Is(err, keys.ErrNotFound) {
			return noAlias(in.AliasName)
		}
		return err
	})
}

// nameKey refuses the keys of other accounts and aliases of aliases.
func (s *Service) nameKey(ctx context.Context, caller api.Caller, target string, u use, name func(tx *meta.Tx, key keys.Key) error) (*api.None, error) {
	if strings.Contains(target, keys.AliasPrefix) {
		return nil, validation("TargetKeyId is %q; it must be the id or the ARN of a key, and no alias.", target)
	}
	_, err := s.changeKey(ctx, caller, target, u, func(tx *meta.Tx, key keys.Key) error {
		if key.Account != caller.Account {
			return accessDenied("The key %s is of another account: an alias is for a key of one's own.", key.ARN)
		}
		if err := mustNotEnd(key); err != nil {
			return err
		}
		return name(tx, key)
	})
	return &api.None{}, err
}

// DeleteAlias takes a name away. The key stays.
func (s *Service) DeleteAlias(ctx context.Context, caller api.Caller, in *kms.DeleteAliasRequest) (*api.None, error) {
	if !isAliasName(in.AliasName) {
		return nil, noAlias(in.AliasName)
	}
	if strings.HasPrefix(in.AliasName, keys.AliasPrefix+"aws/") {
		return nil, checkAliasName(in.AliasName)
	}
	if err := mayAsk(caller, to("kms:DeleteAlias"), aliasARN(caller, in.AliasName)); err != nil {
		return nil, err
	}
	_, err := s.changeKey(ctx, caller, in.AliasName, to("kms:DeleteAlias"), func(tx *meta.Tx, _ keys.Key) error {
		return s.config.Keys.DeleteAlias(tx, caller.Account, caller.Region, in.AliasName)
	})
	return &api.None{}, err
}

func aliasARN(caller api.Caller, name string) string {
	return "arn:aws:kms:" + caller.Region + ":" + caller.Account + ":" + name
}

func noAlias(name string) error { return kms.NotFound("There is no alias %q.", name) }

// ListAliases lists those of the caller's account in the region, or of one key.
func (s *Service) ListAliases(ctx context.Context, caller api.Caller, in *kms.ListAliasesRequest) (*kms.ListAliasesResponse, error) {
	limit, err := pageSize(in.Limit, 50, 100)
	if err != nil {
		return nil, err
	}
	after, err := readMarker(in.Marker)
	if err != nil {
		return nil, err
	}
	if err := mayAsk(caller, to("kms:ListAliases"), "*"); err != nil {
		return nil, err
	}
	out := &kms.ListAliasesResponse{Aliases: []kms.AliasListEntry{}, Truncated: new(false)}
	err = s.config.Store.View(ctx, func(tx *meta.Tx) error {
		of, err := s.onlyOf(tx, caller, in.KeyId)
		if err != nil {
			return err
		}
		all, err := s.config.Keys.Aliases(tx, caller.Account, caller.Region)
		for _, alias := range all {
			if alias.Name <= after || of != "" && alias.KeyARN != of {
				continue
			}
			if len(out.Aliases) == limit {
				*out.Truncated, out.NextMarker = true, marker(out.Aliases[limit-1].AliasName)
				break
			}
			out.Aliases = append(out.Aliases, kms.AliasListEntry{
				AliasName: alias.Name, AliasArn: alias.ARN, TargetKeyId: idIn(alias.KeyARN), CreationDate: alias.Created, LastUpdatedDate: alias.Updated,
			})
		}
		return err
	})
	return out, err
}

// onlyOf is the ARN of the key that a list is limited to; empty is every key.
func (s *Service) onlyOf(tx *meta.Tx, caller api.Caller, name string) (arn string, err error) {
	if name == "" {
		return "", nil
	}
	key, err := s.findAllowed(tx, caller, name, to("kms:ListAliases"))
	return key.ARN, err
}
