package iam_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"slipher/internal/accounts"
	"slipher/internal/meta"
	"slipher/internal/testbed"
)

const (
	anything = `'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'`
	trusting = `'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}}'`
)

// must runs requests that are not refused.
func (s *script) must(requests ...string) {
	s.t.Helper()
	for _, request := range requests {
		if answer := s.run(request); answeredFault.MatchString(answer) {
			s.t.Fatalf("%s: %s", request, answer)
		}
	}
}

// refused runs a request that has to be refused so.
func (s *script) refused(request, want string) {
	s.t.Helper()
	if answer := s.run(request); !strings.HasPrefix(answer, want) {
		s.t.Errorf("%s: got %s, want %s", request, answer, want)
	}
}

// fill makes so many identities and policies.
func (s *script) fill(kind accounts.Kind, number int) {
	s.t.Helper()
	err := s.directory.Store.Update(s.t.Context(), func(tx *meta.Tx) error {
		for i := range number {
			made := accounts.Identity{Name: fmt.Sprintf("filler%d", i), Path: "/"}
			if kind.Name == accounts.Roles.Name {
				made.Role = &accounts.Role{MaxSession: 3600}
			}
			if _, err := kind.Insert(tx, testbed.Owner, made); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	const limit = "LimitExceeded (409)"
	t.Run("of_an_account", func(t *testing.T) {
		t.Parallel()
		s := newScript(t)
		s.fill(accounts.Users, 4999)
		s.must(`CreateUser {"UserName":"last"}`)
		s.refused(`CreateUser {"UserName":"more"}`, limit)
		s.fill(accounts.Groups, 299)
		s.must(`CreateGroup {"GroupName":"last"}`)
		s.refused(`CreateGroup {"GroupName":"more"}`, limit)
		s.fill(accounts.Roles, 999)
		s.must(`CreateRole {"RoleName":"last","AssumeRolePolicyDocument":` + trusting + `}`)
		s.refused(`CreateRole {"RoleName":"more","AssumeRolePolicyDocument":`+trusting+`}`, limit)
		err := s.directory.Store.Update(t.Context(), func(tx *meta.Tx) error {
			for i := range 1499 {
				if _, err := accounts.InsertPolicy(tx, testbed.Owner, accounts.ManagedPolicy{Name: fmt.Sprintf("filler%d", i), Path: "/"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.must(`CreatePolicy {"PolicyName":"last","PolicyDocument":` + anything + `}`)
		s.refused(`CreatePolicy {"PolicyName":"more","PolicyDocument":`+anything+`}`, limit)
	})
	t.Run("of_one_identity", func(t *testing.T) {
		t.Parallel()
		s := newScript(t)
		s.must(`CreateUser {"UserName":"ada"}`, `CreateGroup {"GroupName":"more"}`, `CreateRole {"RoleName":"reader","AssumeRolePolicyDocument":`+trusting+`}`)
		for i := range 10 {
			arn := fmt.Sprintf("arn:aws:iam::111111111111:policy/p%d", i)
			s.must(fmt.Sprintf(`CreateGroup {"GroupName":"g%d"}`, i), fmt.Sprintf(`AddUserToGroup {"UserName":"ada","GroupName":"g%d"}`, i),
				fmt.Sprintf(`CreatePolicy {"PolicyName":"p%d","PolicyDocument":%s}`, i, anything),
				`AttachUserPolicy {"UserName":"ada","PolicyArn":"`+arn+`"}`,
				`AttachGroupPolicy {"GroupName":"more","PolicyArn":"`+arn+`"}`,
				`AttachRolePolicy {"RoleName":"reader","PolicyArn":"`+arn+`"}`)
		}
		s.refused(`AddUserToGroup {"UserName":"ada","GroupName":"more"}`, limit)
		for _, request := range []string{`AttachUserPolicy {"UserName":"ada",`, `AttachGroupPolicy {"GroupName":"more",`, `AttachRolePolicy {"RoleName":"reader",`} {
			s.refused(request+`"PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`, limit)
			s.must(request + `"PolicyArn":"arn:aws:iam::111111111111:policy/p0"}`) // it has that one
		}
	})
	t.Run("of_characters", func(t *testing.T) {
		t.Parallel()
		s := newScript(t)
		s.must(`CreateUser {"UserName":"ada"}`, `CreateGroup {"GroupName":"all"}`, `CreateRole {"RoleName":"reader","AssumeRolePolicyDocument":`+trusting+`}`)
		for request, most := range map[string]int{`PutUserPolicy {"UserName":"ada"`: 2048, `PutGroupPolicy {"GroupName":"all"`: 5120, `PutRolePolicy {"RoleName":"reader"`: 10240} {
			s.must(request + `,"PolicyName":"a","PolicyDocument":` + ofSize(most-1000) + `}`)
			s.must(request + `,"PolicyName":"b","PolicyDocument":` + ofSize(1000) + `}`)
			s.must(request + `,"PolicyName":"b","PolicyDocument":` + ofSize(999) + `}`)
			s.refused(request+`,"PolicyName":"b","PolicyDocument":`+ofSize(1001)+`}`, limit)
		}
		long := strings.Replace(trusting, `"Principal"`, `"Sid":"`+strings.Repeat("a", 2048)+`","Principal"`, 1)
		s.refused(`UpdateAssumeRolePolicy {"RoleName":"reader","PolicyDocument":`+long+`}`, limit)
	})
	t.Run("of_tags", func(t *testing.T) {
		t.Parallel()
		s := newScript(t)
		s.must(`CreateUser {"UserName":"ada"}`, `CreateRole {"RoleName":"reader","AssumeRolePolicyDocument":`+trusting+`}`)
		for _, request := range []string{`TagUser {"UserName":"ada"`, `TagRole {"RoleName":"reader"`} {
			for i := range 50 {
				s.must(fmt.Sprintf(`%s,"Tags":[{"Key":"k%d","Value":""}]}`, request, i))
			}
			s.must(request + `,"Tags":[{"Key":"K0","Value":"changed"}]}`)
			s.refused(request+`,"Tags":[{"Key":"more","Value":""}]}`, limit)
		}
	})
}

// ofSize is a document of so many characters, white space not counted.
func ofSize(characters int) string {
	document := `{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*"}}`
	size := len(strings.ReplaceAll(document, " ", ""))
	return "'" + strings.Replace(document, `"Sid": "`, `"Sid": "`+strings.Repeat("a", characters-size), 1) + "'"
}

func TestPackedPolicySize(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.must(`CreateUser {"UserName":"ada"}`, `CreateAccessKey {"UserName":"ada"}`, `PutUserPolicy {"UserName":"ada","PolicyName":"all","PolicyDocument":`+anything+`}`)
	role := strings.Replace(trusting, `"sts:AssumeRole"`, `"sts:*"`, 1)
	s.must(`CreateRole {"RoleName":"reader","AssumeRolePolicyDocument":` + role + `}`)
	s.as = "ada"
	const request = `AssumeRole {"RoleArn":"arn:aws:iam::111111111111:role/reader","RoleSessionName":"packed"`
	s.must(request + `,"Policy":` + ofSize(2048) + `}`)
	s.refused(request+`,"Policy":`+ofSize(2049)+`}`, "PackedPolicyTooLarge (400)")
	s.refused(request+`,"Policy":`+ofSize(2000)+`,"PolicyArns":[{"arn":"arn:aws:iam::aws:policy/AmazonRedshiftReadOnlyAccess"}]}`, "PackedPolicyTooLarge (400)")

	plain, random := make([]string, 50), make([]string, 50)
	source := rand.NewChaCha8([32]byte{})
	for i := range plain {
		plain[i] = fmt.Sprintf(`{"Key":"k%d","Value":"%s"}`, i, strings.Repeat("v", 256))
		random[i] = fmt.Sprintf(`{"Key":"k%d","Value":"%064x%064x%064x%064x"}`, i, source.Uint64(), source.Uint64(), source.Uint64(), source.Uint64())
	}
	s.must(request + `,"Tags":[` + strings.Join(plain, ",") + `]}`)
	s.must(request + `,"Tags":[` + strings.Join(random[:20], ",") + `]}`)
	for i := range random {
		random[i] = fmt.Sprintf(`{"Key":"k%d","Value":"%s"}`, i, letters(source, 256))
	}
	s.refused(request+`,"Tags":[`+strings.Join(random, ",")+`]}`, "PackedPolicyTooLarge (400)")
}

func letters(source *rand.ChaCha8, number int) string {
	made := make([]byte, number)
	for i := range made {
		made[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"[source.Uint64()%64]
	}
	return string(made)
}
