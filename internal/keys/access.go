package keys

import (
	"maps"
	"slices"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// Use is what somebody wants to do with a key.
type Use struct {
	Request  policy.Request  // the principal, the action such as kms:Decrypt, and the keys of conditions that only the request knows
	Policies policy.Policies // of the principal's account: identity policies, permissions boundary, session policies
	Service  string          // of AWS that asks for the principal, as redshift; empty if it asks by itself
	// EncryptionContext is that of the request. Grants may be limited to some, and policies have conditions on it.
	EncryptionContext map[string]string
	Wanted            *Grant // that kms:CreateGrant is to make
}

// Decide is Allows for a service of AWS that asks for the principal of a request, such as kms:Decrypt on a key through redshift.
func (r *Ring) Decide(tx *meta.Tx, request policy.Request, own policy.Policies, service string) (policy.Decision, error) {
	return r.Allows(tx, request.Resource, Use{Request: request, Policies: own, Service: service})
}

// Allows decides by the key's policy together with the policies of the principal's account, and by grants where these do not allow it and nothing
// denies it. Its errors are ErrNotFound and those of the store.
func (r *Ring) Allows(tx *meta.Tx, arn string, use Use) (policy.Decision, error) {
	record, err := find(tx, arn)
	if err != nil {
		return policy.Decision{}, err
	}
	parsed, err := parsedPolicy(record)
	if err != nil {
		return policy.Decision{}, err
	}
	if err := r.describe(tx, record, &use); err != nil {
		return policy.Decision{}, err
	}
	policies := use.Policies
	policies.Resource = parsed
	decision := policies.Decide(use.Request)
	if decision.Allowed || decision.Explicit() {
		return decision, nil
	}
	granted, err := decideByGrants(tx, arn, use)
	if err == nil && granted.Allowed {
		return granted, nil
	}
	return decision, err
}

// Request is that of a use with the condition keys of KMS and with the key's policy, for whoever decides it together with other requests.
// Grants have no say in it.
func (r *Ring) Request(tx *meta.Tx, use Use) (policy.Request, error) {
	record, err := find(tx, use.Request.Resource)
	if err != nil {
		return policy.Request{}, err
	}
	if err := r.describe(tx, record, &use); err != nil {
		return policy.Request{}, err
	}
	use.Request.ResourcePolicy, err = parsedPolicy(record)
	return use.Request, err
}

// describe enters what conditions can ask for, by the names of the KMS developer guide, "Condition keys for AWS KMS".
func (r *Ring) describe(tx *meta.Tx, record meta.Record[keyBody], use *Use) error {
	request := &use.Request
	request.Resource, request.Owner = arnOf(record.Key), record.Account
	context := policy.Context{}
	maps.Copy(context, request.Context)
	request.Context = context
	context.SetTime(r.config.Now())
	context.Set("kms:CallerAccount", request.Principal.Account)
	context.Set("kms:KeyOrigin", "AWS_KMS")
	context.Set("kms:KeySpec", "SYMMETRIC_DEFAULT")
	context.Set("kms:KeyUsage", "ENCRYPT_DECRYPT")
	context.Set("kms:MultiRegion", "false")
	if use.Service != "" {
		context.Set("kms:ViaService", use.Service+"."+record.Region+".amazonaws.com")
	}
	for key, value := range use.EncryptionContext {
		context.Set("kms:EncryptionContext:"+key, value)
	}
	if len(use.EncryptionContext) > 0 {
		context.Set("kms:EncryptionContextKeys", slices.Sorted(maps.Keys(use.EncryptionContext))...)
	}
	for _, tag := range record.Body.Tags {
		context.Set("aws:ResourceTag/"+tag.Key, tag.Value)
	}
	aliases, err := aliasRecords.List(tx, meta.Query{Account: record.Account, Region: record.Region, Index: ofKey(arnOf(record.Key))})
	var names []string
	for _, alias := range aliases {
		names = append(names, alias.ID)
	}
	if record.Body.Alias != "" {
		names = append(names, AliasPrefix+record.Body.Alias)
	}
	if len(names) > 0 {
		context.Set("kms:ResourceAliases", names...)
	}
	return err
}
