package accounts

import (
	"errors"
	"testing"

	"slipher/internal/policy"
)

func TestDecideWantsAllResources(t *testing.T) {
	t.Parallel()
	restores, err := policy.Parse(policy.InlinePolicy, "restores",
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"redshift:RestoreFromClusterSnapshot","Resource":"arn:aws:redshift:*:*:snapshot:*"}}`)
	if err != nil {
		t.Fatal(err)
	}
	policies := policy.Policies{Identity: []*policy.Policy{restores}}
	ada := policy.Principal{Type: policy.User, Account: "111122223333", ARN: "arn:aws:iam::111122223333:user/ada"}
	snapshot := policy.NewRequest(ada, "redshift:RestoreFromClusterSnapshot", "arn:aws:redshift:eu-west-1:444455556666:snapshot:a/b")
	cluster := policy.NewRequest(ada, "redshift:RestoreFromClusterSnapshot", "arn:aws:redshift:eu-west-1:111122223333:cluster:a")

	if err := Decide(policies, snapshot); err != nil {
		t.Errorf("the snapshot alone: %v", err)
	}
	for _, requests := range [][]policy.Request{{snapshot, cluster}, {cluster, snapshot}} {
		var denied *Denied
		if err := Decide(policies, requests...); !errors.As(err, &denied) {
			t.Fatalf("got %v, want the cluster to be denied", err)
		}
		want := "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: redshift:RestoreFromClusterSnapshot on resource: " +
			"arn:aws:redshift:eu-west-1:111122223333:cluster:a because no identity-based policy allows the redshift:RestoreFromClusterSnapshot action"
		if denied.Error() != want {
			t.Errorf("got %s\nwant %s", denied, want)
		}
	}
	if err := Decide(policies); err == nil {
		t.Error("whoever asks for nothing is allowed")
	}
}

func TestKeysOfRootUsersMayDoEverything(t *testing.T) {
	t.Parallel()
	directory := open(t)
	found, err := directory.Credentials(t.Context(), create(t, directory, provider).ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := Decide(found.Policies, policy.NewRequest(found.Principal, "redshift:DeleteCluster", "*")); err != nil {
		t.Error(err)
	}
}
