package secretsmanager

import (
	"strconv"

	"slipher/internal/api/secretsmanager"
	"slipher/internal/policy"
	"slipher/internal/service"
)

func describePermissions(in *secretsmanager.DescribeSecretRequest) []service.Permission {
	return onSecret(in.SecretId, nil)
}

func resourcePolicyPermissions(in *secretsmanager.GetResourcePolicyRequest) []service.Permission {
	return onSecret(in.SecretId, nil)
}

func versionsPermissions(in *secretsmanager.ListSecretVersionIdsRequest) []service.Permission {
	return onSecret(in.SecretId, nil)
}

// valuePermissions: a value that is asked for without a version is that of AWSCURRENT.
func valuePermissions(in *secretsmanager.GetSecretValueRequest) []service.Permission {
	stage := in.VersionStage
	if stage == "" && in.VersionId == "" {
		stage = "AWSCURRENT"
	}
	return onSecret(in.SecretId, func(request policy.Request) {
		setGiven(request, "secretsmanager:VersionStage", stage)
		setGiven(request, "secretsmanager:VersionId", in.VersionId)
	})
}

func rotatePermissions(in *secretsmanager.RotateSecretRequest) []service.Permission {
	immediately := in.RotateImmediately == nil || *in.RotateImmediately
	return onSecret(in.SecretId, func(request policy.Request) {
		request.Context.Set("secretsmanager:RotateImmediately", strconv.FormatBool(immediately))
		request.Context.Set("secretsmanager:ModifyRotationRules", strconv.FormatBool(in.RotationRules != nil))
		setGiven(request, "secretsmanager:RotationLambdaARN", in.RotationLambdaARN)
	})
}

func setGiven(request policy.Request, key, value string) {
	if value != "" {
		request.Context.Set(key, value)
	}
}

// onSecret requires the operation's action on the secret (Service Authorization Reference, "AWS Secrets Manager"). conditions sets the condition keys of
// the request itself.
func onSecret(id string, conditions func(policy.Request)) []service.Permission {
	return []service.Permission{func(call service.Call) ([]policy.Request, error) {
		request, err := requestFor(call.Tx, call.Caller, call.Action, id)
		if err != nil {
			return nil, err
		}
		if conditions != nil {
			conditions(request)
		}
		return []policy.Request{request}, nil
	}}
}
