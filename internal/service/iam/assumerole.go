package iam

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/api/sts"
	"slipher/internal/meta"
	"slipher/internal/policy"
)

// AssumeRole answers temporary credentials for a role, to whom its trust policy and the caller's own policies let. Who may not assume it
// does not learn whether there is such a role.
func (s *Service) AssumeRole(ctx context.Context, caller api.Caller, in *sts.AssumeRoleRequest) (*sts.AssumeRoleResponse, error) {
	if err := checkAssumption(in); err != nil {
		return nil, err
	}
	if source := sourceOf(caller); source != "" && in.SourceIdentity != "" && in.SourceIdentity != source {
		return nil, denied("The source identity %s of the session that calls cannot be changed.", source)
	}
	packed, err := packedSize(in)
	if err != nil {
		return nil, err
	}
	tags, transitive, err := sessionTags(caller, in)
	if err != nil {
		return nil, err
	}
	grant := accounts.Grant{
		Session: in.RoleSessionName, Policy: in.Policy, PolicyARNs: arnsOf(in.PolicyArns), Tags: tags, Transitive: transitive,
		Source: cmp.Or(in.SourceIdentity, sourceOf(caller)),
	}
	var assumed meta.Record[accounts.Identity]
	err = s.view(ctx, func(tx *meta.Tx) error {
		record, err := s.trustedRole(tx, caller, in, grant)
		if err != nil {
			return err
		}
		assumed = record
		return checkSessionPolicies(tx, assumed.Account, grant.PolicyARNs)
	})
	if err != nil {
		return nil, err
	}
	lasts, err := lasting(caller, in.DurationSeconds, assumed.Body.Role.MaxSession)
	if err != nil {
		return nil, err
	}
	grant.Account, grant.Role, grant.ID = assumed.Account, assumed.Body.Name, assumed.Body.ID
	made, err := s.directory.Begin(grant, lasts)
	return &sts.AssumeRoleResponse{
		Credentials: credentialsShape(made),
		AssumedRoleUser: &sts.AssumedRoleUser{
			AssumedRoleId: grant.ID + ":" + grant.Session, Arn: accounts.SessionARN(grant.Account, grant.Role, grant.Session),
		},
		PackedPolicySize: packed, SourceIdentity: grant.Source,
	}, err
}

var (
	sessionNameForm = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalIDForm  = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
)

func checkAssumption(in *sts.AssumeRoleRequest) error {
	switch {
	case !sessionNameForm.MatchString(in.RoleSessionName):
		return validation("RoleSessionName has from 2 to 64 letters, digits and +=,.@_-.")
	case in.ExternalId != "" && (len(in.ExternalId) > 1224 || !externalIDForm.MatchString(in.ExternalId)):
		return validation("ExternalId has from 2 to 1224 letters, digits and +=,.@:/_-.")
	case in.SourceIdentity != "" && (!sessionNameForm.MatchString(in.SourceIdentity) || strings.HasPrefix(strings.ToLower(in.SourceIdentity), "aws:")):
		return validation("SourceIdentity has from 2 to 64 letters, digits and +=,.@_-.")
	case in.SerialNumber != "" || in.TokenCode != "":
		return noDevices()
	case len(in.ProvidedContexts) > 0:
		return validation("ProvidedContexts are not offered: there are no providers of contexts.")
	case len(in.PolicyArns) > 10:
		return validation("There can be 10 PolicyArns at most.")
	case in.Policy == "":
		return nil
	}
	_, err := policy.Parse(policy.SessionPolicy, "", in.Policy)
	if _, long := errors.AsType[*policy.SizeError](err); long {
		return sts.PackedPolicyTooLarge("%s.", sentence(err))
	}
	if err != nil {
		return sts.MalformedPolicyDocument("%s.", sentence(err))
	}
	return nil
}

func arnsOf(policies []sts.PolicyDescriptorType) []string {
	var arns []string //nolint:prealloc // none are nil, which sealed grants leave out
	for _, policy := range policies {
		arns = append(arns, policy.Arn)
	}
	return arns
}

const (
	mostPlain  = 2048 // characters of the session policy and the ARNs together
	mostPacked = 4096 // bytes of policies and tags, packed as tokens are
)

// packedSize answers how much of the room for policies and tags a request takes, in percent, or nothing if it brings none.
func packedSize(in *sts.AssumeRoleRequest) (*int, error) {
	if in.Policy == "" && len(in.PolicyArns) == 0 && len(in.Tags) == 0 {
		return nil, nil
	}
	plain := policy.Size(in.Policy)
	for _, arn := range arnsOf(in.PolicyArns) {
		plain += len(arn)
	}
	if plain > mostPlain {
		return nil, sts.PackedPolicyTooLarge("Policy and PolicyArns have %d characters together; they can have %d.", plain, mostPlain)
	}
	text, err := json.Marshal([]any{in.Policy, in.PolicyArns, in.Tags})
	if err != nil {
		return nil, err
	}
	percent := (100*len(accounts.Pack(text)) + mostPacked - 1) / mostPacked
	if percent > 100 {
		return nil, sts.PackedPolicyTooLarge("Policies and tags take %d%% of the room that there is for them.", percent)
	}
	return &percent, nil
}

