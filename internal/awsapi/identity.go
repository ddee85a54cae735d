package awsapi

import (
	"context"
	"errors"

	"slipher/internal/api"
	"slipher/internal/api/sts"
	"slipher/internal/iam"
)

// Keys finds access keys. An unknown id is iam.ErrNotFound.
type Keys interface {
	AccessKey(ctx context.Context, id string) (iam.AccessKey, error)
}

// STS is the part of the Security Token Service that answers who a key belongs to; SDKs and Terraform ask it first.
func STS(keys Keys) api.Service {
	return sts.Handlers{
		GetCallerIdentity: getCallerIdentity,
		GetAccessKeyInfo: func(ctx context.Context, _ api.Caller, in *sts.GetAccessKeyInfoRequest) (*sts.GetAccessKeyInfoResponse, error) {
			key, err := keys.AccessKey(ctx, in.AccessKeyId)
			if errors.Is(err, iam.ErrNotFound) {
				return nil, api.InvalidParameterValue("the access key %s does not exist", clip(in.AccessKeyId))
			}
			return &sts.GetAccessKeyInfoResponse{Account: key.Account}, err
		},
	}.Service()
}

func getCallerIdentity(_ context.Context, caller api.Caller, _ *sts.GetCallerIdentityRequest) (*sts.GetCallerIdentityResponse, error) {
	return &sts.GetCallerIdentityResponse{Account: caller.Account, Arn: caller.ARN, UserId: caller.UserID}, nil
}
