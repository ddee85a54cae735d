package kms_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.answer(`CreateKey {}`)
	var tags []string
	for i := range 51 {
		tags = append(tags, fmt.Sprintf(`{"TagKey":"%d","TagValue":"x"}`, i))
	}
	tooMany := `"Tags":[` + strings.Join(tags, ",") + `]`
	long := strings.ReplaceAll(`{"Version":"2012-10-17","Id":"`+strings.Repeat("x", 33000)+`","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"kms:*","Resource":"*"}]}`, `"`, `\"`)
	for range grantLimit {
		s.answer(`CreateGrant {"KeyId":"<id 1>","GranteePrincipal":"arn:aws:iam::111111111111:root","Operations":["Decrypt"]}`)
	}
	for _, request := range []string{
		`CreateKey {` + tooMany + `}`,
		`TagResource {"KeyId":"<id 1>",` + tooMany + `}`,
		`PutKeyPolicy {"KeyId":"<id 1>","Policy":"` + long + `"}`,
		`CreateGrant {"KeyId":"<id 1>","GranteePrincipal":"arn:aws:iam::111111111111:root","Operations":["Encrypt"]}`,
	} {
		if got := s.answer(request); !strings.HasPrefix(got, "LimitExceededException (400)") {
			t.Errorf("%.40s… answers %s", request, got)
		}
	}
}
