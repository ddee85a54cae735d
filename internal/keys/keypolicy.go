package keys

import (
	"fmt"
	"strings"

	"slipher/internal/meta"
	"slipher/internal/policy"
)

// policyName is the one that KMS has for the policy of a key.
const policyName = "default"

// Create makes a key of the account's own, without an alias, under the default key policy. tx must be an Update.
func (r *Ring) Create(tx *meta.Tx, account, region string) (arn string, err error) {
	return r.create(tx, account, region, "")
}

// Policy answers the document that says who may do what with the key. It is as PutPolicy got it, or KMS's default: the owning account
// may do everything, nobody else anything.
func (r *Ring) Policy(tx *meta.Tx, arn string) (document string, err error) {
	record, err := find(tx, arn)
	if err != nil {
		return "", err
	}
	return policyOf(record), nil
}

// PutPolicy replaces the key's policy. A document that is no key policy is refused with the errors of policy.Parse.
func (r *Ring) PutPolicy(tx *meta.Tx, arn, document string) error {
	record, err := find(tx, arn)
	if err != nil {
		return err
	}
	if _, err := policy.Parse(policy.KeyPolicy, policyName, document); err != nil {
		return fmt.Errorf("key policy of %s: %w", arn, err)
	}
	record.Body.Policy = document
	return keyRecords.Put(tx, record)
}

func parsedPolicy(key meta.Record[keyBody]) (*policy.Policy, error) {
	parsed, err := policy.Parse(policy.KeyPolicy, policyName, policyOf(key))
	if err != nil {
		return nil, fmt.Errorf("key policy of %s: %w", arnOf(key.Key), err)
	}
	return parsed, nil
}

func policyOf(key meta.Record[keyBody]) string {
	if key.Body.Policy != "" {
		return key.Body.Policy
	}
	if key.Body.Alias != "" {
		return managedPolicy(key)
	}
	return `{
  "Version": "2012-10-17",
  "Id": "key-default-1",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::` + key.Account + `:root"},
      "Action": "kms:*",
      "Resource": "*"
    }
  ]
}`
}

// managedPolicy lets everybody in the account use the key through its service, and look at it.
func managedPolicy(key meta.Record[keyBody]) string {
	service := strings.TrimPrefix(key.Body.Alias, "aws/")
	return `{
  "Version": "2012-10-17",
  "Id": "auto-` + service + `-1",
  "Statement": [
    {
      "Sid": "Use through the service",
      "Effect": "Allow",
      "Principal": {"AWS": "*"},
      "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"],
      "Resource": "*",
      "Condition": {"StringEquals": {"kms:CallerAccount": "` + key.Account + `", "kms:ViaService": "` + service + `.` + key.Region + `.amazonaws.com"}}
    },
    {
      "Sid": "Metadata for the account",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::` + key.Account + `:root"},
      "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
      "Resource": "*"
    }
  ]
}`
}
