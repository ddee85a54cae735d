package iam_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"

	"slipher/internal/audit"
	"slipher/internal/awsapi"
	"slipher/internal/sdkclient"
	"slipher/internal/service/iam"
	"slipher/internal/testbed"
)

// clients are AWS's own, unmodified. They sign with the real clock, so the door has it too.
type clients struct {
	t    *testing.T
	url  string
	seen *[]audit.Event
}

func serve(t *testing.T) (c clients, root aws.CredentialsProvider) {
	directory := openDirectory(t, time.Now)
	key, err := directory.CreateAccount(t.Context(), testbed.Owner)
	if err != nil {
		t.Fatal(err)
	}
	seen := &[]audit.Event{}
	server := httptest.NewServer(awsapi.NewServer(awsapi.Config{
		Services: servicesOf(t, iam.New(directory)), Keys: directory, Now: time.Now, Audit: func(event audit.Event) { *seen = append(*seen, event) },
	}))
	t.Cleanup(server.Close)
	return clients{t, server.URL, seen}, credentials.NewStaticCredentialsProvider(key.ID, key.Secret, "")
}

func (c clients) iam(as aws.CredentialsProvider) *awsiam.Client {
	return awsiam.New(awsiam.Options{Region: "us-east-1", BaseEndpoint: &c.url, Credentials: as, RetryMaxAttempts: 1, HTTPClient: sdkclient.New()})
}

func (c clients) sts(as aws.CredentialsProvider) *awssts.Client {
	return awssts.New(awssts.Options{Region: "us-east-1", BaseEndpoint: &c.url, Credentials: as, RetryMaxAttempts: 1, HTTPClient: sdkclient.New()})
}

// who answers the ARN of the caller, or the code of the refusal.
func (c clients) who(as aws.CredentialsProvider) string {
	c.t.Helper()
	answer, err := c.sts(as).GetCallerIdentity(c.t.Context(), &awssts.GetCallerIdentityInput{})
	if err != nil {
		return codeOf(err)
	}
	return *answer.Arn
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	fault, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return err.Error()
	}
	return fault.ErrorCode()
}

