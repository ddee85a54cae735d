package policy

import (
	"strconv"
	"strings"
)

// Principal is who asks.
type Principal struct {
	Type    PrincipalType
	Account string // of 12 digits; empty for services and anybody outside
	ARN     string // of the user or the session; of a root user it ends in :root; of a service or provider it is its name
	// Source is the ARN of the role that was assumed, with its path, or of the user who began a federated session.
	Source string
	UserID string // as STS answers it
	Tags   map[string]string
}

// PrincipalType tells principals apart as the key aws:PrincipalType does.
type PrincipalType string

// The types, with what ARN holds where it is not the ARN of a principal.
const (
	Root          PrincipalType = "Account"
	User          PrincipalType = "User"
	RoleSession   PrincipalType = "AssumedRole"
	FederatedUser PrincipalType = "FederatedUser"
	Service       PrincipalType = "Service"   // ARN is redshift.amazonaws.com
	Provider      PrincipalType = "Federated" // somebody whom an identity provider vouches for; ARN is the provider's
	Anonymous     PrincipalType = "Anonymous"
)

// RootUser is an account's root user, who may do everything in it.
func RootUser(account string) Principal {
	return Principal{Type: Root, Account: account, ARN: "arn:aws:iam::" + account + ":root", UserID: account}
}

// identity says whether an account's policies say what the principal may do. Of others only resources' policies do.
func (p *Principal) identity() bool {
	return p.Type == Root || p.Type == User || p.Type == RoleSession || p.Type == FederatedUser
}

func (p *Principal) describe(context Context) {
	context.Set("aws:PrincipalIsAWSService", strconv.FormatBool(p.Type == Service))
	if p.Type == Service {
		context.Set("aws:PrincipalServiceName", p.ARN)
		return
	}
	if p.Type != Provider {
		context.Set("aws:PrincipalType", string(p.Type))
	}
	if !p.identity() {
		return
	}
	context.Set("aws:PrincipalArn", p.ARN)
	context.Set("aws:PrincipalAccount", p.Account)
	context.Set("aws:userid", p.UserID)
	context.SetTags("aws:PrincipalTag", p.Tags)
	if p.Type == RoleSession {
		context.Set("aws:PrincipalArn", p.Source)
	}
	if p.Type == User {
		context.Set("aws:username", p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])
	}
}
