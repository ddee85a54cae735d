package service_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipher/internal/api"
	"slipher/internal/api/kms"
	"slipher/internal/api/sts"
	"slipher/internal/meta"
	"slipher/internal/policy"
	"slipher/internal/service"
)

func whoAmI(_ context.Context, caller api.Caller, _ *sts.GetCallerIdentityRequest) (*sts.GetCallerIdentityResponse, error) {
	return &sts.GetCallerIdentityResponse{Account: caller.Account}, nil
}

func TestJoin(t *testing.T) {
	t.Parallel()
	identity := service.Offer(sts.GetCallerIdentityOperation, whoAmI, service.Anybody)
	for name, c := range map[string]struct {
		families []service.Family
		refuses  string
	}{
		"takes_what_is_whole":  {[]service.Family{{Name: "identity", Operations: []service.Operation{identity}}}, ""},
		"twice_in_one_family":  {[]service.Family{{Name: "identity", Operations: []service.Operation{identity, identity}}}, "GetCallerIdentity comes twice, from identity and identity"},
		"twice_in_two":         {[]service.Family{{Name: "one", Operations: []service.Operation{identity}}, {Name: "two", Operations: []service.Operation{identity}}}, "GetCallerIdentity comes twice, from one and two"},
		"without_permissions":  {[]service.Family{{Name: "identity", Operations: []service.Operation{service.Offer(sts.GetCallerIdentityOperation, whoAmI, nil)}}}, "GetCallerIdentity of identity comes without its permissions"},
		"without_a_handler":    {[]service.Family{{Name: "identity", Operations: []service.Operation{service.Offer(sts.GetCallerIdentityOperation, nil, service.Anybody)}}}, "GetCallerIdentity of identity comes without a handler"},
		"of_another_service":   {[]service.Family{{Name: "keys", Operations: []service.Operation{service.Offer(kms.CreateKeyOperation, newKey, service.Anybody)}}}, "CreateKey of keys is no operation of it"},
		"an_empty_declaration": {[]service.Family{{Name: "identity", Operations: []service.Operation{{}}}}, "is no operation of it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			joined, err := service.Join(sts.Table(), service.Lookup{}, c.families...)
			switch {
			case c.refuses != "" && (err == nil || !strings.Contains(err.Error(), c.refuses)):
				t.Errorf("got %v, want %s", err, c.refuses)
			case c.refuses == "" && err != nil:
				t.Error(err)
			case c.refuses == "":
				for _, operation := range joined.Operations {
					if offered := operation.Name == "GetCallerIdentity"; offered != (operation.Call != nil) || offered != (operation.Permissions != nil) {
						t.Errorf("%s: offered %v, with a handler: %v, with permissions: %v", operation.Name, offered, operation.Call != nil, operation.Permissions != nil)
					}
				}
			}
		})
	}
}

func newKey(context.Context, api.Caller, *kms.CreateKeyRequest) (*kms.CreateKeyResponse, error) {
	return nil, errors.New("not called")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	store, err := meta.Open(t.Context(), meta.Config{Path: filepath.Join(t.TempDir(), "meta.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var transactions []*meta.Tx
	on := func(resource string) service.Permission {
		return func(call service.Call) ([]policy.Request, error) {
			transactions = append(transactions, call.Tx)
			return []policy.Request{call.Caller.Request(call.Action, resource)}, nil
		}
	}
	refusal := kms.Disabled("no")
	joined, err := service.Join(kms.Table(), service.Lookup{Store: store}, service.Family{Name: "keys", Operations: []service.Operation{
		service.Offer(kms.CreateKeyOperation, newKey, func(in *kms.CreateKeyRequest) []service.Permission {
			return []service.Permission{on("*"), on(in.Policy)}
		}).Refusing(refusal),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range joined.Operations {
		if operation.Call == nil {
			continue
		}
		requests, err := operation.Permissions(t.Context(), api.RootCaller("111111111111", "us-east-1"), &kms.CreateKeyRequest{Policy: "p"})
		if err != nil || len(requests) != 2 || requests[0].Action != "kms:CreateKey" || requests[0].Resource != "*" || requests[1].Resource != "p" {
			t.Errorf("got %v, %v", requests, err)
		}
		if len(transactions) != 2 || transactions[0] != transactions[1] {
			t.Errorf("the permissions of one call were looked up in several transactions")
		}
		if operation.Refusal != refusal {
			t.Errorf("got the refusal %v", operation.Refusal)
		}
	}
}
