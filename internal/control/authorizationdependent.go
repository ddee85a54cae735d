package control

import (
	"errors"
	"strings"

	"slipher/internal/keys"
	"slipher/internal/policy"
)

// keyActions are what Redshift does with the key of a cluster, in the name of who creates, restores or modifies it.
var keyActions = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant"}

// useKey asks for a key that a member names. Keys that AWS would manage, as aws/redshift, are there for everybody in the account.
func useKey(member string) need {
	return func(a *asking) error {
		name := a.text(member)
		if name == "" || strings.HasPrefix(name, keys.AliasPrefix+"aws/") {
			return nil
		}
		arn, err := a.control.config.Keys.Resolve(a.tx, a.caller.Account, a.caller.Region, name)
		if errors.Is(err, keys.ErrNotFound) {
			arn, err = a.keyNamed(name), nil
		}
		if err != nil {
			return err
		}
		return a.key(arn, keyActions...)
	}
}

// keyNamed is the ARN of a key or alias that is not there.
func (a *asking) keyNamed(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return "arn:aws:kms:" + a.caller.Region + ":" + a.caller.Account + ":" + name
}

// useSnapshotKey asks for the key that a restored snapshot is sealed under, which becomes the cluster's own key unless the request names another
// or the snapshot is another account's. What that account's policy of its key says, the operation looks at.
func useSnapshotKey(a *asking) error {
	located, _ := a.locate(restoredSnapshot)
	source, known, err := a.find(located)
	if err != nil || !known {
		return err
	}
	if a.text("KmsKeyId") == "" && source.Account == a.caller.Account {
		return a.key(source.Body.KmsKey, keyActions...)
	}
	return a.key(source.Body.KmsKey, "kms:Decrypt")
}

func (a *asking) key(arn string, actions ...string) error {
	ring := a.control.config.Keys
	key, err := ring.Lookup(a.tx, arn)
	if err == nil && key.Managed() {
		return nil
	}
	if err != nil && !errors.Is(err, keys.ErrNotFound) {
		return err
	}
	var own *policy.Policy
	if key.Account == a.caller.Account {
		if own, err = ring.ParsedPolicy(a.tx, arn); err != nil {
			return err
		}
	}
	for _, action := range actions {
		request := a.caller.Asks(action, arn)
		request.ResourcePolicy = own
		for _, tag := range key.Tags {
			request.Context.Set("aws:ResourceTag/"+tag.Key, tag.Value)
		}
		request.Context.Set("kms:CallerAccount", a.caller.Account)
		request.Context.Set("kms:ViaService", "redshift."+a.caller.Region+".amazonaws.com")
		if action == "kms:CreateGrant" {
			request.Context.Set("kms:GrantIsForAWSResource", "true")
		}
		a.requests = append(a.requests, request)
	}
	return nil
}

// passRoles asks for handing over to Redshift the roles that a member lists.
func passRoles(member string) need {
	return func(a *asking) error {
		for _, role := range a.texts(member) {
			request := a.caller.Asks("iam:PassRole", role)
			request.Context.Set("iam:PassedToService", "redshift.amazonaws.com")
			a.requests = append(a.requests, request)
		}
		return nil
	}
}

// secretActions are what Redshift does with the secret of a cluster's master password.
var secretActions = []string{
	"secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret", "secretsmanager:RotateSecret", "secretsmanager:TagResource",
	"secretsmanager:UpdateSecret",
}

// keepSecret asks for the secret of a cluster whose master password Secrets Manager is to keep.
func keepSecret(a *asking) error {
	if manage := a.input.FieldByName("ManageMasterPassword").Interface().(*bool); !value(manage, false) {
		return nil
	}
	user, err := a.masterUser()
	if err != nil {
		return err
	}
	secret := "arn:aws:secretsmanager:" + a.caller.Region + ":" + a.caller.Account + ":secret:redshift!" + a.text("ClusterIdentifier") + "-" + or(user, "*")
	for _, action := range secretActions {
		a.requests = append(a.requests, a.caller.Asks(action, secret))
	}
	a.requests = append(a.requests, a.caller.Asks("secretsmanager:GetRandomPassword", "*"))
	return nil
}

// masterUser is the one that the request gives, or that of the cluster that is modified or of the snapshot that is restored.
func (a *asking) masterUser() (string, error) {
	if given := a.text("MasterUsername"); given != "" {
		return given, nil
	}
	if located, ok := a.locate(restoredSnapshot); ok && located.identifier != "" {
		source, known, err := a.find(located)
		if !known {
			return "", err
		}
		return source.Body.Source.MasterUsername, nil
	}
	of, err := clusters.Find(a.tx, clusterKey(a.caller, a.text("ClusterIdentifier")))
	return of.Body.MasterUsername, ignoreNotFound(err)
}
