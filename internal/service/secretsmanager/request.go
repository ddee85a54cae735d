package secretsmanager

import (
	"context"
	"errors"
	"strings"

	"slipher/internal/api"
	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/secretstore"
)

// requestFor is what a caller wants to do with the secret of an identifier, for a decision by policies. A secret that does not exist has the ARN
// that its name would have, without a suffix.
func requestFor(tx *meta.Tx, caller api.Caller, action, id string) (policy.Request, error) {
	reference, err := refer(caller, id)
	if err != nil {
		return policy.Request{}, err
	}
	request := caller.Request(action, secretstore.ARN(reference.Account, reference.Region, reference.Name))
	request.Owner, request.Named = reference.Account, id
	request.Context.Set("secretsmanager:SecretId", request.Resource)
	if reference.Account != caller.Account { // no secret has a policy that would let another account in
		return request, nil
	}
	record, err := reference.LookUp(tx)
	if errors.Is(err, meta.ErrNotFound) {
		return request, nil
	}
	if err == nil {
		describe(&request, record)
	}
	return request, err
}

func describe(request *policy.Request, record secretstore.Record) {
	request.Resource = record.Body.ARN
	request.Context.Set("secretsmanager:SecretId", record.Body.ARN)
	tags := map[string]string{}
	for _, tag := range record.Body.Tags {
		tags[tag.Key] = tag.Value
	}
	request.Context.SetTags("aws:ResourceTag", tags)
	request.Context.SetTags("secretsmanager:ResourceTag", tags)
}

// read shows a secret of the caller's account to an operation that changes nothing.
func (s *Service) read(ctx context.Context, caller api.Caller, id string, show func(tx *meta.Tx, record secretstore.Record) error) error {
	return s.Store.View(ctx, func(tx *meta.Tx) error {
		record, err := find(tx, caller, id)
		if err != nil {
			return err
		}
		return show(tx, record)
	})
}

func refer(caller api.Caller, id string) (secretstore.Reference, error) {
	switch {
	case id == "" || len(id) > 2048:
		return secretstore.Reference{}, invalidParameter("SecretId has 1 to 2048 characters.")
	case !strings.HasPrefix(id, "arn:"):
		return secretstore.Reference{Account: caller.Account, Region: caller.Region, Name: id}, nil
	}
	reference, ok := secretstore.ParseARN(id)
	if !ok {
		return secretstore.Reference{}, invalidParameter("%q is not the Amazon Resource Name of a secret.", id)
	}
	return reference, nil
}

// find answers a secret of the caller's account in its region.
func find(tx *meta.Tx, caller api.Caller, id string) (secretstore.Record, error) {
	named, err := refer(caller, id)
	if err != nil {
		return secretstore.Record{}, err
	}
	if named.Account != caller.Account || named.Region != caller.Region {
		return secretstore.Record{}, notFound(id)
	}
	record, err := named.LookUp(tx)
	if errors.Is(err, meta.ErrNotFound) {
		err = notFound(id)
	}
	return record, err
}

func notFound(id string) error {
	return secretsmanager.ResourceNotFound("There is no secret %q.", id)
}

func invalidParameter(format string, args ...any) error {
	return secretsmanager.InvalidParameter(format, args...)
}