func (c clients) must(_ any, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func temporary(made *ststypes.Credentials) credentials.StaticCredentialsProvider {
	return credentials.NewStaticCredentialsProvider(*made.AccessKeyId, *made.SecretAccessKey, *made.SessionToken)
}

const trustingAda = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/ada"},"Action":["sts:AssumeRole","sts:TagSession"],` +
	`"Condition":{"StringEquals":{"sts:ExternalId":"seven"}}}}`

func TestClients(t *testing.T) {
	t.Parallel()
	c, root := serve(t)
	ctx, office := t.Context(), c.iam(root)
	name, role := aws.String("ada"), aws.String("admin")
	c.must(office.CreateUser(ctx, &awsiam.CreateUserInput{UserName: name, Path: aws.String("/office/"), Tags: []iamtypes.Tag{{Key: aws.String("team"), Value: aws.String("sales")}}}))
	c.must(office.DeleteUser(ctx, &awsiam.DeleteUserInput{UserName: name}))
	c.must(office.CreateUser(ctx, &awsiam.CreateUserInput{UserName: name}))
	key, err := office.CreateAccessKey(ctx, &awsiam.CreateAccessKeyInput{UserName: name})
	c.must(key, err)
	ada := credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
	if got := c.who(ada); got != "arn:aws:iam::111111111111:user/ada" {
		t.Fatalf("got %s", got)
	}
	if _, err := c.iam(ada).ListUsers(ctx, &awsiam.ListUsersInput{}); codeOf(err) != "AccessDenied" {
		t.Errorf("without a policy: got %v", err)
	}
	c.must(office.AttachUserPolicy(ctx, &awsiam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess")}))
	if users, err := c.iam(ada).ListUsers(ctx, &awsiam.ListUsersInput{}); err != nil || len(users.Users) != 1 {
		t.Errorf("with a policy: got %v, %v", users, err)
	}

	made, err := office.CreateRole(ctx, &awsiam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: aws.String(trustingAda)})
	c.must(made, err)
	if document, err := url.PathUnescape(*made.Role.AssumeRolePolicyDocument); err != nil || document != trustingAda {
		t.Errorf("the trust policy: got %s, %v", document, err)
	}
	c.must(office.AttachRolePolicy(ctx, &awsiam.AttachRolePolicyInput{RoleName: role, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}))
	assume := awssts.AssumeRoleInput{
		RoleArn: made.Role.Arn, RoleSessionName: aws.String("monday"), ExternalId: aws.String("seven"), Tags: []ststypes.Tag{{Key: aws.String("team"), Value: aws.String("sales")}},
		Policy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:List*","Resource":"*"}}`),
	}
	answer, err := c.sts(ada).AssumeRole(ctx, &assume)
	c.must(answer, err)
	monday := temporary(answer.Credentials)
	if got := c.who(monday); got != "arn:aws:sts::111111111111:assumed-role/admin/monday" {
		t.Errorf("got %s", got)
	}
	c.must(c.iam(monday).ListUsers(ctx, &awsiam.ListUsersInput{}))
	if _, err := c.iam(monday).CreateUser(ctx, &awsiam.CreateUserInput{UserName: aws.String("eve")}); codeOf(err) != "AccessDenied" || !strings.Contains(err.Error(), "no session policy") {
		t.Errorf("beyond the session policy: got %v", err)
	}
	assume.ExternalId = aws.String("eight")
	if _, err := c.sts(ada).AssumeRole(ctx, &assume); codeOf(err) != "AccessDenied" {
		t.Errorf("another ExternalId: got %v", err)
	}
	c.checkRecord()

	token, err := c.sts(ada).GetSessionToken(ctx, &awssts.GetSessionTokenInput{})
	c.must(token, err)
	if _, err := c.iam(temporary(token.Credentials)).ListUsers(ctx, &awsiam.ListUsersInput{}); codeOf(err) != "AccessDenied" {
		t.Errorf("IAM with a session token: got %v", err)
	}
	c.must(office.UpdateAccessKey(ctx, &awsiam.UpdateAccessKeyInput{UserName: name, AccessKeyId: key.AccessKey.AccessKeyId, Status: iamtypes.StatusTypeInactive}))
	if got := c.who(ada); got != "InvalidClientTokenId" {
		t.Errorf("an inactive key: got %s", got)
	}
	if got := c.who(temporary(token.Credentials)); got != "arn:aws:iam::111111111111:user/ada" {
		t.Errorf("the session token goes on: got %s", got)
	}
}

// checkRecord looks at how the session of a role has been recorded.
func (c clients) checkRecord() {
	c.t.Helper()
	for _, event := range *c.seen {
		if event.EventName != "CreateUser" || event.ErrorCode != "AccessDenied" {
			continue
		}
		who := event.UserIdentity
		if who.Type != "AssumedRole" || who.SessionContext == nil || who.SessionContext.SessionIssuer == nil || who.SessionContext.SessionIssuer.ARN != "arn:aws:iam::111111111111:role/admin" {
			c.t.Errorf("recorded as %+v", who)
		}
		return
	}
	c.t.Error("the refused CreateUser was not recorded")
}

// other is another letter.
func other(letter byte) string {
	if letter == 'x' {
		return "y"
	}
	return "x"
}

// Whoever has only a part of temporary credentials has nothing.
func TestTemporaryCredentialsAreWhole(t *testing.T) {
	t.Parallel()
	c, root := serve(t)
	first, err := c.sts(root).GetSessionToken(t.Context(), &awssts.GetSessionTokenInput{})
	c.must(first, err)
	second, err := c.sts(root).GetSessionToken(t.Context(), &awssts.GetSessionTokenInput{})
	c.must(second, err)
	id, secret, token := *first.Credentials.AccessKeyId, *first.Credentials.SecretAccessKey, *first.Credentials.SessionToken
	long, err := root.Retrieve(t.Context())
	c.must(long, err)
	for name, tried := range map[string]struct{ id, secret, token, want string }{
		"whole":             {id, secret, token, "arn:aws:iam::111111111111:root"},
		"no_token":          {id, secret, "", "InvalidClientTokenId"},
		"altered_token":     {id, secret, token[:50] + other(token[50]) + token[51:], "InvalidClientTokenId"},
		"longer_token":      {id, secret, token + "AAAA", "InvalidClientTokenId"},
		"token_of_another":  {id, secret, *second.Credentials.SessionToken, "InvalidClientTokenId"},
		"id_of_another":     {*second.Credentials.AccessKeyId, secret, token, "InvalidClientTokenId"},
		"secret_of_another": {id, *second.Credentials.SecretAccessKey, token, "SignatureDoesNotMatch"},
		"long_term_key":     {long.AccessKeyID, long.SecretAccessKey, token, "InvalidClientTokenId"},
	} {
		if got := c.who(credentials.NewStaticCredentialsProvider(tried.id, tried.secret, tried.token)); got != tried.want {
			t.Errorf("%s: got %s, want %s", name, got, tried.want)
		}
	}
}
