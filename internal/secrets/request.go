package secrets

import (
	"errors"

	"slipher/internal/api"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// RequestFor is what a caller wants to do with the secret of an identifier, for a decision by policies. A secret that does not exist has the ARN
// that its name would have, without a suffix.
func RequestFor(tx *meta.Tx, caller api.Caller, action, id string) (policy.Request, error) {
	reference, err := refer(caller, id)
	if err != nil {
		return policy.Request{}, err
	}
	request := caller.Request(action, arnOf(reference.account, reference.region, reference.name))
	request.Owner, request.Named = reference.account, id
	request.Context.Set("secretsmanager:SecretId", request.Resource)
	if reference.account != caller.Account { // no secret has a policy that would let another account in
		return request, nil
	}
	record, err := reference.lookUp(tx)
	if errors.Is(err, meta.ErrNotFound) {
		return request, nil
	}
	if err == nil {
		describe(&request, record)
	}
	return request, err
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
