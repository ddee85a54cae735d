package iam

import (
	"context"
	"errors"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/sts"
)

// GetCallerIdentity answers who asks.
func (s *Service) GetCallerIdentity(_ context.Context, caller api.Caller, _ *sts.GetCallerIdentityRequest) (*sts.GetCallerIdentityResponse, error) {
	return &sts.GetCallerIdentityResponse{Account: caller.Account, Arn: caller.ARN, UserId: caller.UserID}, nil
}

// GetAccessKeyInfo answers the account of an access key, also of one that is inactive or over.
func (s *Service) GetAccessKeyInfo(ctx context.Context, _ api.Caller, in *sts.GetAccessKeyInfoRequest) (*sts.GetAccessKeyInfoResponse, error) {
	account, err := s.directory.AccountOfKey(ctx, in.AccessKeyId)
	if errors.Is(err, accounts.ErrNotFound) {
		return nil, validation("There is no such access key.")
	}
	return &sts.GetAccessKeyInfoResponse{Account: account}, err
}

// The times that the credentials of GetSessionToken may last, in seconds.
const (
	shortestSession  = 900
	longestOfUser    = 129600
	longestOfRoot    = 3600
	usuallyOfSession = 43200
)

// GetSessionToken answers temporary credentials of the caller, who is a user or the root user.
func (s *Service) GetSessionToken(_ context.Context, caller api.Caller, in *sts.GetSessionTokenRequest) (*sts.GetSessionTokenResponse, error) {
	if in.SerialNumber != "" || in.TokenCode != "" {
		return nil, noDevices()
	}
	seconds := usuallyOfSession
	if in.DurationSeconds != nil {
		seconds = *in.DurationSeconds
	}
	if seconds < shortestSession || seconds > longestOfUser {
		return nil, validation("DurationSeconds is %d; it is from %d to %d.", seconds, shortestSession, longestOfUser)
	}
	grant := accounts.Grant{Account: caller.Account}
	if isRoot(caller) {
		seconds = min(seconds, longestOfRoot)
	} else {
		grant.User, grant.ID = nameOr("", caller), caller.UserID
	}
	made, err := s.directory.Begin(grant, time.Duration(seconds)*time.Second)
	return &sts.GetSessionTokenResponse{Credentials: credentialsShape(made)}, err
}

func credentialsShape(made accounts.Temporary) *sts.Credentials {
	return &sts.Credentials{AccessKeyId: made.ID, SecretAccessKey: made.Secret, SessionToken: made.Token, Expiration: made.Expires}
}

func noDevices() error {
	return denied("The MFA device cannot be verified: there are none. Leave SerialNumber and TokenCode out.")
}
