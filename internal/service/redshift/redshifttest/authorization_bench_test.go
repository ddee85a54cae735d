package redshifttest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipher/internal/accounts"
	"slipher/internal/api"
	"slipher/internal/awsapi"
	"slipher/internal/policy"
	"slipher/internal/sigv4"
	"slipher/internal/testbed"
)

// oneUser has the only credentials of a door under test.
type oneUser accounts.Credentials

func (u *oneUser) Credentials(context.Context, string, string) (*accounts.Credentials, error) {
	return (*accounts.Credentials)(u), nil
}

// busyUser has twenty policies of fifty statements, of which the last allows what its service asks for.
func busyUser(b *testing.B) *oneUser {
	b.Helper()
	user := &oneUser{AccessKey: accounts.AccessKey{ID: "AKIAADA", Secret: "secret", Account: testbed.Owner, ARN: "arn:aws:iam::" + testbed.Owner + ":user/ada", UserID: "AIDAADA"}}
	user.Principal = policy.Principal{Type: policy.User, Account: testbed.Owner, ARN: user.ARN, UserID: user.UserID}
	for number := range 20 {
		statements := make([]string, 50)
		for i := range statements {
			statements[i] = fmt.Sprintf(`{"Effect":"Allow","Action":"redshift:*","Resource":"arn:aws:redshift:*:*:*:p%d-%d-*","Condition":{"StringEquals":{"aws:ResourceTag/team":"t%d"}}}`, number, i, i)
		}
		if number == 19 {
			statements[49] = `{"Effect":"Allow","Action":"redshift:*","Resource":"*","Condition":{"StringLike":{"aws:RequestedRegion":"us-*"}}}`
		}
		parsed, err := policy.Parse(policy.InlinePolicy, fmt.Sprint(number), `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
		if err != nil {
			b.Fatal(err)
		}
		user.Policies.Identity = append(user.Policies.Identity, parsed)
	}
	return user
}

// BenchmarkAuthorizedRead is the server's share of a read: signature, decoding, decision, the read itself, answer; without the network.
func BenchmarkAuthorizedRead(b *testing.B) {
	bed := testbed.New(b, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	user := busyUser(b)
	door := awsapi.NewServer(awsapi.Config{Services: []api.Service{bed.Redshift}, Keys: user, Now: bed.Clock.Now})
	for name, form := range map[string]string{
		"DescribeClusters":         "Action=DescribeClusters&ClusterIdentifier=sales",
		"DescribeClusterSnapshots": "Action=DescribeClusterSnapshots&SnapshotIdentifier=monday",
	} {
		form += "&Version=2012-12-01"
		signed := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8480/", nil)
		signed.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		signer := sigv4.Signer{AccessKeyID: user.ID, Secret: user.Secret, Region: testbed.Region, Service: "redshift"}
		if err := signer.Sign(signed, []byte(form), bed.Clock.Now()); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := signed.Clone(b.Context())
				r.Body = io.NopCloser(strings.NewReader(form))
				recorder := httptest.NewRecorder()
				if door.ServeHTTP(recorder, r); recorder.Code != http.StatusOK {
					b.Fatal(recorder.Body)
				}
			}
		})
	}
}

// BenchmarkPermissions is what an operation costs that is about one resource, which is looked at.
func BenchmarkPermissions(b *testing.B) {
	bed := testbed.New(b, testbed.Config{})
	bed.CreateCluster(testbed.Owner, "sales", rows(1000, "sales"))
	bed.CreateSnapshot(testbed.Owner, "sales", "monday")
	for _, request := range []string{"DescribeEvents", "PauseCluster ClusterIdentifier=sales", "AuthorizeSnapshotAccess SnapshotIdentifier=monday AccountWithRestoreAccess=222222222222"} {
		words := strings.Fields(request)
		input := bed.Input(words[0], words[1:]...)
		b.Run(words[0], func(b *testing.B) {
			for b.Loop() {
				if _, err := bed.Permissions(testbed.Caller(testbed.Owner), words[0], input); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
