package test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// TestIdentity makes a user who looks at clusters and a role that makes them, and kills slipher in between: keys, policies and sessions last.
func TestIdentity(t *testing.T) {
	t.Parallel()
	p := serve(t)
	ctx := t.Context()
	office := iam.NewFromConfig(p.awsConfig("default"))
	user, role := aws.String("ada"), aws.String("maker")
	if _, err := office.CreateUser(ctx, &iam.CreateUserInput{UserName: user}); err != nil {
		t.Fatal(err)
	}
	key, err := office.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user})
	if err != nil {
		t.Fatal(err)
	}
	_, err = office.CreateRole(ctx, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + accountA + `:user/ada"},"Action":"sts:AssumeRole"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonRedshiftFullAccess")}); err != nil {
		t.Fatal(err)
	}
	as := func(id, secret, token *string) aws.Config {
		settings := p.awsConfig("default")
		settings.Credentials = credentials.NewStaticCredentialsProvider(*id, *secret, aws.ToString(token))
		return settings
	}
	ada := func() aws.Config { return as(key.AccessKey.AccessKeyId, key.AccessKey.SecretAccessKey, nil) }
	look := func() error {
		_, err := redshift.NewFromConfig(ada()).DescribeClusters(ctx, &redshift.DescribeClustersInput{})
		return err
	}
	wantCode(t, look(), "AccessDenied")
	if _, err := office.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: user, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonRedshiftReadOnlyAccess")}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, look(), "")
	answer, err := sts.NewFromConfig(ada()).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + accountA + ":role/maker"), RoleSessionName: aws.String("monday")})
	if err != nil {
		t.Fatal(err)
	}

	p.kill()
	p.start()
	wantCode(t, look(), "")
	monday := redshift.NewFromConfig(as(answer.Credentials.AccessKeyId, answer.Credentials.SecretAccessKey, answer.Credentials.SessionToken))
	createCluster(t, monday, "sales")
	_, err = redshift.NewFromConfig(ada()).DeleteCluster(ctx, &redshift.DeleteClusterInput{ClusterIdentifier: aws.String("sales"), SkipFinalClusterSnapshot: aws.Bool(true)})
	wantCode(t, err, "AccessDenied")

	office = iam.NewFromConfig(p.awsConfig("default"))
	if _, err := office.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: role, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonRedshiftFullAccess")}); err != nil {
		t.Fatal(err)
	}
	_, err = monday.DescribeClusters(ctx, &redshift.DescribeClustersInput{})
	wantCode(t, err, "AccessDenied")
}
