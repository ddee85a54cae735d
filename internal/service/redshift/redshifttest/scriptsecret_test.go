package redshifttest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	xdg "github.com/xdg-go/scram"

	"slipher/internal/api/secretsmanager"
	"slipher/internal/meta"
	"slipher/internal/scram"
	"slipher/internal/testbed"
)

// login: "a awsuser" says whether the cluster's node takes the password that the secret redshift!a-awsuser has under each label.
func (s *script) login(words []string) (lines []string) {
	verifier, err := scram.ParseVerifier(s.bed.Nodes.Verifier(s.bed.Key(s.account, words[0])))
	if err != nil {
		return []string{"the node does not serve"}
	}
	for _, stage := range []string{"AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"} {
		answer, err := s.bed.Call(s.account, "secretsmanager:GetSecretValue", "SecretId=redshift!"+strings.Join(words, "-"), "VersionStage="+stage)
		if err != nil {
			continue
		}
		var value struct{ Username, Password string }
		if err := json.Unmarshal([]byte(answer.(*secretsmanager.GetSecretValueResponse).SecretString), &value); err != nil {
			s.t.Fatal(err)
		}
		taken := "refuses"
		if takes(s.t, verifier, value.Password) {
			taken = "takes"
		}
		lines = append(lines, fmt.Sprintf("%s: the node %s the password of %s", stage, taken, value.Username))
	}
	return lines
}

// key: "sales" makes a KMS key of the account's own with the alias alias/sales.
func (s *script) key(words []string) []string {
	s.update(func(tx *meta.Tx) error {
		arn, err := s.bed.Keys.Create(tx, s.account, testbed.Region)
		if err == nil {
			err = s.bed.Keys.CreateAlias(tx, "alias/"+words[0], arn)
		}
		return err
	})
	return nil
}

// disable: "sales" disables the key with the alias alias/sales, "sales off" enables it.
func (s *script) disable(words []string) []string {
	s.update(func(tx *meta.Tx) error {
		arn, err := s.bed.Keys.Resolve(tx, s.account, testbed.Region, "alias/"+words[0])
		switch {
		case err != nil:
			return err
		case len(words) > 1:
			return s.bed.Keys.Enable(tx, arn)
		}
		return s.bed.Keys.Disable(tx, arn)
	})
	return nil
}

func (s *script) update(change func(tx *meta.Tx) error) {
	if err := s.bed.Store.Update(s.t.Context(), change); err != nil {
		s.t.Fatal(err)
	}
}

// takes says whether a verifier is that of a password.
func takes(t *testing.T, verifier scram.Verifier, password string) bool {
	t.Helper()
	client, err := xdg.SHA256.NewClient("", password, "")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := client.GetStoredCredentialsWithError(xdg.KeyFactors{Salt: string(verifier.Salt), Iters: verifier.Iterations})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(keys.StoredKey, verifier.StoredKey)
}
