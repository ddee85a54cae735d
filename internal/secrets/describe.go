package secrets

import (
	"context"
	"slices"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
)

// DescribeSecret shows everything of a secret but its values.
func (s *Safe) DescribeSecret(ctx context.Context, caller api.Caller, in *secretsmanager.DescribeSecretRequest) (*secretsmanager.DescribeSecretResponse, error) {
	out := &secretsmanager.DescribeSecretResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretRecord) error {
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

func listEntry(record secretRecord) secretsmanager.SecretListEntry {
	body := record.Body
	entry := secretsmanager.SecretListEntry{
		ARN: body.ARN, Name: record.ID, Description: body.Description, KmsKeyId: body.KmsKey,
		RotationEnabled: new(true), RotationRules: body.Rules.shape(),
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
func (s *Safe) GetResourcePolicy(ctx context.Context, caller api.Caller, in *secretsmanager.GetResourcePolicyRequest) (*secretsmanager.GetResourcePolicyResponse, error) {
	out := &secretsmanager.GetResourcePolicyResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretRecord) error {
		*out = secretsmanager.GetResourcePolicyResponse{ARN: record.Body.ARN, Name: record.ID}
		return nil
	})
}

// ListSecretVersionIds lists the versions, those without a label on demand.
func (s *Safe) ListSecretVersionIds(ctx context.Context, caller api.Caller, in *secretsmanager.ListSecretVersionIdsRequest) (*secretsmanager.ListSecretVersionIdsResponse, error) {
	page, err := readPage(in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &secretsmanager.ListSecretVersionIdsResponse{}
	return out, s.read(ctx, caller, in.SecretId, func(_ *meta.Tx, record secretRecord) error {
		deprecated := in.IncludeDeprecated != nil && *in.IncludeDeprecated
		versions := slices.DeleteFunc(slices.Clone(record.Body.Versions), func(v version) bool { return len(v.Stages) == 0 && !deprecated })
		*out = secretsmanager.ListSecretVersionIdsResponse{ARN: record.Body.ARN, Name: record.ID, Versions: []secretsmanager.SecretVersionsListEntry{}}
		versions, out.NextToken = cut(page, versions, func(v version) string { return timeKey(v.Created, v.ID) })
		for _, v := range versions {
			out.Versions = append(out.Versions, secretsmanager.SecretVersionsListEntry{
				VersionId: v.ID, VersionStages: v.Stages, LastAccessedDate: v.Accessed, CreatedDate: v.Created, KmsKeyIds: record.Body.sealing(v),
			})
		}
		return nil
	})
}

// sealing names the key of a version as Secrets Manager does.
func (s secret) sealing(v version) []string {
	switch {
	case v.Sealed == nil:
		return nil
	case s.KmsKey == "":
		return []string{"DefaultEncryptionKey"}
	}
	return []string{v.KmsKey}
}
