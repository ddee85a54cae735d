package secrets

import (
	"context"
	"errors"
	"strconv"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Asks answers what the caller's policies have to allow: the action of the operation's name, on the secret's ARN (Service Authorization Reference,
// "AWS Secrets Manager"). A secret that does not exist has the ARN that its name would have, without a suffix.
func (s *Safe) Asks(ctx context.Context, caller api.Caller, operation string, input any) ([]policy.Request, error) {
	action := "secretsmanager:" + operation
	id, named := secretOf(input)
	if !named {
		return []policy.Request{caller.Asks(action, "*")}, nil
	}
	reference, err := refer(caller, id)
	if err != nil {
		return nil, err
	}
	request := caller.Asks(action, arnOf(reference.account, reference.region, reference.name))
	request.Owner, request.Named = reference.account, id
	request.Context.Set("secretsmanager:SecretId", request.Resource)
	describeInput(&request, input)
	if reference.account != caller.Account { // no secret has a policy that would let another account in
		return []policy.Request{request}, nil
	}
	err = s.config.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := reference.lookUp(tx)
		if errors.Is(err, meta.ErrNotFound) {
			return nil
		}
		if err == nil {
			describe(&request, record)
		}
		return err
	})
	return []policy.Request{request}, err
}

// secretOf is what a request names; the operations that name no secret are about all.
func secretOf(input any) (id string, named bool) {
	switch in := input.(type) {
	case *secretsmanager.DescribeSecretRequest:
		return in.SecretId, true
	case *secretsmanager.GetResourcePolicyRequest:
		return in.SecretId, true
	case *secretsmanager.GetSecretValueRequest:
		return in.SecretId, true
	case *secretsmanager.ListSecretVersionIdsRequest:
		return in.SecretId, true
	case *secretsmanager.RotateSecretRequest:
		return in.SecretId, true
	}
	return "", false
}

func describe(request *policy.Request, record secretRecord) {
	request.Resource = record.Body.ARN
	request.Context.Set("secretsmanager:SecretId", record.Body.ARN)
	tags := map[string]string{}
	for _, tag := range record.Body.Tags {
		tags[tag.Key] = tag.Value
	}
	request.Context.SetTags("aws:ResourceTag", tags)
	request.Context.SetTags("secretsmanager:ResourceTag", tags)
}

// describeInput sets the condition keys of the request itself. A value that is asked for without a version is that of AWSCURRENT.
func describeInput(request *policy.Request, input any) {
	switch in := input.(type) {
	case *secretsmanager.GetSecretValueRequest:
		stage := in.VersionStage
		if stage == "" && in.VersionId == "" {
			stage = current
		}
		setGiven(request, "secretsmanager:VersionStage", stage)
		setGiven(request, "secretsmanager:VersionId", in.VersionId)
	case *secretsmanager.RotateSecretRequest:
		immediately := in.RotateImmediately == nil || *in.RotateImmediately
		request.Context.Set("secretsmanager:RotateImmediately", strconv.FormatBool(immediately))
		request.Context.Set("secretsmanager:ModifyRotationRules", strconv.FormatBool(in.RotationRules != nil))
		setGiven(request, "secretsmanager:RotationLambdaARN", in.RotationLambdaARN)
	}
}

func setGiven(request *policy.Request, key, value string) {
	if value != "" {
		request.Context.Set(key, value)
	}
}
