package kms_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// requests has one of each operation, that the key's owner may make.
var requests = map[string]string{
	"CreateKey":                       `{"Tags":[{"TagKey":"team","TagValue":"sales"}]}`,
	"DescribeKey":                     `{"KeyId":"<key>"}`,
	"ListKeys":                        `{}`,
	"CreateAlias":                     `{"AliasName":"alias/other","TargetKeyId":"<key>"}`,
	"UpdateAlias":                     `{"AliasName":"alias/sales","TargetKeyId":"<key>"}`,
	"DeleteAlias":                     `{"AliasName":"alias/sales"}`,
	"ListAliases":                     `{}`,
	"PutKeyPolicy":                    `{"KeyId":"<key>","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}`,
	"GetKeyPolicy":                    `{"KeyId":"<key>"}`,
	"ListKeyPolicies":                 `{"KeyId":"<key>"}`,
	"EnableKey":                       `{"KeyId":"<key>"}`,
	"DisableKey":                      `{"KeyId":"<key>"}`,
	"ScheduleKeyDeletion":             `{"KeyId":"<key>"}`,
	"CancelKeyDeletion":               `{"KeyId":"<key>"}`,
	"EnableKeyRotation":               `{"KeyId":"<key>"}`,
	"GetKeyRotationStatus":            `{"KeyId":"<key>"}`,
	"TagResource":                     `{"KeyId":"<key>","Tags":[{"TagKey":"team","TagValue":"none"}]}`,
	"UntagResource":                   `{"KeyId":"<key>","TagKeys":["team"]}`,
	"ListResourceTags":                `{"KeyId":"<key>"}`,
	"Encrypt":                         `{"KeyId":"<key>","Plaintext":"c2VjcmV0"}`,
	"Decrypt":                         `{"CiphertextBlob":"<sealed>"}`,
	"ReEncrypt":                       `{"CiphertextBlob":"<sealed>","DestinationKeyId":"<key>"}`,
	"GenerateDataKey":                 `{"KeyId":"<key>","KeySpec":"AES_256"}`,
	"GenerateDataKeyWithoutPlaintext": `{"KeyId":"<key>","KeySpec":"AES_256"}`,
	"CreateGrant":                     `{"KeyId":"<key>","GranteePrincipal":"arn:aws:iam::111111111111:user/anna","Operations":["Decrypt"]}`,
	"ListGrants":                      `{"KeyId":"<key>"}`,
	"RevokeGrant":                     `{"KeyId":"<key>","GrantId":"<grant>"}`,
	"RetireGrant":                     `{"GrantToken":"<token>"}`,
}

// TestRefusals has every operation asked for by those who may not, and sees that nothing has changed.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const owner = "111111111111"
	everything := `{"Effect":"Allow","Action":"kms:*","Resource":"*"`
	policy := func(statements ...string) string {
		return ` {"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
	}
	withoutKey := []string{"CreateKey", "ListKeys", "ListAliases"}
	for name, test := range map[string]struct {
		who     string
		allowed []string // operations that are none of this one's business
		absent  []string // operations that find nothing in the caller's own account
	}{
		"unprivileged":    {who: owner + " anna"},
		"role":            {who: owner + " role/night"},
		"another_account": {who: "222222222222 berta" + policy(everything+"}"), allowed: withoutKey, absent: []string{"DeleteAlias"}},
		"another_root":    {who: "222222222222", allowed: withoutKey, absent: []string{"DeleteAlias"}},
		"by_resource":     {who: owner + " anna" + policy(`{"Effect":"Allow","Action":"kms:*","Resource":["arn:aws:kms:us-east-1:111111111111:key/another","arn:aws:kms:us-east-1:111111111111:alias/*"]}`)},
		"by_condition":    {who: owner + " anna" + policy(everything+`,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`)},
		"by_service":      {who: owner + " anna" + policy(everything+`,"Condition":{"StringEquals":{"kms:ViaService":"redshift.us-east-1.amazonaws.com"}}}`)},
		"by_tag": {who: owner + " anna" + policy(everything+"}", `{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"sales"}}}`),
			allowed: append([]string{"RetireGrant"}, withoutKey...)}, // who may retire a grant is not for the key to say
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.prepare(owner)
			before := s.everythingOf(owner)
			for _, operation := range slices.Sorted(maps.Keys(s.operations)) {
				request, known := requests[operation]
				switch {
				case s.operations[operation].Call == nil:
					t.Errorf("%s is not offered", operation)
					continue
				case !known:
					t.Errorf("no request for %s", operation)
					continue
				case slices.Contains(test.allowed, operation):
					continue
				}
				want := "AccessDeniedException (400): "
				if slices.Contains(test.absent, operation) {
					want = "NotFoundException (400): "
				}
				s.as(test.who)
				if got := s.answer(operation + " " + request); !strings.HasPrefix(got, want) {
					t.Errorf("%s answers %swant %s…", operation, got, want)
				}
			}
			if after := s.everythingOf(owner); after != before {
				t.Errorf("something has changed:\n%s", after)
			}
		})
	}
}

// prepare makes a key that has an alias, a tag, a grant, and something encrypted by it.
func (s *script) prepare(owner string) {
	s.as(owner)
	s.answer(`CreateKey {"Tags":[{"TagKey":"team","TagValue":"sales"}]}`)
	s.results["<key>"] = "arn:aws:kms:us-east-1:" + owner + ":key/" + s.names[0]
	s.answer(`CreateAlias {"AliasName":"alias/sales","TargetKeyId":"<key>"}`)
	s.answer(`CreateGrant {"KeyId":"<key>","GranteePrincipal":"arn:aws:iam::111111111111:user/carl","Operations":["Decrypt"]}`)
	s.keep([]string{"grant", "GrantId"})
	s.keep([]string{"token", "GrantToken"})
	s.answer(`Encrypt {"KeyId":"<key>","Plaintext":"c2VjcmV0"}`)
	s.keep([]string{"sealed", "CiphertextBlob"})
}

func (s *script) everythingOf(owner string) string {
	s.as(owner)
	var all strings.Builder
	for _, request := range []string{
		`ListKeys {}`, `ListAliases {}`, `DescribeKey {"KeyId":"<key>"}`, `GetKeyPolicy {"KeyId":"<key>"}`, `ListGrants {"KeyId":"<key>"}`,
		`ListResourceTags {"KeyId":"<key>"}`, `GetKeyRotationStatus {"KeyId":"<key>"}`, `Decrypt {"CiphertextBlob":"<sealed>"}`,
	} {
		all.WriteString(s.answer(request))
	}
	return all.String()
}
