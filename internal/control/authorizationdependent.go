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

// key asks for actions on a key. Of a key of the caller's account, its policy and its grants have a say.
func (a *asking) key(arn string, actions ...string) error {
	ring := a.control.config.Keys
	key, err := ring.Lookup(a.tx, arn)
	if err == nil && key.Managed() {
		return nil
	}
	if err != nil && !errors.Is(err, keys.ErrNotFound) {
		return err
	}
	for _, action := range actions {
		request := a.caller.Asks(action, arn)
		request.Context.Set("kms:CallerAccount", a.caller.Account)
		request.Context.Set("kms:ViaService", "redshift."+a.caller.Region+".amazonaws.com")
		if action == "kms:CreateGrant" {
			request.Context.Set("kms:GrantIsForAWSResource", "true")
		}
		if key.Account == a.caller.Account {
			if err := a.ownKey(request); err != nil {
				return err
			}
			continue
		}
		a.requests = append(a.requests, request)
	}
	return nil
}

// ownKey asks for nothing that is allowed already, as by a grant.
func (a *asking) ownKey(request policy.Request) error {
	use := keys.Use{Request: request, Policies: a.caller.Policies, Service: "redshift"}
	decision, err := a.control.config.Keys.Allows(a.tx, request.Resource, use)
	if err != nil || decision.Allowed {
		return err
	}
	described, err := a.control.config.Keys.Asks(a.tx, use)
	a.requests = append(a.requests, described)
	return err
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

// createSecret asks for the secret of a new cluster whose master password Secrets Manager is to keep.
func createSecret(a *asking) error {
	if a.managesPassword() {
		a.secret(a.newSecret(a.text("MasterUsername")))
	}
	return nil
}

// modifySecret asks for the secret of a cluster that gets one, has it changed, or gives it up.
func modifySecret(a *asking) error {
	of, err := clusters.Find(a.tx, clusterKey(a.caller, a.text("ClusterIdentifier")))
	if err = ignoreNotFound(err); err != nil {
		return err
	}
	spoken := a.member("ManageMasterPassword").(*bool) != nil || a.text("MasterPasswordSecretKmsKeyId") != ""
	switch {
	case of.Body.managed() && spoken:
		a.secret(of.Body.ManagedPassword.Secret)
	case a.managesPassword():
		a.secret(a.newSecret(of.Body.MasterUsername))
	}
	return nil
}

// restoreSecret asks for the secret of a restored cluster, and for the key of the snapshot's if the new one keeps it.
func restoreSecret(a *asking) error {
	located, _ := a.locate(restoredSnapshot)
	source, known, err := a.find(located)
	if err != nil {
		return err
	}
	kept := source.Body.Source.ManagedPassword
	if !a.managesPassword() && (!known || kept == nil) {
		return nil
	}
	a.secret(a.newSecret(source.Body.Source.MasterUsername))
	if a.managesPassword() || source.Account != a.caller.Account || source.Body.Origin != nil {
		return nil
	}
	return a.key(kept.KmsKey, keyActions...)
}

func (a *asking) managesPassword() bool {
	return value(a.member("ManageMasterPassword").(*bool), false)
}

// newSecret is the ARN of a secret that is to be, without the characters that will be at its end.
func (a *asking) newSecret(user string) string {
	return "arn:aws:secretsmanager:" + a.caller.Region + ":" + a.caller.Account + ":secret:redshift!" + a.text("ClusterIdentifier") + "-" + or(user, "*")
}

func (a *asking) secret(arn string) {
	for _, action := range secretActions {
		request := a.caller.Asks(action, arn)
		request.Named = a.newSecret("")
		a.requests = append(a.requests, request)
	}
	a.requests = append(a.requests, a.caller.Asks("secretsmanager:GetRandomPassword", "*"))
}
