package secretsmanager

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/secretstore"
)

// DescribeSecret shows everything of a secret but its values.
func (s *Service) DescribeSecret(ctx context.Context, caller api.Caller, in *secretsmanager.DescribeSecretRequest) (*secretsmanager.DescribeSecretResponse, error) {
	out := &secretsmanager.DescribeSecretResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretstore.Record) error {
		entry := listEntry(record)
		*out = secretsmanager.DescribeSecretResponse{
			ARN: entry.ARN, Name: entry.Name, Description: entry.Description, KmsKeyId: entry.KmsKeyId,
			RotationEnabled: entry.RotationEnabled, RotationRules: entry.RotationRules,
			LastRotatedDate: entry.LastRotatedDate, LastChangedDate: entry.LastChangedDate, LastAccessedDate: entry.LastAccessedDate,
			NextRotationDate: entry.NextRotationDate, Tags: entry.Tags, VersionIdsToStages: entry.SecretVersionsToStages,
			OwningService: entry.OwningService, CreatedDate: entry.CreatedDate,
		}
		return nil
	})
}

func listEntry(record secretstore.Record) secretsmanager.SecretListEntry {
	body := record.Body
	entry := secretsmanager.SecretListEntry{
		ARN: body.ARN, Name: record.ID, Description: body.Description, KmsKeyId: body.KmsKey,
		RotationEnabled: new(true), RotationRules: rulesShape(body.Rules),
		LastRotatedDate: body.Rotated, LastChangedDate: body.Changed, LastAccessedDate: body.Accessed, NextRotationDate: body.Next,
		Tags: []secretsmanager.Tag{}, SecretVersionsToStages: map[string][]string{},
		OwningService: body.Service, CreatedDate: body.Created,
	}
	for _, tag := range body.Tags {
		entry.Tags = append(entry.Tags, secretsmanager.Tag(tag))
	}
	for _, v := range body.Versions {
		if len(v.Stages) > 0 {
			entry.SecretVersionsToStages[v.ID] = v.Stages
		}
	}
	return entry
}

// GetResourcePolicy answers no policy: a secret that a service owns has none.
func (s *Service) GetResourcePolicy(ctx context.Context, caller api.Caller, in *secretsmanager.GetResourcePolicyRequest) (*secretsmanager.GetResourcePolicyResponse, error) {
	out := &secretsmanager.GetResourcePolicyResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretstore.Record) error {
		*out = secretsmanager.GetResourcePolicyResponse{ARN: record.Body.ARN, Name: record.ID}
		return nil
	})
}

// ListSecretVersionIds lists the versions, those without a label on demand.
func (s *Service) ListSecretVersionIds(ctx context.Context, caller api.Caller, in *secretsmanager.ListSecretVersionIdsRequest) (*secretsmanager.ListSecretVersionIdsResponse, error) {
	page, err := readPage(in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ListSecretVersionIdsResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretstore.Record) error {
		deprecated := in.IncludeDeprecated != nil && *in.IncludeDeprecated
		versions := slices.DeleteFunc(slices.Clone(record.Body.Versions), func(v secretstore.Version) bool { return len(v.Stages) == 0 && !deprecated })
		*out = secretsmanager.ListSecretVersionIdsResponse{ARN: record.Body.ARN, Name: record.ID, Versions: []secretsmanager.SecretVersionsListEntry{}}
		versions, out.NextToken = cut(page, versions, func(v secretstore.Version) string { return timeKey(v.Created, v.ID) })
		for _, v := range versions {
			out.Versions = append(out.Versions, secretsmanager.SecretVersionsListEntry{
				VersionId: v.ID, VersionStages: v.Stages, LastAccessedDate: v.Accessed, CreatedDate: v.Created, KmsKeyIds: sealing(record.Body, v),
			})
		}
		return nil
	})
}

// sealing names the key of a version as Secrets Manager does.
func sealing(s secretstore.Entry, v secretstore.Version) []string {
	switch {
	case v.Sealed == nil:
		return nil
	case s.KmsKey == "":
		return []string{"DefaultEncryptionKey"}
	}
	return []string{v.KmsKey}
}