// sessionTags are those of the request and those that the caller's own session passes on, which cannot be changed.
func sessionTags(caller api.Caller, in *sts.AssumeRoleRequest) (tags []accounts.Tag, transitive []string, err error) {
	if caller.Session != nil {
		for _, tag := range caller.Session.Passed {
			tags, transitive = append(tags, accounts.Tag(tag)), append(transitive, tag.Key)
		}
	}
	for i, tag := range in.Tags {
		if err := checkTag(tag.Key, tag.Value); err != nil {
			return nil, nil, err
		}
		same := func(other string) bool { return strings.EqualFold(other, tag.Key) }
		switch {
		case slices.ContainsFunc(transitive, same):
			return nil, nil, validation("The tag %s is passed on by the session that calls and cannot be changed.", tag.Key)
		case slices.ContainsFunc(in.Tags[:i], func(other sts.Tag) bool { return same(other.Key) }):
			return nil, nil, validation("There are two tags with the key %s, in upper or lower case.", tag.Key)
		}
		tags = append(tags, accounts.Tag(tag))
	}
	for _, key := range in.TransitiveTagKeys {
		if !slices.ContainsFunc(in.Tags, func(tag sts.Tag) bool { return strings.EqualFold(tag.Key, key) }) {
			return nil, nil, validation("TransitiveTagKeys has the key %s, which is none of Tags.", key)
		}
	}
	if len(tags) > mostTags {
		return nil, nil, validation("A session can have %d tags at most.", mostTags)
	}
	return tags, append(transitive, in.TransitiveTagKeys...), nil
}

func sourceOf(caller api.Caller) string {
	if caller.Session == nil {
		return ""
	}
	return caller.Session.Source
}

// trustedRole finds the role and decides whether the caller may assume it, with its tags and its source identity.
func (s *Service) trustedRole(tx *meta.Tx, caller api.Caller, in *sts.AssumeRoleRequest, grant accounts.Grant) (meta.Record[accounts.Identity], error) {
	if isRoot(caller) {
		return meta.Record[accounts.Identity]{}, denied("Root users cannot assume roles: call as a user or as a role.")
	}
	kind, record, err := accounts.Identified(tx, in.RoleArn)
	if errors.Is(err, accounts.ErrNotFound) || err == nil && kind.Name != accounts.Roles.Name {
		return record, mayNotAssume(caller, in.RoleArn, "sts:AssumeRole")
	}
	if err != nil {
		return record, err
	}
	role := record.Body.Role
	trusting, err := policy.ParsePinned(policy.TrustPolicy, "trust policy", role.Trust, role.Trusted)
	if err != nil {
		return record, err
	}
	policies := caller.Policies
	policies.Resource = trusting
	for _, action := range assumptions(grant) {
		request := caller.Request(action, in.RoleArn)
		request.Owner = record.Account
		describe(request.Context, in, grant, record)
		if decision := policies.Decide(request); !decision.Allowed {
			return record, mayNotAssume(caller, in.RoleArn, action)
		}
	}
	return record, nil
}

// mayNotAssume is the same for a role that is not there and for one that does not trust.
func mayNotAssume(caller api.Caller, role, action string) error {
	return denied("User: %s is not authorized to perform: %s on resource: %s", caller.ARN, action, role)
}

// assumptions are the actions that have to be allowed. Tags and a source identity are passed on with the caller's session too.
func assumptions(grant accounts.Grant) []string {
	actions := []string{"sts:AssumeRole"}
	if len(grant.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if grant.Source != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

// describe enters the condition keys of AssumeRole.
func describe(context policy.Context, in *sts.AssumeRoleRequest, grant accounts.Grant, role meta.Record[accounts.Identity]) {
	context.Set("sts:RoleSessionName", in.RoleSessionName)
	context.SetTags("aws:ResourceTag", accounts.TagMap(role.Body.Tags))
	context.SetTags("iam:ResourceTag", accounts.TagMap(role.Body.Tags))
	if in.ExternalId != "" {
		context.Set("sts:ExternalId", in.ExternalId)
	}
	if grant.Source != "" {
		context.Set("sts:SourceIdentity", grant.Source)
	}
	if len(grant.Transitive) > 0 {
		context.Set("sts:TransitiveTagKeys", grant.Transitive...)
	}
	if len(grant.Tags) == 0 {
		return
	}
	var keys []string
	for _, tag := range grant.Tags {
		keys = append(keys, tag.Key)
	}
	context.Set("aws:TagKeys", keys...)
	context.SetTags("aws:RequestTag", accounts.TagMap(grant.Tags))
}

// checkSessionPolicies wants managed policies of the role's account or of AWS.
func checkSessionPolicies(tx *meta.Tx, account string, arns []string) error {
	for _, arn := range arns {
		record, err := accounts.FindPolicy(tx, arn)
		if errors.Is(err, accounts.ErrNotFound) || err == nil && record.Account != account && !ofAWS(record) {
			return sts.MalformedPolicyDocument("There is no policy %s in the role's account.", arn)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const longestChained = 3600 // seconds, of a role that a role's session assumes

// lasting answers how long the session lasts.
func lasting(caller api.Caller, asked *int, most int) (time.Duration, error) {
	chained := caller.Session != nil && caller.Session.Role != nil
	seconds := 3600
	if asked != nil {
		seconds = *asked
	}
	switch {
	case seconds < shortestSession || seconds > longestMaxSession:
		return 0, validation("DurationSeconds is %d; it is from %d to %d.", seconds, shortestSession, longestMaxSession)
	case chained && seconds > longestChained:
		return 0, validation("DurationSeconds is %d; a session that a role's session begins lasts at most one hour.", seconds)
	case seconds > most:
		return 0, validation("DurationSeconds is %d; the role's MaxSessionDuration is %d.", seconds, most)
	}
	return time.Duration(seconds) * time.Second, nil
}
